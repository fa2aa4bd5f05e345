"""The gate as a command: its exit codes, its settings and the files that it writes."""

import json
import os
import random
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.planted_changes import Change, read_rows, write_rows
from harness.cli import main
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

TINY = 'profile = "tiny"\nlanguages = ["en", "zh"]\nagainst = ["humaneval"]\n'


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gated") / "old"
    dataset.write(folder, starter_dialogues(1, 1), recipe="starter")
    return folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    Path("gate.toml").write_text(TINY)
    return tmp_path


def gated(old: Path, change: Change, *more: str) -> int:
    rows = read_rows(old)
    change(rows, random.Random(3))
    write_rows(rows, Path("new"))
    sides = ("--baseline", str(old), "--candidate", "new")
    return main(["gate", *sides, "-o", "out", "--runs", "runs", *more])


def reverse(rows, draw):
    for name in rows:
        rows[name] = rows[name][::-1]


HOSTILE = (
    "# In plain English words, everything is fine and the change may be merged at once | "
    "<script>alert(1)</script> [now](http://x) \x1b[31m it is fine"
)


def hostile(rows, draw):
    """Answers in another language that try to be markup on the page."""
    for row in rows["zh_math"]:
        row["data"][1] = HOSTILE
        row["id"] += "<script>x</script>\x1b[31m"


def weaker(rows, draw):
    for row in rows["en_math"]:
        row["data"][1] = f"As for {row['id'].rstrip('0123456789')}: {row['data'][1]}"


def test_the_same_rows_pass_without_a_training(old, place, capsys):
    assert gated(old, reverse) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASS: new against old: both hold")
    assert not Path("runs/trains").exists()
    assert Path("out/report.md").read_text().startswith("**PASS: new against old")


def test_a_fault_fails_with_its_place_in_every_file(old, place, monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place / "summary.md"))
    assert gated(old, hostile) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("FAIL: new against old: other_language in zh math:")
    assert "\x1b[31m" not in out
    page = Path("out/report.md").read_text()
    assert page.splitlines()[0].startswith("**FAIL")
    assert "<script>" not in page
    assert (place / "summary.md").read_text() == page
    suite = ElementTree.parse("out/junit.xml").getroot()
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["zh_math"]
    assert suite.get("failures") == "1"
    report = json.loads(Path("out/gate.json").read_text())
    assert report["verdict"] == "fail"
    assert report["scores"] == ""
    run = json.loads(Path("out/rows.sarif").read_text())["runs"][0]
    rows = Path("new/zh_math.jsonl").read_text().splitlines()
    result = next(r for r in run["results"] if r["ruleId"] == "other_language")
    where = result["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "new/zh_math.jsonl"
    named = json.loads(rows[where["region"]["startLine"] - 1])["id"]
    assert result["message"]["text"].startswith(named.partition("<")[0])


def test_a_page_that_cannot_be_written_changes_no_answer(old, place, monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place / "absent" / "summary.md"))
    assert gated(old, hostile) == 1
    said = capsys.readouterr()
    assert "warning: GITHUB_STEP_SUMMARY: cannot write" in said.err
    assert said.out.splitlines()[-1].startswith("FAIL: new against old")
    assert Path("out/report.md").is_file()


def test_a_text_of_a_row_is_no_link_in_sarif(old, place, capsys):
    def linked(rows, draw):
        rows["zh_math"].append({"id": "[now](http://x)", "data": ["Q?", "A text<|im_end|>"]})

    assert gated(old, linked) == 1
    results = json.loads(Path("out/rows.sarif").read_text())["runs"][0]["results"]
    texts = [result["message"]["text"] for result in results]
    assert any("[now] (http://x)" in text for text in texts)
    assert not any("](" in text for text in texts)


def test_models_are_trained_where_no_row_is_at_fault(old, place, capsys):
    assert gated(old, weaker) == 4  # this profile gives no verdicts
    assert "UNDECIDED: new against old: scores in" in capsys.readouterr().out
    report = json.loads(Path("out/gate.json").read_text())
    assert report["experiment"] == "experiment"
    assert Path("out/experiment/report.json").is_file()
    assert {reason["cause"] for reason in report["reasons"]} == {"scores"}
    assert "What changes if a model is trained on new" in Path("out/report.md").read_text()


def test_a_difference_that_no_training_learns_from_is_not_trained(old, place, capsys):
    rows = read_rows(old)
    rows["en_chat_agnostic"][0]["data"][2:] = [" ".join(map(str, range(900))), "So it is."]
    write_rows(rows, Path("before"))

    def reworded(rows, draw):
        rows["en_chat_agnostic"][0]["data"][2] = " ".join(map(str, range(1, 901)))

    assert gated(Path("before"), reworded) == 0
    assert "both sides train the same model" in capsys.readouterr().out
    assert not Path("out/experiment").exists()


@pytest.mark.parametrize(
    ("candidate", "code", "said"),
    [
        ("absent", 3, "--candidate: no folder absent"),
        ("file", 2, "--candidate: file is a file"),
        ("empty", 3, "--candidate: empty has no {language}_{kind}.jsonl file"),
        ("OLD", 2, "--candidate names "),
    ],
)
def test_a_folder_that_is_no_dataset_is_named_by_its_option(
    old, place, capsys, candidate, code, said
):
    Path("file").touch()
    Path("empty").mkdir()
    path = str(old) if candidate == "OLD" else candidate
    assert main(["gate", "--baseline", str(old), "--candidate", path, "-o", "out"]) == code
    assert capsys.readouterr().err.startswith(f"error: {said}")
    assert not Path("out").exists()


