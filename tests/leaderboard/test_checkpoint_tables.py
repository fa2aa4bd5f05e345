"""Proxy quality over checkpoints, as tables."""

import msgspec
import pytest

from leaderboard.checkpoint_tables import CheckpointLine, PointQuality, step_table, trust_table
from leaderboard.signals import Signal
from leaderboard.table import Table

STEPS = ("40", "80")


def signal(ratio, p_value):
    return Signal(
        task="starter_math",
        language="non-en",
        metric="bpb",
        primary=True,
        unit="log-ratio",
        variants=3,
        seeds=3,
        spread=0.1,
        noise=0.01,
        ratio=ratio,
        low=0.0,
        high=9.0,
        p_value=p_value,
    )


def line(first, last, trusted, metric="bpb"):
    return CheckpointLine(
        task="starter_math",
        metric=metric,
        language="non-en",
        primary=metric == "bpb",
        unit="log-ratio",
        monotonic=(0.9, 0.5, 1.0),
        told=3,
        points=(
            PointQuality(share=0.5, signal=first, kept=2, cost=0.7),
            PointQuality(share=1.0, signal=last, kept=3, cost=1.0),
        ),
        seed_noise=0.01,
        late_noise=0.004,
        trusted=trusted,
    )


def texts(table: Table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_what_is_not_trusted_is_greyed_and_says_no():
    lines = [line(signal(1.0, 0.2), signal(8.0, 0.001), 1), line(None, signal(0.3, 0.4), None, "x")]
    table = trust_table("t", lines, STEPS)
    trusted, not_trusted = texts(table)
    assert trusted[3:] == ["0.90", "° 1.0", "8.0", "0.4 %", "80"]
    assert not_trusted[3:] == ["0.90", "° floor", "° 0.3", "0.4 %", "° no"]
    assert {cell.emphasis for cell in table.rows[1].cells} != {
        cell.emphasis for cell in table.rows[0].cells
    }


def test_the_note_names_what_tells_most_for_its_training():
    both = [line(signal(7.0, 0.001), signal(8.0, 0.001), 0), line(None, signal(9.0, 0.01), 1, "x")]
    (best, *_) = trust_table("t", both, STEPS).notes
    assert best.endswith("starter_math bpb non-en at step 40, signal to noise 7.0")
    (none, *_) = trust_table("t", [line(None, signal(1.0, 0.3), None)], STEPS).notes
    assert "none of these can be trusted" in none


def test_steps_without_a_signal_have_no_cost():
    table = step_table([line(signal(1.0, 0.2), signal(8.0, 0.001), 1)], STEPS)
    first, second = texts(table)
    assert first[3:] == ["40", "1.0 %", "1.0 [0.0, 9.0]", "0.200", "2 of 3", ""]
    assert second[-2:] == ["3 of 3", "1.00"]


@pytest.mark.parametrize("count", [2, 5, 6, 8, 13])
def test_of_many_steps_at_most_five_have_a_column_and_the_end_is_one(count):
    steps = [str(10 * number) for number in range(1, count + 1)]
    points = tuple(
        PointQuality(share=number / count, signal=signal(number, 0.001), kept=3, cost=1.0)
        for number in range(1, count + 1)
    )
    whole = msgspec.structs.replace(line(None, None, 0), points=points)
    table = trust_table("t", [whole], steps)
    shown = [c.name.removeprefix("S/N ") for c in table.columns if c.name.startswith("S/N")]
    assert len(shown) == min(count, 5)
    assert shown[-1] == steps[-1]
    assert shown == sorted(set(shown), key=int)
    assert texts(table)[0][4 : 4 + len(shown)] == [f"{int(step) / 10:.1f}" for step in shown]
    assert len(step_table([whole], steps).rows) == count
