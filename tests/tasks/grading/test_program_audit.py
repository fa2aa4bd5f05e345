"""Right solutions under damaged prompts, in each way of mending them."""

from pathlib import Path

import pytest
from program_toys import Runner, ToyPrograms

from tasks.grading import program_audit
from tasks.grading.program_audit import AS_IS, audit, count_passed, ways
from tasks.sandbox import ProgramOutcome
from ultralink_data.errors import ConfigError


@pytest.fixture
def runner(monkeypatch):
    found = Runner()
    monkeypatch.setattr(program_audit, "run_programs", found)
    return found


def rules(**options):
    return {name: way.rules for name, way in ways(ToyPrograms(), **options).items()}


def test_the_ways_go_from_no_repair_to_all():
    both = ("mend", "gloss")
    expected = {AS_IS: (), "gloss only": ("gloss",), "all repairs": both}
    assert rules() == expected
    assert list(rules()) == list(expected)


def test_chosen_repairs_are_the_last_way_and_name_it():
    assert rules(repairs=["mend"]) == {AS_IS: (), "gloss only": ("gloss",), "mend": ("mend",)}
    assert list(rules(repairs=["mend", "gloss"]))[-1] == "mend, gloss"
    assert list(rules(repairs=[]))[-1] == "no repairs"
    with pytest.raises(ConfigError, match="solder"):
        ways(ToyPrograms(), ["solder"])


def test_a_benchmark_without_repairs_is_run_once(monkeypatch):
    monkeypatch.setattr(ToyPrograms, "repairs", ())
    assert list(ways(ToyPrograms())) == [AS_IS]


def test_a_finding_says_what_a_problem_needs_and_how_it_ends_in_each_way(runner):
    found = audit(tuple(ways(ToyPrograms()).values()), "fr", None)
    passed, failed = ProgramOutcome.PASSED, ProgramOutcome.FAILED
    assert [(one.problem_id, one.needed, one.inconsistent) for one in found] == [
        ("toy/0", (), False),
        ("toy/1", ("mend",), False),
        ("toy/2", (), True),
    ]
    assert [tuple(r.outcome for r in one.results) for one in found] == [
        (passed, passed, passed),
        (failed, failed, passed),
        (passed, passed, passed),
    ]
    assert count_passed(found) == (2, 2, 3)


def test_a_finding_says_what_in_a_problem_contradicts_itself(runner, monkeypatch):
    reasons = {"toy/1": "the example adds, the text subtracts"}
    monkeypatch.setattr(ToyPrograms, "contradictions", lambda self, language: reasons)
    found = audit((ToyPrograms(),), "en", None)
    assert [one.contradiction for one in found] == ["", reasons["toy/1"], ""]


def test_one_program_runs_once_in_whatever_ways_it_comes_up(runner):
    audit(tuple(ways(ToyPrograms()).values()), "en", None)
    assert sorted(runner.programs) == [
        "en toy/0 right",
        "en toy/1 right",
        "en toy/1 right broken",
        "en toy/2 right",
    ]
    assert runner.workers == [program_audit.workers()]


def test_the_files_are_those_of_the_given_folder(runner):
    assert [one.problem_id for one in audit((ToyPrograms(),), "en", Path())] == ["toy/0"]


def test_no_finding_has_no_counts():
    assert count_passed([]) == ()
