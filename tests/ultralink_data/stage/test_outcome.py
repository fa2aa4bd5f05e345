"""What a stage leaves, and how a killed one goes on."""

import asyncio
import itertools
import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from stage_samples import STAGE, contents, pages, rows, slow_work, work

from ultralink_data.documents import Page
from ultralink_data.errors import (
    ConfigError,
    LLMError,
    PrerequisiteError,
)
from ultralink_data.stage.drive import run_asking, run_computing
from ultralink_data.stage.journal import Journal
from ultralink_data.stage.outcome import (
    BuildingStage,
    Rejected,
    RowOutcome,
    Spent,
    StageManifest,
    finished,
    stage_paths,
)


def test_a_stage_leaves_rows_rejects_and_a_manifest_whose_counts_add_up(tmp_path):
    out = tmp_path / "pages.jsonl"
    manifest = run_computing(pages(), work, out, STAGE)
    assert [p.id for p in rows(out, Page)][:4] == ["es:0", "es:0", "es:2", "es:4"]
    assert [r.id for r in rows(stage_paths(out).rejected, Rejected)][:2] == ["es:1", "es:3"]
    assert (manifest.rows_in, manifest.accepted, manifest.rejected) == (20, 12, 10)
    counted = {(t.what, t.reason): t.count for t in manifest.tallies}
    assert counted == {
        ("accepted", ""): 12,
        ("rejected", "odd"): 10,
        ("failed_check", "parity"): 10,
    }
    assert manifest.spent == Spent(replies=10, prompt_tokens=90)
    stored = msgspec.json.decode(stage_paths(out).manifest.read_bytes(), type=StageManifest)
    assert stored == manifest
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "pages.jsonl",
        "pages.manifest.json",
        "pages.rejected.jsonl",
    ]


def test_many_at_a_time_and_many_processes_leave_the_same_bytes(tmp_path):
    run_computing(pages(100), work, tmp_path / "a" / "x.jsonl", STAGE)
    run_computing(pages(100), work, tmp_path / "b" / "x.jsonl", STAGE, processes=2)
    asyncio.run(
        run_asking(lambda: pages(100), slow_work, tmp_path / "c/x.jsonl", STAGE, concurrency=9)
    )
    assert contents(tmp_path / "a" / "x.jsonl") == contents(tmp_path / "b" / "x.jsonl")
    assert contents(tmp_path / "a" / "x.jsonl") == contents(tmp_path / "c" / "x.jsonl")


def test_a_finished_stage_is_not_run_again(tmp_path):
    out = tmp_path / "x.jsonl"
    first = run_computing(pages(), work, out, STAGE)

    def never(page: Page) -> RowOutcome[Page]:
        raise AssertionError(page.id)

    assert run_computing(pages(), never, out, STAGE) == first


def test_a_changed_file_of_a_finished_stage_is_made_again(tmp_path):
    out = tmp_path / "x.jsonl"
    run_computing(pages(), work, out, STAGE)
    before = contents(out)
    out.write_bytes(out.read_bytes()[:-5])
    assert finished(out, STAGE) is None
    run_computing(pages(), work, out, STAGE)
    assert contents(out) == before


def test_a_file_of_another_stage_is_never_written_over(tmp_path):
    out = tmp_path / "x.jsonl"
    run_computing(pages(), work, out, STAGE)
    before = contents(out)
    other = BuildingStage(name="test", config='{"seed":1}', inputs=("abc",))
    with pytest.raises(ConfigError, match="made by `test`"):
        run_computing(pages(), work, out, other)
    assert contents(out) == before


def test_a_manifest_from_before_keys_held_versions_is_still_read(tmp_path):
    out = tmp_path / "x.jsonl"
    first = run_computing(pages(), work, out, STAGE)
    path = stage_paths(out).manifest
    data = msgspec.json.decode(path.read_bytes())
    assert data["stage"].pop("packages") == {}
    path.write_bytes(msgspec.json.encode(data))
    assert finished(out, STAGE) == first
    newer = msgspec.structs.replace(STAGE, packages={"regex": "2"})
    said = r"made by `test` with other regex of unknown version \(now 2\)"
    with pytest.raises(ConfigError, match=said):
        finished(out, newer)


def test_a_file_that_no_stage_made_is_never_written_over(tmp_path):
    out = tmp_path / "x.jsonl"
    out.write_text("mine\n")
    with pytest.raises(ConfigError, match=r"no x\.manifest\.json says what made it"):
        run_computing(pages(), work, out, STAGE)
    assert out.read_text() == "mine\n"


