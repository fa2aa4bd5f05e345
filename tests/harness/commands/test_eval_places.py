"""Where `eval` writes: a folder, tables by their suffix, links under the model's name."""

from pathlib import Path

import pytest

from harness.commands.eval_places import Places
from harness.show import short
from leaderboard.table import text_table
from ultralink_data.errors import ConfigError, PrerequisiteError

TABLE = text_table("Scores", ("Model", "Score"), [("a|b", "1.0")])
RUNS = Path("runs")


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_records_go_to_a_folder_for_each_model_by_default():
    places = Places(None, RUNS, ["a", "up/b"])
    assert places.folder("a") == Path("runs/reports/eval-a")
    assert places.folder("up/b") == Path("runs/reports/eval-up-b")
    assert places.write_tables(TABLE) == []


def test_the_suffix_says_the_form():
    places = Places([Path("t.md"), Path("t.CSV"), Path("deep/t.tex")], RUNS, ["a"])
    assert places.write_tables(TABLE) == [Path("t.md"), Path("t.CSV"), Path("deep/t.tex")]
    assert r"a\|b" in Path("t.md").read_text()
    assert Path("t.CSV").read_text().splitlines() == ["Model,Score", "a|b,1.0"]
    assert r"\documentclass" in Path("deep/t.tex").read_text()
    assert places.folder("a") == Path("runs/reports/eval-a")


def test_a_folder_takes_all():
    places = Places([Path("out")], RUNS, ["a", "b"])
    assert places.folder("a") == places.folder("b") == Path("out")
    names = [path.name for path in places.write_tables(TABLE)]
    assert names == ["scores.md", "scores.csv", "scores.tex"]


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (["t.txt"], ConfigError, "no table has the form .txt"),
        (["a", "b"], ConfigError, "names two folders"),
        (["file"], ConfigError, "is a file"),
        (["file/t.md"], PrerequisiteError, "cannot write"),
    ],
)
def test_what_cannot_be_written_is_told_at_the_start(given, kind, said):
    Path("file").write_text("")
    with pytest.raises(kind, match=said):
        Places([Path(name) for name in given], RUNS, ["a"])


def test_samples_are_linked_under_the_models_name():
    made = Path("runs/evals/k")
    (made / "samples").mkdir(parents=True)
    (made / "samples" / "mgsm_en.jsonl").write_text("x")
    places = Places(None, RUNS, ["m"])
    for _ in range(2):
        places.link("m", "abc", made)
    link = Path("runs/reports/eval-m/samples/m-abc")
    assert (link / "mgsm_en.jsonl").read_text() == "x"
    assert set(places.links("m")) == {link}


def test_a_link_is_shown_by_its_own_name(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "link").symlink_to("deep")
    assert short(tmp_path / "link") == short(Path("link")) == "link"
