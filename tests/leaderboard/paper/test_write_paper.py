"""A paper's folder: complete, the same each time, whole or not at all, and only over its own."""

import json
from pathlib import Path

import pytest
from paper_examples import HOSTILE_NAMES, write_store

from leaderboard.collection import load
from leaderboard.paper.booktabs_float import float_text
from leaderboard.paper.paper_document import missing_parts
from leaderboard.paper.paper_parts import FileNames, PaperOptions, PaperTable
from leaderboard.paper.write_paper import paper_sections, write_paper
from leaderboard.render import to_markdown
from ultralink_data.errors import ConfigError


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return write_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def written(store, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("out") / "paper"
    write_paper(load(store), out, PaperOptions())
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_table_has_three_forms_every_figure_two_and_all_are_included(written, store):
    files = contents(written)
    assert sorted(files) == json.loads(files["contents.json"])
    text = files["paper.tex"].decode()
    tables = {name[7:-4] for name in files if name.startswith("tables/") and name.endswith(".tex")}
    pictures = {name[8:-4] for name in files if name.startswith("figures/") and name[-3:] == "pdf"}
    assert len(tables) > 20
    assert len(pictures) == 7
    for name in tables:
        assert {f"tables/{name}.{ending}" for ending in ("md", "csv")} <= set(files)
        assert rf"\input{{tables/{name}}}" in text
    for name in pictures:
        assert f"figures/{name}.png" in files
        assert rf"\includegraphics{{figures/{name}.pdf}}" in text


def test_the_same_number_stands_in_all_three_forms(written):
    for ending, form in (("tex", "40.0"), ("md", "40.0 [6.5, 22.8]"), ("csv", "0.4,0.065")):
        text = (written / "tables" / f"results-mgsm-exact-match.{ending}").read_text("utf-8")
        assert form in text, ending


def test_a_second_run_writes_the_same_bytes_over_what_latex_made(written, store):
    before = contents(written)
    (written / "paper.pdf").write_bytes(b"%PDF")
    write_paper(load(store), written, PaperOptions())
    assert contents(written) == before


def test_a_folder_with_other_files_is_refused(written, store):
    (written / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"notes\.txt"):
        write_paper(load(store), written, PaperOptions())
    assert (written / "notes.txt").read_text() == "mine"
    (written / "notes.txt").unlink()


def test_a_run_that_ends_half_way_leaves_the_earlier_paper_as_it_was(written, store):
    before = contents(written)

    def fail(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_paper(load(store), written, PaperOptions(), fail)
    assert contents(written) == before
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def test_what_the_store_lacks_is_left_out_and_listed(tmp_path):
    (tmp_path / "runs").mkdir()
    sections = write_paper(load(tmp_path / "runs"), tmp_path / "paper", PaperOptions())
    lacks = missing_parts(sections)
    assert "a report of the ablation ground" in lacks
    assert "scores of omgeval measured here" in lacks
    assert any("judged comparisons" in text for text in lacks)
    readme = (tmp_path / "paper" / "README.md").read_text("utf-8")
    assert "a report of the ablation ground" in readme
    assert not list((tmp_path / "paper").glob("figures/*"))


def test_a_damaged_record_is_listed_and_costs_only_itself(tmp_path):
    folder = write_store(tmp_path / "runs")
    (folder / "reports" / "bad.json").write_text('{"schema": 2, "kind": "eval", "run_id": 3}')
    path = folder / "reports" / "eval" / "samples" / "mgsm_zh.jsonl"
    path.write_text('{"generation": 3}\n')
    sections = paper_sections(load(folder), PaperOptions())
    lacks = " ".join(missing_parts(sections))
    assert "bad.json" in lacks
    assert "mgsm_zh.jsonl" in lacks
    assert "results-mgsm-exact-match" in {part.name for part in sections[0].parts}


def texts(store: Path, **options: bool) -> str:
    sections = paper_sections(load(store), PaperOptions(**options))
    parts = [part for section in sections for part in section.parts]
    return "".join(float_text(p.name, p.table) for p in parts if isinstance(p, PaperTable))


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("intervals", (r"{\scriptsize {[}", "95 \\%{]}}")),
        ("verdicts", ("& Verdict", "& reference")),
        ("footnotes", ("commit 0123456789ab", "2026-01-02, config 0123456789ab}")),
    ],
)
def test_each_option_takes_out_what_it_names_and_leaves_the_caveats(store, option, words):
    full, without = texts(store), texts(store, **{option: False})
    for word in words:
        assert word in full
        assert word not in without
    assert "A proxy at 1M parameters" in without


def test_names_of_files_never_come_from_outside_unchanged():
    names = FileNames()
    for text in ("../../etc/passwd", "a/b", "a b", "", "模型", "CON", "x" * 500, "-rf"):
        name = names(text)
        assert name.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == ""
        assert 0 < len(name) <= 70
        assert not name.startswith("-")
    assert names("a b") != names("a/b")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_become_text(tmp_path, name):
    sections = paper_sections(load(write_store(tmp_path, name)), PaperOptions())
    (part,) = (p for p in sections[0].parts if p.name == "results-mgsm-exact-match")
    assert isinstance(part, PaperTable)
    text, page = float_text(part.name, part.table), to_markdown(part.table)
    assert r"\input{/etc" not in text
    assert r"\end{document}" not in text
    assert "<script" not in page
    assert "\u202e" not in text + page
