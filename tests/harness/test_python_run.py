"""`harness.run`: the command from Python, its keywords, its store, its errors."""

import os
import shutil
import subprocess
import sys
import warnings

import pytest

import harness
from harness import python_run
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import Several
from harness.options.parser import parser
from harness.options.parser_run import add_run
from harness.options.python_words import keywords, words
from harness.python_run import NO_USE, RunOptions, RunWarning
from leaderboard.records import read_report, without_times
from ultralink_data.errors import ConfigError, PrerequisiteError

TINY = {"ablation": "prune", "profile": "tiny"}


@pytest.fixture(scope="module")
def command():
    command = LazyParser(prog="run")
    add_run(command)
    return command


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ({"ablation": "prune", "profile": None}, "--ablation=prune"),
        ({"data": ["old", "new"]}, "--data=old --data=new"),
        ({"seeds": range(3)}, "--seeds=0,1,2"),
        ({"seeds": 4}, "--seeds=4"),
        ({"languages": ("en", "zh")}, "--languages=en,zh"),
        ({"languages": "en,zh"}, "--languages=en,zh"),
        ({"set": {"train.steps": 8, "model.path": "m"}}, "--set=train.steps=8 --set=model.path=m"),
        (
            {"set": {"a": None, "b": True, "c": ["x", 1]}},
            '--set=a=null --set=b=true --set=c=["x", 1]',
        ),
        ({"vary": {"train.learning_rate": [1e-3, 3e-3]}}, "--vary=train.learning_rate=0.001,0.003"),
        ({"with_": {"start": "en"}}, "--with=start=en"),
        ({"noise_floor": True}, "--noise-floor"),
        ({"noise_floor": 3}, "--noise-floor=3"),
        ({"noise_floor": False}, "--no-noise-floor"),
        ({"until_decided": False}, ""),
        ({"max_cost": 1.5}, "--max-cost=1.5"),
    ],
)
def test_keywords_are_the_words_of_the_command(command, given, typed):
    assert " ".join(words(command, given, NO_USE)) == typed


def test_a_number_of_numpy_is_a_number(command):
    numpy = pytest.importorskip("numpy")
    assert words(command, {"seeds": numpy.arange(2)}, ()) == ["--seeds=0,1"]


def test_words_are_parsed_into_what_was_given():
    given = {"data": ["a", "b"], "seeds": [3, 1], "set": {"train.steps": 8}, "max_cost": 2.0}
    found = parser().parse_args(["run", *words(python_run._command(), given, NO_USE)])
    assert (found.data, found.seeds, found.settings) == (["a", "b"], (3, 1), ["train.steps=8"])
    assert found.max_cost == 2.0


@pytest.mark.parametrize(
    ("given", "said", "hint"),
    [
        ({"sedes": [0]}, "unknown keyword argument 'sedes'", "did you mean 'seeds'?"),
        ({"dry_run": True}, "unknown keyword argument 'dry_run'", "known: "),
        ({"fail_on": "worse"}, "unknown keyword argument 'fail_on'", "known: "),
        ({"seeds": True}, "seeds=True says no value", "give seeds=0,1,2"),
        ({"seeds": {"a": 1}}, "seeds takes no dictionary", "0,1,2"),
        ({"out": object()}, "which stands for no value", "a path"),
        ({"set": {"train.steps": object()}}, "which stands for no value", "a path"),
        ({"ablation": "prun", "profile": "tiny"}, "unknown ablation 'prun'", "'prune'"),
        ({**TINY, "profile": "tny"}, "unknown profile 'tny'", "'tiny'"),
        ({**TINY, "set": {"train.step": 8}}, "unknown config field 'train.step'", "'train.steps'"),
        ({**TINY, "languages": ["xx"]}, "unknown language 'xx'", "known: "),
        ({**TINY, "variants": ["keep"]}, "unknown variant", "keep-all"),
        ({**TINY, "data": ["a", "b"]}, "--data", "--help"),
        ({**TINY, "seeds": []}, "'' names nothing", "--help"),
        ({}, "one of the arguments --ablation --data --vary is required", "--help"),
    ],
)
def test_wrong_keywords_and_values_are_errors_with_their_hint(given, said, hint, tmp_path):
    with pytest.raises(ConfigError) as caught:
        harness.run(**given, runs=tmp_path / "runs")
    assert said in str(caught.value)
    assert caught.value.__notes__ == [caught.value.hint]
    assert hint in caught.value.hint
    assert not list((tmp_path / "runs").rglob("*.json"))


def test_what_the_disk_refuses_is_an_error_of_ours(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(tmp_path / "x"))

    monkeypatch.setattr("harness.commands.run.carried_out", refuse)
    with pytest.raises(PrerequisiteError, match=r"cannot use .*x: Permission denied"):
        harness.run(**TINY, runs=tmp_path)


def test_a_bug_stays_what_it_is(tmp_path, monkeypatch):
    def fail(*_):
        raise KeyError("ours")

    monkeypatch.setattr("harness.commands.run.carried_out", fail)
    with pytest.raises(KeyError):
        harness.run(**TINY, runs=tmp_path)


def test_the_typed_keywords_are_the_options_of_the_command(command):
    assert set(RunOptions.__annotations__) == set(keywords(command, NO_USE))
    for name, action in keywords(command, NO_USE).items():
        assert isinstance(action, Several) == (name in {"variants", "seeds", "languages", "tasks"})


def test_a_finished_run_is_the_same_report_and_prints_nothing(finished, monkeypatch, capfd):
    monkeypatch.chdir(finished.home)
    before = read_report(finished.home / "runs" / "reports" / "prune-tiny" / "report.json")
    made = sorted((finished.home / "runs" / "models").iterdir())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = harness.run(**TINY)
    assert without_times(report) == without_times(before)
    assert report.command == ("ultralink-bench", "run", "--ablation=prune", "--profile=tiny")
    assert sorted((finished.home / "runs" / "models").iterdir()) == made
    assert capfd.readouterr() == ("", "")
    assert all(issubclass(one.category, RunWarning) for one in caught)


def test_progress_shows_the_plan(finished, monkeypatch, capfd):
    monkeypatch.chdir(finished.home)
    harness.run(**TINY, progress=True)
    assert "Plan: prune (tiny)" in capfd.readouterr().out


def test_warnings_are_those_of_python():
    with pytest.warns(RunWarning, match="<U.001B>"):
        python_run._audience(False).display.warn("one \x1b[31m line")


@pytest.mark.slow
def test_a_script_without_a_guard_starts_workers(finished):
    """Workers must not run the script again, nor what a notebook has in its main module."""
    made = list((finished.home / "runs" / "evals").iterdir())
    for folder in made:
        shutil.rmtree(folder)
    script = finished.home / "script.py"
    script.write_text(
        "import harness\nprint('once')\nharness.run(ablation='prune', profile='tiny')\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=finished.home,
        env=os.environ | {"PYTHONPATH": str(finished.code)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "once\n"
    assert sorted((finished.home / "runs" / "evals").iterdir()) == sorted(made)
