"""Transfer matrices: which cells are a language's own, the average of the others, Holm."""

import numpy as np
import pytest

from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask
from harness.statistics.transfer import transfers
from harness.statistics.verdict import Margins
from leaderboard.transfer_tables import OTHERS

CODES = ("en", "zh", "fr", "ru")
ALL = set(CODES)
MARGINS = Margins(accuracy=0.05, bpb=0.05)


def measured(code: str, factor: float, seed: int) -> MeasuredTask:
    """Likelihoods of 30 problems around `factor` bits a byte; noise by seed and problem."""
    noise = np.random.default_rng([seed, *code.encode()]).standard_normal(30)
    again = np.random.default_rng([seed, int(1000 * factor)]).standard_normal(30)
    bits = 100 * factor * (1 + 0.05 * noise + 0.005 * again)
    return MeasuredTask(
        task="starter_math",
        language=code,
        metric="bpb",
        values={f"p{n}": (float(bits[n]), 100.0) for n in range(30)},
        outcomes={"scored": 30},
        file="",
    )


def trained_side(name: str, factors: dict[str, float], count: int = 3) -> Side:
    runs = [tuple(measured(code, factors[code], s) for code in factors) for s in range(count)]
    return Side(name=name, runs=tuple(runs))


def matrix(variants: dict[str, dict[str, float]], trained: dict[str, set[str]], **options):
    sides = {name: trained_side(name, factors, **options) for name, factors in variants.items()}
    found = transfers(sides, "whole", trained, MARGINS)
    return {(t.effect.variant, t.effect.language): t for t in found}


EVEN = dict.fromkeys(CODES, 1.0)


def test_a_language_left_out_is_its_own_and_no_other():
    found = matrix(
        {"whole": EVEN, "without-zh": EVEN | {"zh": 1.5, "fr": 1.1}},
        {"whole": ALL, "without-zh": ALL - {"zh"}},
    )
    assert {key for key, cell in found.items() if cell.own} == {("without-zh", "zh")}
    assert found["without-zh", "zh"].effect.verdict == "worse"
    assert found["without-zh", "fr"].effect.verdict == "worse"
    assert found["without-zh", "zh"].effect.p_holm is None


def test_the_average_of_the_others_leaves_out_the_own_language():
    found = matrix(
        {"whole": EVEN, "without-zh": EVEN | {"zh": 4.0, "fr": 1.2}},
        {"whole": ALL, "without-zh": ALL - {"zh"}},
    )
    others = found["without-zh", OTHERS].effect
    # English, French, Russian: the sum of bits goes from 3 to 3.2 for the same bytes.
    assert others.effect == pytest.approx(np.log(3.0 / 3.2), abs=0.01)
    assert others.n_seeds == 3
    assert others.low < others.effect < others.high < 0


def test_of_one_language_alone_all_others_are_its_own():
    found = matrix({"whole": EVEN, "only-fr": EVEN}, {"whole": ALL, "only-fr": {"fr"}})
    assert {language for (_, language), cell in found.items() if not cell.own} == {"fr"}


def test_p_values_are_adjusted_over_all_cells_that_are_not_own():
    names = {f"without-{code}": ALL - {code} for code in CODES}
    changed = {name: EVEN | {"fr": 1.03} for name in names}
    found = matrix({"whole": EVEN} | changed, {"whole": ALL} | names)
    tested = {key: cell for key, cell in found.items() if cell.effect.p_holm is not None}
    assert set(tested) == {(f"without-{a}", b) for a in CODES for b in CODES if a != b}
    smallest = min(tested.values(), key=lambda cell: cell.effect.p_value)
    assert smallest.effect.p_holm == pytest.approx(12 * smallest.effect.p_value)
    for cell in tested.values():
        assert cell.effect.p_holm >= cell.effect.p_value


def test_variants_on_the_same_languages_have_no_matrix():
    trained = {"whole": ALL, "less": ALL}
    assert matrix({"whole": EVEN, "less": EVEN | {"fr": 1.2}}, trained) == {}


def test_one_seed_gives_no_interval_and_no_adjusted_p():
    found = matrix(
        {"whole": EVEN, "without-zh": EVEN | {"fr": 1.2}},
        {"whole": ALL, "without-zh": ALL - {"zh"}},
        count=1,
    )
    assert {cell.effect.low for cell in found.values()} == {None}
    assert {cell.effect.p_holm for cell in found.values()} == {None}
