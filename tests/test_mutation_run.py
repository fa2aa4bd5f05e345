"""The mutation run's bookkeeping (benchmarks/mutants.py): samples, results, the table."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from mutation_map import forget

from tasks.grading import answer_words
from tasks.grading.answer_phrases import answer_phrases

ROOT = Path(__file__).parent.parent


@pytest.fixture
def mutants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, for a project in a temporary folder."""
    path = ROOT / "benchmarks" / "mutants.py"
    spec = importlib.util.spec_from_file_location("mutants", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, folder in (("ROOT", ""), ("WORK", "mutants"), ("TESTS_SEEN", "mutants/seen")):
        monkeypatch.setattr(module, name, tmp_path / folder)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("1")
    return module


def write(mutants: ModuleType, module: str, **codes: int | None) -> Path:
    path: Path = mutants.WORK / f"{module}.py.meta"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"exit_code_by_key": codes, "durations_by_key": {"k": 1}}))
    return path


def test_a_sample_is_seeded_shared_among_folders_and_never_larger_than_there_are(mutants):
    names = [f"m{n}" for n in range(50)]
    first = mutants._sample(names, 30, 3, seed=1)
    assert len(set(first)) == 10
    assert first == mutants._sample(names, 30, 3, seed=1) != mutants._sample(names, 30, 3, seed=2)
    assert mutants._sample(names, 900, 3, seed=1) == sorted(names)
    assert mutants._sample(names, None, 3, seed=1) == names


def test_results_are_those_of_a_folder_and_of_the_folders_in_it(mutants):
    write(mutants, "train/loop", a=1, b=0)
    write(mutants, "train/inner/deep", c=None)
    write(mutants, "tasks/grading/x", d=1)
    assert mutants._results("train") == {"a": 1, "b": 0, "c": None}


def test_where_tests_changed_only_kills_stand(mutants):
    path = write(mutants, "train/loop", killed=1, survived=0, timeout=-24, none=33, new=None)
    (mutants.WORK / "mutmut-stats.json").touch()
    mutants._forget_outdated()
    kept = json.loads(path.read_text())
    assert kept["exit_code_by_key"] == {
        "killed": 1,
        "survived": None,
        "timeout": None,
        "none": None,
        "new": None,
    }
    assert kept["durations_by_key"] == {"k": 1}
    assert not (mutants.WORK / "mutmut-stats.json").exists()


def test_where_no_test_changed_all_results_stand(mutants):
    mutants._forget_outdated()
    path = write(mutants, "train/loop", killed=1, survived=0)
    before = path.read_text()
    mutants._forget_outdated()
    assert path.read_text() == before
    (mutants.ROOT / "tests" / "test_a.py").write_text("2")
    mutants._forget_outdated()
    assert path.read_text() != before


def test_the_table_counts_a_timeout_as_killed_and_no_tests_as_not(mutants):
    found = {"a": "killed", "b": "timeout", "c": "survived", "d": "no tests", "e": "killed"}
    table = mutants._table({"train": found}, {"train": 70})
    cells = [next(iter(column.cells)) for column in table.columns]
    assert cells == ["train", "70", "5", "2", "1", "1", "1", "60.0 % [23.1, 88.2]"]
    assert mutants._missed(found) == ["c", "d"]
    assert mutants._killed(found) == 3


def test_while_mutmut_notes_each_test_makes_what_functions_remember():
    answer_words.words_of(tuple(group.worked for group in answer_phrases("en")))
    assert answer_words.words_of.cache_info().currsize
    forget("tasks.grading")
    assert not answer_words.words_of.cache_info().currsize


def test_a_mutant_whose_tests_could_not_be_started_is_not_killed(mutants, monkeypatch):
    (mutants.ROOT / "pyproject.toml").write_text('[tool.mutmut]\nonly_mutate = ["train/*"]\n')
    write(mutants, "train/loop", killed=1, refused=mutants.NOT_STARTED)
    monkeypatch.setattr(mutants, "_mutmut", lambda jobs, names: None)
    monkeypatch.setattr(mutants, "_forget_outdated", lambda: None)
    monkeypatch.setattr(sys, "argv", ["mutants.py"])
    with pytest.raises(SystemExit, match="the tests of 1 mutants could not be started"):
        mutants.main()
