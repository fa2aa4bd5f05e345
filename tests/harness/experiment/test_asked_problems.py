"""The hash of an evaluation's problems, where it is kept from one command to the next."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.engine import kept_results
from harness.engine.kept_results import KeptResults, installed_code
from harness.engine.watched_reads import watched_reads
from harness.experiment import asked_problems
from harness.experiment.asked_problems import problems_hash, requests
from tasks.eval_config import EvalConfig, TaskRun
from tasks.files import ENVIRONMENT
from tests.small_benchmarks import write_mgsm
from ultralink_data.errors import PrerequisiteError

PROBLEMS = asked_problems._problems
STARTER = EvalConfig(runs=(TaskRun(task="starter_code", languages=("en", "zh"), protocol="chat"),))
MGSM = EvalConfig(runs=(TaskRun(task="mgsm", languages=("en",), protocol="direct"),))


@pytest.fixture
def new_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[NewProcess]":
    monkeypatch.delenv(ENVIRONMENT, raising=False)  # files elsewhere would stand in for those here
    with ExitStack() as watching:
        yield NewProcess(tmp_path, monkeypatch, watching)


class NewProcess:
    """Begins a process that keeps results in the same place."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, watching: ExitStack) -> None:
        self._folder, self._monkeypatch = folder / "kept", monkeypatch
        self._watching = watching
        self._results: KeptResults | None = None

    def begin(self) -> None:
        """What the process before it kept is written."""
        if self._results is not None:
            self._results.save()
        self._results = KeptResults(self._folder, installed_code(), pytest.fail)
        self._monkeypatch.setattr(kept_results, "_active", [self._results])
        self._watching.close()
        reads = self._watching.enter_context(watched_reads())
        self._monkeypatch.setattr(kept_results, "_read_since", reads)
        PROBLEMS.cache_clear()


def test_problems_that_come_with_the_code_are_made_once(
    new_process: NewProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = problems_hash(STARTER, None)
    new_process.begin()
    assert problems_hash(STARTER, None) == plain
    new_process.begin()
    monkeypatch.setattr(asked_problems, "_hashed", lambda *args: pytest.fail("made again"))
    assert problems_hash(STARTER, None) == plain


def test_other_problems_have_another_hash(new_process: NewProcess) -> None:
    new_process.begin()
    code = TaskRun(task="starter_code", languages=("en",), protocol="chat")
    fewer = EvalConfig(runs=(code,))
    found = {problems_hash(STARTER, None), problems_hash(fewer, None)}
    new_process.begin()
    assert {problems_hash(STARTER, None), problems_hash(fewer, None)} == found
    assert len(found) == 2


def test_a_changed_benchmark_file_is_always_seen(new_process: NewProcess, tmp_path: Path) -> None:
    write_mgsm(tmp_path)
    new_process.begin()
    before = problems_hash(MGSM, tmp_path)
    file = tmp_path / "mgsm/mgsm_en.tsv"
    file.write_text(file.read_text().replace("1", "2"))
    new_process.begin()
    assert problems_hash(MGSM, tmp_path) != before
    file.unlink()
    new_process.begin()
    with pytest.raises(PrerequisiteError):
        problems_hash(MGSM, tmp_path)


def test_a_benchmark_file_that_was_read_before_is_no_reason_to_keep(
    new_process: NewProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mgsm(tmp_path)
    new_process.begin()
    (tmp_path / "mgsm/mgsm_en.tsv").read_bytes()
    found = []
    for text in (b"in memory", b"of today"):
        monkeypatch.setattr(asked_problems, "_problems", lambda *args, text=text: (text,))
        found.append(problems_hash(MGSM, tmp_path))
    assert found[0] != found[1]


def test_a_packages_file_counts_by_its_content(
    new_process: NewProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, made = tmp_path / "problems.jsonl", list[str]()

    def read(*arguments: object) -> tuple[bytes, ...]:
        made.append(file.read_text())
        return (file.read_bytes(),)

    monkeypatch.setattr(asked_problems, "_problems", read)
    one = EvalConfig(runs=(TaskRun(task="starter_code", languages=("en",), protocol="chat"),))
    found = []
    for text in ("one", "one", "two", "two"):
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        new_process.begin()
        found.append(problems_hash(one, None))
    assert made == ["one", "two"]
    assert found[0] == found[1] != found[2] == found[3]


def test_a_text_that_a_protocol_does_not_have_is_not_counted(tmp_path: Path) -> None:
    write_mgsm(tmp_path)
    asked = {
        protocol: requests(
            EvalConfig(
                runs=(TaskRun(task="mgsm", languages=("en",), protocol=protocol, generate=2),)
            ),
            tmp_path,
        )
        for protocol in ("direct", "native_cot")
    }
    assert asked["native_cot"] == (2, 0)
    assert asked["direct"] == (2, 5)