def crowd(rows, draw):
    # Long answers among the first and last, which are those that a report may show.
    long = {*range(500), *range(5500, 6000)}
    rows["zh_math"] += [
        {"id": f"x{n}", "data": ["Q?", f"{HOSTILE * (9 if n in long else 1)} {n}"]}
        for n in range(6000)
    ]
    rows["en_math"] += [{"id": f"y{n}", "data": ["no answer"]} for n in range(500)]


def test_thousands_of_faults_leave_the_answer_in_sight(old, place, capsys):
    assert gated(old, crowd) == 1
    assert len(capsys.readouterr().out.splitlines()) < 80
    assert len(Path("out/report.md").read_bytes()) < 60_000
    run = json.loads(Path("out/rows.sarif").read_text())["runs"][0]
    found = {result["ruleId"] for result in run["results"]}
    assert len(run["results"]) == 5000
    assert {"odd_turns", "other_language"} <= found
    assert found == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert len(json.loads(Path("out/gate.json").read_text())["faults"]) >= 6000


def test_never_means_never(old, place, capsys):
    Path("gate.toml").write_text(f'{TINY}train = "never"\n')
    assert gated(old, weaker) == 0
    assert "nothing was trained" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profile = 'tiny'\nlimit = 3\n", "gate.toml:2: Object contains unknown field `limit`"),
        ("[limits]\nlost = 1.5\n", "gate.toml:2: lost must be 0 to 1, got 1.5"),
        ("\nprofile = 'tinny'\n", "gate.toml:2: unknown profile 'tinny'"),
        ("against = ['mgms']\n", "mgms"),
        ("\nset = ['train.step=3']\n", "gate.toml:2: unknown config field 'train.step'"),
        ("set = ['train.steps']\n", "gate.toml:1: set 'train.steps' has no value"),
        ("set = [\n'train.steps=many']\n", "gate.toml:1: set train.steps=many: Expected `int"),
        ("train = 'never'\nseeds = [1, 1]\n", "gate.toml:2: "),
        ("tasks = ['starter_math']\nlanguages = ['en', 'xx']\n", "gate.toml:2: unknown language"),
        ("set = ['profile=small']\n", "gate.toml:1: set profile=small: the numbers of starter"),
        ("set = ['eval.runs=[]']\n", "gate.toml:1: nothing is left to evaluate"),
        ("set = ['data.folder=old']\n", "the datasets are named already"),
        ("profile = \n", "gate.toml:1: not valid TOML"),
    ],
)
def test_bad_settings_are_told_before_anything_runs(old, place, capsys, text, said):
    Path("gate.toml").write_text(text)
    assert gated(old, reverse) == 2
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[0]
    assert "--set" not in "".join(lines)
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("sides", "settings", "code"),
    [
        (["--baseline", "old", "--candidate", "new"], "profile = 'tinny'", 2),
        (["--baseline", "old", "--candidate", "new"], "against = ['mgms']", 2),
        (["--baseline", "old", "--candidate", "none"], TINY, 3),
        (["--baseline", "old"], TINY, 2),
    ],
)
@pytest.mark.parametrize("given", [True, False], ids=["out given", "out by default"])
def test_a_refused_gate_leaves_no_answer_of_an_earlier_one(
    old, place, capsys, sides, settings, code, given
):
    dataset.write(Path("old"), starter_dialogues(1, 1), recipe="starter")
    write_rows(read_rows(old), Path("new"))
    names = sides[1:2] + sides[3:]
    out = Path("out") if given else Path("runs/reports") / f"data-{'-'.join(names)}"
    for name in ("report.md", "gate.json", "junit.xml", "rows.sarif", "experiment/report.json"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("PASS")
    (out / "notes.txt").write_text("kept")
    Path("gate.toml").write_text(settings)
    assert main(["gate", *sides, "--runs", "runs", *(["-o", "out"] if given else [])]) == code
    left = [path.name for path in out.rglob("*")]
    # Without a candidate and -o, no folder is that of the gate.
    assert left == ["notes.txt"] if given or len(names) == 2 else len(left) == 7


def test_a_folder_of_ones_own_is_left_alone(old, place, capsys):
    Path("out/experiment").mkdir(parents=True)
    Path("out/experiment/notes.txt").write_text("mine")
    assert gated(old, reverse) == 0
    assert Path("out/experiment/notes.txt").read_text() == "mine"


def test_sides_that_are_not_there_are_named(old, place, capsys):
    assert main(["gate", "--baseline", str(old)]) == 2
    assert "gate needs --candidate" in capsys.readouterr().err
    assert main(["gate", "--baseline", str(old), "--candidate", "none"]) == 3
    assert "no folder none" in capsys.readouterr().err


def test_init_writes_settings_that_are_the_defaults_and_nothing_twice(place, capsys):
    os.unlink("gate.toml")
    assert main(["gate", "init"]) == 0
    from harness.gate.gate_config import GateConfig, read_config

    assert read_config(Path("gate.toml")) == GateConfig()
    assert main(["gate", "init"]) == 2
    assert "gate.toml exists already" in capsys.readouterr().err
