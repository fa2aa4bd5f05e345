"""Differences over chosen problems, and differences of differences."""

import math

import numpy as np
import pytest

from harness.statistics.comparison import Side, effects
from harness.statistics.contrasts import AskedScore, contrast, difference, score
from harness.statistics.measured import MeasuredTask
from harness.statistics.two_way import mean_variance_df, t_quantile
from harness.statistics.verdict import Margins

CODES = ("es", "fr")


def bits_side(name, rng, shift=0.0, seeds=3, problems=12, clusters=None):
    """A side with bits per byte of starter_math in two languages."""
    runs = []
    for _ in range(seeds):
        run = []
        for code in CODES:
            values = {
                f"p{i:02}": (float(rng.uniform(40, 60) * math.exp(shift)), 20.0 + i)
                for i in range(problems)
            }
            run.append(
                MeasuredTask(
                    task="starter_math",
                    language=code,
                    metric="bpb",
                    values=values,
                    outcomes={"scored": problems},
                    file="",
                    clusters=clusters or {},
                )
            )
        runs.append(tuple(run))
    return Side(name=name, runs=tuple(runs))


def answers_side(name, tables):
    """A side with accuracy; `tables` are [problem] of each seed, in one language."""
    return Side(
        name=name,
        runs=tuple(
            (
                MeasuredTask(
                    task="starter_math",
                    language="es",
                    metric="exact_match",
                    values={f"p{i}": (float(v),) for i, v in enumerate(row)},
                    outcomes={"correct": len(row)},
                    file="",
                ),
            )
            for row in tables
        ),
    )


BITS = AskedScore("starter_math", "bpb", CODES)


def test_over_all_problems_a_difference_is_the_effect_of_the_report():
    rng = np.random.default_rng(1)
    clusters = {f"p{i:02}": f"c{i // 2}" for i in range(12)}
    one = bits_side("one", rng, clusters=clusters)
    two = bits_side("two", rng, shift=0.1, clusters=clusters)
    found = difference(two, one, BITS)
    (effect,) = [e for e in effects(two, one, Margins()) if e.primary]
    assert (found.value, found.low, found.high) == (effect.effect, effect.low, effect.high)
    assert (found.n_problems, found.n_clusters) == (12, 6)
    assert found.value < 0


def test_two_sides_make_the_same_contrast_as_their_difference():
    rng = np.random.default_rng(2)
    one, two = bits_side("one", rng), bits_side("two", rng, shift=-0.2)
    whole, pair = difference(two, one, BITS), contrast((1, -1), (two, one), BITS)
    assert whole.value == pytest.approx(pair.value)
    assert (whole.low, whole.high) == pytest.approx((pair.low, pair.high))
    assert contrast((-1, 1), (two, one), BITS).value == pytest.approx(-pair.value)


def test_a_difference_of_differences_is_tested_problem_by_problem():
    rng = np.random.default_rng(3)
    a, b, c, d = (rng.integers(0, 2, (3, 40)) for _ in range(4))
    sides = [answers_side(name, t) for name, t in zip("abcd", (a, b, c, d), strict=True)]
    asked = AskedScore("starter_math", "exact_match", ("es",))
    found = contrast((1, -1, -1, 1), sides, asked)
    # Problems in the order of their names, as text.
    order = sorted(range(40), key=lambda i: f"p{i}")
    table = (a - b - c + d).astype(float)[:, order]
    value, variance, df = mean_variance_df(table)
    assert found.value == pytest.approx(value)
    assert found.high - found.low == pytest.approx(2 * t_quantile(df) * math.sqrt(variance))


def test_only_the_chosen_problems_count():
    rng = np.random.default_rng(4)
    one, two = bits_side("one", rng), bits_side("two", rng)
    chosen = {"p01", "p03", "p05"}
    found = score(one, BITS._replace(only=chosen))
    logs = [
        math.log(sum(m.values[p][0] for p in sorted(chosen)) / sum(m.values[p][1] for p in chosen))
        for run in one.runs
        for m in run
    ]
    assert found.value == pytest.approx(math.exp(sum(logs) / len(logs)))
    assert found.n_problems == 3
    assert difference(two, one, BITS._replace(only={"p01"})) is None
    assert difference(two, one, BITS._replace(only=set())) is None


def test_a_missing_language_or_too_few_differing_answers_give_no_number():
    rng = np.random.default_rng(5)
    one, two = bits_side("one", rng), bits_side("two", rng)
    assert score(one, BITS._replace(languages=("es", "zh"))) is None
    same = np.zeros((3, 30))
    few = same.copy()
    few[:, :3] = 1
    asked = AskedScore("starter_math", "exact_match", ("es",))
    a, b = answers_side("a", same), answers_side("b", few)
    assert contrast((1, -1), (a, b), asked) is None
    assert difference(a, b, asked).value == pytest.approx(-0.1)
    with pytest.raises(ValueError, match="add up to 0"):
        contrast((1, 1), (one, two), BITS)
    with pytest.raises(ValueError, match="one a side"):
        contrast((1, -1), (one,), BITS)


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_without_an_interaction_it_is_found_in_about_one_in_twenty(seeds):
    rng = np.random.default_rng(6)
    alarms, draws = 0, 400
    asked = AskedScore("starter_math", "exact_match", ("es",))
    for _ in range(draws):
        skill = rng.normal(size=60)
        sides = []
        for gain in (0.3, 0.0, 0.3, 0.0):  # each family gains the same
            seed_spread = rng.normal(scale=0.2, size=(seeds, 1))
            noise = rng.logistic(size=(seeds, 60))
            sides.append(answers_side("x", skill + gain + seed_spread + noise > 0))
        found = contrast((1, -1, -1, 1), sides, asked)
        alarms += found.low > 0 or found.high < 0
    assert 0.005 < alarms / draws < 0.085
