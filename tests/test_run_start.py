"""The comparison of two checkouts, on checkouts whose commands are two trivial programs."""

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "run_start.py"

COMMANDS = """
import json, os, sys, time
from pathlib import Path

with open(LOG, "a") as file:
    keeps = not sys.dont_write_bytecode and "PYTHONPYCACHEPREFIX" in os.environ
    print(json.dumps([Path.cwd().name, keeps, *sys.argv[1:]]), file=file)
if sys.argv[1] == "run":
    runs = Path(sys.argv[sys.argv.index("--runs") + 1])
    if not runs.exists():
        time.sleep(SLEEP)
        folder = runs / "reports" / "prune-tiny"
        folder.mkdir(parents=True)
        report = {"scores": [SCORE], "effects": [], "started": time.time()}
        (folder / "report.json").write_text(json.dumps(report))
if sys.argv[1] == FAILS:
    sys.exit("that went wrong")
"""


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("run_start_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checkout(folder, *, score=0.5, sleep=0.0, fails=""):
    names = {"LOG": str(folder.parent / "log"), "SCORE": score, "SLEEP": sleep, "FAILS": fails}
    (folder / "harness").mkdir(parents=True)
    (folder / "harness" / "__init__.py").touch()
    text = "".join(f"{name} = {value!r}\n" for name, value in names.items()) + COMMANDS
    (folder / "harness" / "cli.py").write_text(text)
    return folder


@pytest.fixture
def measured(script, monkeypatch, tmp_path, capsys):
    """Runs the script with its own side replaced; returns what it printed and what was started."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("COLUMNS", "120")

    def run(before, *words, **own):
        monkeypatch.setattr(script, "HERE", checkout(tmp_path / "here", **own))
        script.main(["--before", str(before), *words])
        started = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
        return capsys.readouterr().out, started

    return run


def test_both_sides_run_every_command_in_turn_and_the_first_round_does_not_count(
    measured, tmp_path
):
    out, started = measured(checkout(tmp_path / "before"), "-n", "2")
    assert [name for name, *_ in started] == (["here"] * 4 + ["before"] * 4) * 3
    assert all(keeps for _, keeps, *_ in started)
    first = [words for _, _, *words in started[:4]]
    assert first[:2] == [["--help"], ["tasks", "list"]]
    assert first[2] == first[3]
    assert first[2][:5] == ["run", "--ablation", "prune", "--profile", "tiny"]
    stores = {words[6] for _, _, *words in started if words[0] == "run"}
    assert len(stores) == 6  # one a round and side
    assert "2 rounds in turn" in out
    assert "the same, digit for digit" in out


def test_a_slower_side_shows_in_wall_time_and_another_score_is_told(measured, tmp_path):
    before = checkout(tmp_path / "before", sleep=2.0, score=0.25)
    out, _ = measured(before, "-n", "1", score=0.5)
    (line,) = [line for line in out.splitlines() if "empty store" in line]
    wall = float(line.split("\u2502")[2].split()[0])
    assert wall < 0.8
    assert "they differ" in out


def test_several_checkouts_are_compared_in_one_run(measured, tmp_path):
    old, new = (checkout(tmp_path / name) for name in ("old", "new"))
    words = (str(new), "-n", "1", "--again", "3", "--set", "train.steps=5")
    out, started = measured(old, *words)
    each = ["here"] * 6 + ["old"] * 6 + ["new"] * 6
    assert [name for name, *_ in started] == each * 2
    assert all(words[-2:] == ["--set", "train.steps=5"] for _, _, *words in started[2:6])
    assert "Here by old, 1 rounds" in out
    assert "Here by new, 1 rounds" in out


def test_a_command_that_fails_ends_the_comparison_with_what_it_said(measured, tmp_path):
    with pytest.raises(SystemExit, match=r"(?s)before: tasks list failed:.*that went wrong"):
        measured(checkout(tmp_path / "before", fails="tasks"))


def test_no_round_cannot_be_asked_for(script, tmp_path, capsys):
    with pytest.raises(SystemExit):
        script.main(["--before", str(tmp_path), "-n", "0"])
    assert "-n must be >= 1, got 0" in capsys.readouterr().err


def test_ratios_are_those_of_the_medians_and_of_the_least(script):
    cost = script.Cost
    here = {"x": [cost(w, p) for w, p in ((1.0, 2.0), (3.0, 3.0), (2.0, 9.0))]}
    before = {"x": [cost(w, p) for w, p in ((4.0, 4.0), (5.0, 4.0), (4.0, 2.0))]}
    table = script.ratios(here, before, "title")
    assert [list(column.cells) for column in table.columns] == [
        ["x"],
        ["0.50 (0.25)"],
        ["0.75 (1.00)"],
    ]
