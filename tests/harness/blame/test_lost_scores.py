"""Which loss is explained first, and which is closest to one where none is shown."""

import numpy as np

from harness.blame.lost_scores import SHOWN, lost_scores
from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask

SEEDS, PROBLEMS = 3, 20


def side(name: str, lost: dict[str, float], noise: dict[str, float]) -> Side:
    """A dataset whose trainings need this much more of the bits, with noise by problem and seed."""
    runs = []
    for seed in range(SEEDS):
        cells = []
        for code, share in lost.items():
            rng = np.random.default_rng([seed, len(name), ord(code[0])])
            bits = 50 * np.exp(share + rng.normal(0, noise[code], PROBLEMS))
            values = {f"p{n}": (float(one), 50.0) for n, one in enumerate(bits)}
            cells.append(
                MeasuredTask(
                    task="starter_math",
                    language=code,
                    metric="bpb",
                    values=values,
                    outcomes={},
                    file="",
                )
            )
        runs.append(tuple(cells))
    return Side(name=name, runs=tuple(runs))


def found(lost: dict[str, float], noise: dict[str, float]):
    """The losses against a dataset that costs nothing."""
    return lost_scores(
        side("old", dict.fromkeys(lost, 0.0), noise), side("newer", lost, noise), None
    )


def test_of_losses_that_are_shown_the_surest_is_first():
    """The larger one is the noisier."""
    first, *_ = found({"en": 0.1, "zh": 0.14}, {"en": 0.001, "zh": 0.1})
    assert first.language == "en"
    assert first.p < SHOWN


def test_where_none_is_shown_the_closest_is_that_with_the_smallest_p():
    """A gain that is sure has the higher lower bound, and is no closer to a loss."""
    first, second = found({"en": -0.001, "zh": 0.02}, {"en": 0.0002, "zh": 0.15})
    assert SHOWN < first.p < second.p
    assert first.language == "zh"
    assert first.low < second.low
