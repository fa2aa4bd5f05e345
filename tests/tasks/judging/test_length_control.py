"""Length-controlled win rates: what is printed, with which interval, and where nothing is."""

import math
import random
import re

import pytest

from leaderboard.judged_records import JudgedReport
from leaderboard.judged_tables import EXTREME, tables
from leaderboard.render import to_csv
from tasks.judging.judge import JudgeVerdict, Result
from tasks.judging.length_control import TOO_WIDE, is_extreme, length_controlled, no_estimate
from tasks.judging.win_rate import WinRate, win_rate
from ultralink_data.llm.client import Usage
from ultralink_data.llm.endpoint import Endpoint


def drawn(
    count: int, constant: float, slope: float, shift: float, seed: int
) -> tuple[list[float], list[tuple[int, int]]]:
    """Results of two orders a question; a model that is `shift` deviations longer on average."""
    draw = random.Random(seed)
    longer = [round(400 * draw.gauss(shift, 1)) for _ in range(count)]
    mean = sum(longer) / count
    spread = math.sqrt(sum((one - mean) ** 2 for one in longer) / (count - 1))
    scores = []
    for one in longer:
        wins = 1 / (1 + math.exp(-constant - slope * math.tanh(one / spread)))
        scores.append(((draw.random() < wins) + (draw.random() < wins)) / 2)
    return scores, [(4000 + one, 4000) for one in longer]


@pytest.mark.parametrize(
    ("scores", "model", "reason"),
    [
        ([0.0, 1.0] * 4, [5, 9] * 4, "fewer than 10"),
        ([0.0] * 30, [5, 9, 13] * 10, "same result"),
        ([1.0] * 30, [5, 9, 13] * 10, "same result"),
        ([0.5] * 30, [5, 9, 13] * 10, "same result"),
        ([0.0, 1.0] * 15, [5] * 30, "length differences"),
        ([0.0] * 29 + [1.0], [5, 9, 13] * 10, "fewer than 2 wins"),
        ([0.0] * 27 + [0.5] * 3, [5, 9, 13] * 10, "fewer than 2 wins"),
        ([1.0] * 29 + [0.0], [5, 9, 13] * 10, "fewer than 2 losses"),
        ([0.0, 1.0, 0.5] * 10, [5, 6, 7] * 10, "0 of 30 answers are at least as long"),
        ([0.0, 1.0, 0.5] * 10, [15, 16, 17] * 10, "0 of 30 answers are at least as short"),
        # Of 200 answers 20 must be as long.
        ([0.0, 1.0] * 100, [5, 6] * 90 + [9, 9, 5, 6] * 5, "10 of 200 .* 20 are needed"),
        ([0.0, 1.0] * 15, [5, 13] * 15, "length alone"),
        ([1.0, 0.0] * 15, [5, 13] * 15, "length alone"),
        ([0.0, 0.5, 1.0] * 10, [5, 9, 13] * 10, "length alone"),
        ([0.0, 1.0, 1.0] * 10, [5, 9, 13] * 9 + [13, 9, 5], ""),
    ],
)
def test_nothing_where_it_cannot_be_estimated(
    scores: list[float], model: list[int], reason: str
) -> None:
    lengths = [(one, 9) for one in model]
    found = no_estimate(scores, lengths)
    assert re.search(reason, found) if reason else found == ""
    assert (length_controlled(scores, lengths) is None) == bool(reason)


@pytest.mark.parametrize("won", [3, 8])
def test_a_rate_that_could_be_anything_is_none(won: int) -> None:
    draw = random.Random(1)
    lengths = sorted((4000 + round(draw.gauss(0, 400)), 4000) for _ in range(100))
    scores = [0.0] * (99 - won) + [1.0] * won + [0.0]
    assert no_estimate(scores, lengths) == ""
    assert length_controlled(scores, lengths) is None
    sizes = {str(place): pair for place, pair in enumerate(lengths)}
    results = {0.0: Result.LOSS, 1.0: Result.WIN}
    verdicts = [
        JudgeVerdict(problem_id=name, language="en", model_first=True, result=results[score])
        for name, score in zip(sizes, scores, strict=True)
    ]
    found = win_rate(verdicts, sizes)
    assert (found.length_controlled, found.length_reason) == (None, TOO_WIDE)


@pytest.mark.parametrize(
    ("count", "constant", "slope", "shift"),
    [(60, -1.0, 2.0, -0.5), (120, 0.5, 0.0, 0.0), (120, -2.0, 1.0, -0.7)],
)
def test_the_interval_holds_the_true_rate_as_often_as_it_says(
    count: int, constant: float, slope: float, shift: float
) -> None:
    truth, held, made = 1 / (1 + math.exp(-constant)), 0, 0
    for seed in range(12):
        found = length_controlled(*drawn(count, constant, slope, shift, seed))
        if found is not None:
            made += 1
            assert 0 <= found.low <= found.rate <= found.high <= 1
            held += found.low <= truth <= found.high
    assert made >= 10
    assert held >= made - 3  # of 12 at 95 %, four misses or more come twice in 1000 times


@pytest.mark.parametrize(
    ("rate", "controlled", "extreme"),
    [
        # The examples of AlpacaEval's `get_is_extreme_changes`.
        (0.50, 0.376, False),
        (0.50, 0.374, True),
        (0.50, 0.624, False),
        (0.50, 0.626, True),
        (0.20, 0.399, False),
        (0.20, 0.401, True),
        (0.20, 0.101, False),
        (0.20, 0.099, True),
        (0.05, 0.0, False),
        (0.04, 0.63, True),
        (0.98, 0.87, False),
        (0.98, 0.72, True),
    ],
)
def test_a_change_is_extreme_where_upstream_warns(
    rate: float, controlled: float, extreme: bool
) -> None:
    assert is_extreme(rate, controlled) is extreme


def _won(scores: list[float], lengths: list[tuple[int, int]]) -> WinRate:
    points = {0.0: Result.LOSS, 0.5: Result.TIE, 1.0: Result.WIN}
    verdicts = [
        JudgeVerdict(problem_id=str(number), language="en", model_first=False, result=points[one])
        for number, one in enumerate(scores)
    ]
    return win_rate(verdicts, {str(number): pair for number, pair in enumerate(lengths)})


def test_the_table_shows_interval_warning_and_reasons() -> None:
    scores, lengths = drawn(400, 1.0, 6.0, -0.8, 3)
    views = {
        "extreme": _won(scores, lengths),
        "calm": _won(*drawn(400, 0.0, 0.5, 0.0, 4)),
        "short": _won(scores[:60], [(one, 9000) for one, _ in lengths[:60]]),
    }
    report = JudgedReport(
        schema=1,
        kind="judged",
        task="t",
        model="m",
        baseline="b",
        judge="j",
        base_url="http://localhost",
        endpoint=Endpoint(base_url="http://localhost", model="j").identity,
        left_out=(),
        protocol="reference",
        structured=False,
        limit=None,
        templates={},
        scores={"en": views},
        void=(),
        notes=(),
        usage=Usage(),
    )
    shown = to_csv(tables(report)[0]) + " ".join(tables(report)[0].notes)
    assert views["extreme"].length_extreme
    assert not views["calm"].length_extreme
    assert f"{EXTREME} en extreme: the length-controlled rate" in shown
    assert "en calm: the length" not in shown
    low, high = views["calm"].length_interval or (0, 0)
    assert f"[{100 * low:.1f}, {100 * high:.1f}]" in shown
    assert "no length-controlled rate in en short: 0 of 60 answers" in shown
    assert views["short"].length_slope is None