def killed_at(step: int, out: Path) -> bool:
    """Whether the stage was killed in another process, before this step of writing its files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that other tests left
        child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    steps = itertools.count(1)

    def deadly(real):
        return lambda *args, **named: os._exit(9) if next(steps) == step else real(*args, **named)

    with suppress(BaseException):
        os.fsync, os.replace = deadly(os.fsync), deadly(os.replace)
        Path.unlink = deadly(Path.unlink)
        run_computing(pages(), work, out, STAGE)
    os._exit(0)


def test_a_stage_killed_while_it_writes_its_files_is_gone_on_with(tmp_path):
    run_computing(pages(), work, tmp_path / "whole" / "x.jsonl", STAGE)
    names = sorted(path.name for path in (tmp_path / "whole").iterdir())
    for step in itertools.count(1):
        out = tmp_path / str(step) / "x.jsonl"
        if not killed_at(step, out):
            break
        run_computing(pages(), work, out, STAGE)
        assert contents(out) == contents(tmp_path / "whole" / "x.jsonl")
        assert sorted(path.name for path in out.parent.iterdir()) == names
    assert step > 7  # three files are synced and renamed, then the journal is dropped


@pytest.mark.parametrize("cut", range(1, 400, 37))
def test_a_journal_cut_anywhere_is_gone_on_from(tmp_path, cut):
    whole, out = tmp_path / "whole.jsonl", tmp_path / "x.jsonl"
    run_computing(pages(), work, whole, STAGE)
    with Journal(out, STAGE) as journal:
        for n, page in reversed(list(enumerate(pages(12)))):
            journal.add(n, "es", work(page))
    path = stage_paths(out).journal
    path.write_bytes(path.read_bytes()[:-cut])
    asked: list[str] = []

    def remembered(page: Page) -> RowOutcome[Page]:
        asked.append(page.id)
        return work(page)

    run_computing(pages(), remembered, out, STAGE)
    assert [a.read_bytes() for a in stage_paths(out)[:2]] == contents(whole)[:2]
    assert 8 < len(asked) < 20
    assert len(set(asked)) == len(asked)


def test_a_journal_of_other_settings_is_forgotten(tmp_path):
    out = tmp_path / "x.jsonl"
    with Journal(out, BuildingStage(name="test", config="old", inputs=())) as journal:
        journal.add(0, "es", work(pages()[2]))
    assert run_computing(pages(), work, out, STAGE).rows_in == 20


def test_two_processes_never_make_one_file(tmp_path):
    out = tmp_path / "x.jsonl"
    with (
        Journal(out, STAGE),
        pytest.raises(PrerequisiteError, match="another process is making it"),
        Journal(out, STAGE),
    ):
        pass


def test_an_error_of_the_input_keeps_what_was_done(tmp_path):
    out = tmp_path / "x.jsonl"

    def broken() -> Iterator[Page]:
        yield from pages(7)
        raise LLMError("the input broke", hint="mend it")

    with pytest.raises(LLMError, match="the input broke"):
        run_computing(broken(), work, out, STAGE)
    assert not out.exists()
    with Journal(out, STAGE) as journal:
        assert journal.done == 7


def test_an_outcome_accounts_for_its_row():
    with pytest.raises(ValueError, match="never both or neither"):
        RowOutcome()
    with pytest.raises(ValueError, match="never both or neither"):
        RowOutcome(accepted=(1,), rejected=Rejected(id="1", language="es", reason="x"))


def test_an_output_that_is_no_jsonl_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="the output is JSONL"):
        stage_paths(tmp_path / "pages.txt")


def test_a_broken_line_of_a_journal_is_no_outcome(tmp_path):
    out = tmp_path / "x.jsonl"
    with Journal(out, STAGE) as journal:
        for n, page in enumerate(pages(6)):
            journal.add(n, "es", work(page))
    path = stage_paths(out).journal
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = b"{broken\n"
    path.write_bytes(b"".join(lines))
    with Journal(out, STAGE) as journal:
        assert [journal.has(n) for n in range(6)] == [True] * 3 + [False] * 3
    assert run_computing(pages(), work, out, STAGE).rows_in == 20


def test_other_settings_replace_a_finished_file_only_when_told(tmp_path):
    out = tmp_path / "pages.jsonl"
    other = BuildingStage(name="test", config='{"x":1}', inputs=("abc",))
    first = run_computing(pages(), work, out, STAGE)
    with pytest.raises(ConfigError, match="exists already"):
        run_computing(pages(5), work, out, other)
    again = run_computing(pages(5), work, out, other, replace=True)
    assert (first.rows_in, again.rows_in) == (20, 5)
    assert run_computing(pages(0), work, out, other, replace=True) == again
