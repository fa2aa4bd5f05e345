"""The words of the verdicts, margins, and families of languages."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats as scipy_stats

from harness.statistics.estimators import oriented, paired_mean, power_noninferior
from harness.statistics.verdict import (
    Margins,
    Verdict,
    bound_state,
    compare,
    decide,
    noninferior_in_every,
    primary_languages,
    worse_in_any,
)
from leaderboard.estimate import Estimate


def interval(low, high, seeds=3, df=20.0):
    """An estimate with these ends."""
    error = (high - low) / 2 / scipy_stats.t.ppf(0.975, df)
    return Estimate(
        value=(low + high) / 2,
        standard_error=error,
        df=df,
        low=low,
        high=high,
        n_problems=100,
        n_clusters=100,
        n_seeds=seeds,
    )


TABLE = [
    (0.001, 0.05, Verdict.BETTER),
    (-0.01, 0.03, Verdict.NON_INFERIOR),
    (-0.02, 0.02, Verdict.NON_INFERIOR),  # the bound itself is within the margin
    (-0.015, -0.001, Verdict.WORSE_WITHIN_MARGIN),
    (-0.05, -0.001, Verdict.WORSE),
    (-0.05, -0.03, Verdict.WORSE),
    (-0.03, 0.005, Verdict.INCONCLUSIVE),  # power 0.6
    (-0.10, 0.10, Verdict.UNDERPOWERED),
]


@pytest.mark.parametrize(("low", "high", "word"), TABLE)
def test_word_of_each_interval(low, high, word):
    assert decide(interval(low, high), 0.02, higher_is_better=True) is word


@pytest.mark.parametrize(("low", "high", "word"), TABLE)
def test_lower_is_better_mirrors_the_interval(low, high, word):
    assert decide(interval(-high, -low), 0.02, higher_is_better=False) is word


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.01, 0.02, Verdict.BETTER),
        (-0.02, -0.01, Verdict.WORSE),
        (-0.02, 0.01, Verdict.NO_MARGIN),
    ],
)
def test_without_a_margin_only_proven_differences_are_said(low, high, word):
    assert decide(interval(low, high), None, higher_is_better=True) is word


def test_underpowered_turns_to_inconclusive_at_power_one_half():
    for half in np.linspace(0.011, 0.2, 60):
        cell = interval(-0.0205 - half / 10, half, df=12.0)
        power = power_noninferior(cell, 0.02)
        word = decide(cell, 0.02, True)
        assert word is (Verdict.UNDERPOWERED if power < 0.5 else Verdict.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("seeds", "word"), [(1, Verdict.SINGLE_SEED), (2, Verdict.TOO_FEW_SEEDS), (3, Verdict.WORSE)]
)
def test_fewer_than_three_seeds_get_no_verdict(seeds, word):
    assert decide(interval(-0.9, -0.8, seeds), 0.02, True) is word


@pytest.mark.parametrize("state", [Verdict.REFERENCE, Verdict.FLOOR, Verdict.CEILING])
def test_a_state_comes_before_everything_else(state):
    assert decide(interval(-0.9, -0.8, 1), 0.02, True, state=state) is state


def test_a_margin_that_cannot_be_failed_shows_nothing():
    at_floor = interval(-0.01, 0.01)
    assert decide(at_floor, 0.02, True, reference_score=0.015) is Verdict.FLOOR
    assert decide(at_floor, 0.02, True, reference_score=0.5) is Verdict.NON_INFERIOR
    fell = interval(-0.014, -0.002)
    assert decide(fell, 0.02, True, reference_score=0.015) is Verdict.WORSE


def test_floor_and_ceiling_need_both_sides_at_the_bound():
    zeros, ones = np.zeros((3, 8)), np.ones((3, 8))
    mixed = np.eye(3, 8)
    assert bound_state(zeros) is Verdict.FLOOR
    assert bound_state(zeros, zeros) is Verdict.FLOOR
    assert bound_state(ones, ones) is Verdict.CEILING
    assert bound_state(zeros, ones) is None
    assert bound_state(mixed, mixed) is None


def test_a_fall_from_full_to_nothing_is_worse():
    zeros, ones = np.zeros((3, 8)), np.ones((3, 8))
    effect = paired_mean(zeros, ones)
    assert effect.value == effect.low == -1
    assert -1 < effect.high < 0
    assert decide(effect, 0.05, True, state=bound_state(zeros, ones)) is Verdict.WORSE


def test_same_answers_on_few_problems_are_underpowered_not_noninferior():
    scores = np.eye(3, 8)
    assert decide(paired_mean(scores, scores), 0.02, True) is Verdict.UNDERPOWERED


def test_compare_carries_what_decide_says():
    effect = interval(-0.10, 0.10)
    result = compare(effect, 0.02, True)
    assert result.verdict is Verdict.UNDERPOWERED
    assert result.power == power_noninferior(effect, 0.02)
    assert result.p_value == pytest.approx(1.0)
    assert result.smallest_detectable > 0.1
    assert compare(effect, None, True).power is None


def test_words_are_exactly_those_of_the_design():
    assert {verdict.value for verdict in Verdict} == {
        "better", "non-inferior", "underpowered", "inconclusive", "worse", "worse within margin",
        "floor", "ceiling", "single seed", "too few seeds", "reference", "no margin",
        "language missing",
    }  # fmt: skip


def test_worse_within_margin_is_both_worse_and_noninferior():
    both = {v for v in Verdict if v.is_worse and v.is_noninferior}
    assert both == {Verdict.WORSE_WITHIN_MARGIN}


# --- margins ---------------------------------------------------------------------------------


def test_margins_are_hashable_and_typed():
    margins = Margins(accuracy=0.02, bpb=0.01)
    assert hash(margins) == hash(Margins(accuracy=0.02, bpb=0.01))
    assert margins.for_metric("bpb") == 0.01
    assert Margins().for_metric("accuracy") is None
    with pytest.raises(AttributeError):
        margins.bpb = 1.0


@pytest.mark.parametrize("value", [0, -0.1, float("inf"), float("nan")])
def test_margin_must_be_positive(value):
    with pytest.raises(ValueError, match=f"accuracy must be > 0 or null, got {value}"):
        Margins(accuracy=value)


@pytest.mark.parametrize("value", [0, -0.1, float("nan")])
def test_decide_refuses_a_margin_that_is_not_positive(value):
    with pytest.raises(ValueError, match=f"margin must be > 0, got {value}"):
        decide(interval(0, 1), value, True)
    with pytest.raises(ValueError, match=f"margin must be > 0, got {value}"):
        noninferior_in_every({"zh": interval(0, 1)}, value, True)


def test_unknown_metric_lists_the_known():
    with pytest.raises(ValueError, match="'rouge'; known: accuracy, bpb"):
        Margins().for_metric("rouge")


def test_a_verdict_cannot_be_handed_in_as_a_state():
    with pytest.raises(ValueError, match="got 'better'"):
        decide(interval(0, 1), 0.1, True, state=Verdict.BETTER)


# --- families --------------------------------------------------------------------------------


def test_primary_languages_leave_out_english():
    assert primary_languages(("en", "zh", "es")) == ("zh", "es")
    assert primary_languages(["en"]) == ()


def test_worse_in_any_is_holm_adjusted():
    # Each interval alone lies under 0; of five such only the clear one survives.
    cells = {f"l{k}": interval(-0.0401, -0.0001) for k in range(4)}
    assert all(decide(cell, 0.01, True) is Verdict.WORSE for cell in cells.values())
    cells["clear"] = interval(-0.2, -0.15)
    result = worse_in_any(cells, higher_is_better=True)
    assert result.failing == ("clear",)
    assert not result.holds
    p_values = dict(result.p_values)
    assert p_values["l0"] == pytest.approx(4 * 0.0245, rel=0.02)


def test_a_family_of_one_is_the_interval():
    assert worse_in_any({"zh": interval(-0.04, -0.0001)}, True).failing == ("zh",)
    assert worse_in_any({"zh": interval(-0.04, 0.0001)}, True).holds
    assert worse_in_any({"zh": interval(0.0001, 0.04)}, False).failing == ("zh",)


def test_noninferior_in_every_needs_every_cell_at_alpha():
    good, bad = interval(-0.019, 0.02), interval(-0.021, 0.02)
    assert noninferior_in_every({"zh": good, "es": good}, 0.02, True).holds
    assert noninferior_in_every({"zh": good, "es": bad}, 0.02, True).failing == ("es",)


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_noninferior_in_every_agrees_with_decide(higher_is_better):
    for low in np.linspace(-0.04, 0.01, 51):
        cell = oriented(interval(low, low + 0.035), higher_is_better)
        result = noninferior_in_every({"zh": cell}, 0.02, higher_is_better)
        assert result.holds == decide(cell, 0.02, higher_is_better).is_noninferior, low


def test_a_language_without_enough_seeds_is_untested_not_passed():
    cells = {"zh": interval(0.1, 0.2), "es": interval(0.1, 0.2, seeds=1)}
    for result in (worse_in_any(cells, True), noninferior_in_every(cells, 0.02, True)):
        assert result.failing == ()
        assert result.untested == ("es",)
        assert not result.holds


def test_an_empty_family_is_refused():
    with pytest.raises(ValueError, match="at least one language"):
        worse_in_any({}, True)


def test_importing_verdict_loads_neither_numpy_nor_scipy():
    code = (
        "import sys, harness.statistics.verdict\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'statsmodels')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
