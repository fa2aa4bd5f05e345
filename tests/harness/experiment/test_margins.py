"""Whose margins an experiment has: its profile's, its own, or none."""

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.margins import margin_caveats
from harness.statistics.verdict import Margins
from tasks import registry

STARTER, SMALL = profiles.get("starter"), profiles.get("small")
MORE = msgspec.structs.replace(STARTER.train, steps=9)
CASES = {
    "measured": (STARTER, None),
    "tiny gives no verdict": (profiles.get("tiny"), None),
    "more seeds": (msgspec.structs.replace(STARTER, seeds=tuple(range(9))), None),
    "small": (SMALL, "comes from a shorter run"),
    "a profile without any": (
        msgspec.structs.replace(profiles.get("tiny"), verdicts=True),
        "No margin was measured for profile tiny",
    ),
    "set by hand": (msgspec.structs.replace(SMALL, margins=Margins(bpb=0.01)), "set for this run"),
    "another": (msgspec.structs.replace(STARTER, margins=Margins(bpb=0.01)), "set for this run"),
    "removed": (
        msgspec.structs.replace(STARTER, margins=Margins()),
        "were taken away for this run",
    ),
    "other training": (msgspec.structs.replace(STARTER, train=MORE), "this run changes train."),
}


@pytest.fixture
def measured_now(monkeypatch):
    """The starter's margins, as if they were measured on today's tasks."""
    today = {run.task: registry.get(run.task).version for run in STARTER.eval.runs}
    monkeypatch.setattr(profiles, "MEASURED_ON", {"starter": today})
    return today


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("measured_now")
def test_the_origin_of_the_margins_is_told(case):
    config, said = CASES[case]
    found = margin_caveats(config)
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_tasks_that_changed_since_are_told(measured_now):
    now = measured_now["starter_math"]
    measured_now["starter_math"] = "of old"
    (note,) = margin_caveats(STARTER)
    assert f"measured on starter_math of old (now {now});" in note
    code = profiles.with_tasks(STARTER, ("starter_code",))
    assert not any("of old" in note for note in margin_caveats(code))


def test_the_tasks_of_measured_margins_are_known():
    for name, versions in profiles.MEASURED_ON.items():
        tasks = {run.task for run in profiles.get(name).eval.runs}
        assert set(versions) <= tasks


def test_no_profile_has_a_margin_that_was_not_measured():
    assert profiles.get("tiny").margins == Margins()
    assert all(msgspec.to_builtins(STARTER.margins).values())
    # No answers were generated in the run behind it.
    assert SMALL.margins == Margins(bpb=SMALL.margins.bpb)
    assert SMALL.margins.bpb is not None


def test_small_says_of_which_run_its_margin_is_whatever_model_it_trains(monkeypatch):
    named = msgspec.structs.replace(SMALL.model, path="another.gguf")
    assert margin_caveats(msgspec.structs.replace(SMALL, model=named)) == margin_caveats(SMALL)
    monkeypatch.setitem(profiles.MEASURED_ON, "small", {"mgsm": "of old"})
    assert any("measured on mgsm of old (now" in note for note in margin_caveats(SMALL))
