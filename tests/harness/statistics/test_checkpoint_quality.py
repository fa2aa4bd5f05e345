"""Planted trainings: what grows and tells variants apart is trusted, from where it does."""

import numpy as np
import pytest

from harness.statistics.checkpoint_quality import _late_noise, _told, checkpoint_lines
from harness.statistics.measured import MeasuredTask

SHARES = (0.25, 0.5, 0.75, 1.0)
NOISE = 0.02


def course(gaps, growth, *, seeds=3, variants=3, seed=0):
    """Runs at each point: bits per byte that fall by `growth`, variants `gaps` apart there."""
    rng = np.random.default_rng(seed)
    points = []
    for gap, grown in zip(gaps, growth, strict=True):
        points.append(
            {
                f"v{place}": [
                    [task(2.0 - grown + gap * place + rng.normal(0, NOISE))] for _ in range(seeds)
                ]
                for place in range(variants)
            }
        )
    return points


def task(value, metric="bpb"):
    sizes = np.full(12, 100.0)
    return MeasuredTask(
        task="starter_math",
        language="en",
        metric=metric,
        values={f"p{n}": (float(size * value), float(size)) for n, size in enumerate(sizes)},
        outcomes={"scored": len(sizes)},
        file="",
    )


def line(*args, **options):
    (found,) = checkpoint_lines(course(*args, **options), SHARES)
    return found


def test_what_grows_and_tells_variants_apart_from_the_second_point_on_is_trusted_there():
    found = line((0.0, 0.3, 0.3, 0.3), (0.0, 0.9, 1.2, 1.5))
    assert found.monotonic[0] == pytest.approx(1.0)
    assert found.told == 3
    assert found.trusted == 1
    assert [point.kept for point in found.points[1:]] == [3, 3, 3]
    assert not found.points[0].signal.tells_apart
    assert found.points[1].cost == pytest.approx(0.5, rel=0.9)
    assert found.points[-1].cost == pytest.approx(1.0)


def test_what_does_not_grow_is_not_trusted_however_clear_it_is():
    found = line((0.3, 0.3, 0.3, 0.3), (1.0, 0.6, 0.3, 0.0))
    assert found.points[-1].signal.tells_apart
    assert found.monotonic[0] < 0
    assert found.trusted is None


def test_identical_variants_are_not_trusted():
    found = line((0.0,) * 4, (0.0, 0.3, 0.6, 0.9), seed=3)
    assert found.trusted is None
    assert found.told == 0


def test_an_order_that_turns_round_is_trusted_only_from_where_it_stays():
    found = line((-0.15, -0.15, 0.15, 0.15), (0.0, 0.3, 1.0, 1.5))
    assert [point.kept for point in found.points] == [0, 0, 3, 3]
    assert found.points[0].signal.tells_apart
    assert found.trusted == 2


def test_two_points_have_no_rank_correlation_and_no_late_spread():
    points = course((0.3, 0.3, 0.3, 0.3), (0.0, 0.4, 0.8, 1.0))[2:]
    (found,) = checkpoint_lines(points, SHARES[2:])
    assert (found.monotonic, found.late_noise, found.trusted) == (None, None, 0)


def test_one_variant_one_seed_and_one_point_have_no_lines():
    points = course((0.3,) * 4, (0.0, 0.4, 0.8, 1.0))
    assert checkpoint_lines(points[-1:], (1.0,)) == []
    assert checkpoint_lines([{"v0": arms["v0"]} for arms in points], SHARES) == []
    single = [{name: runs[:1] for name, runs in arms.items()} for arms in points]
    assert checkpoint_lines(single, SHARES) == []


def test_late_noise_is_that_around_a_line():
    rng = np.random.default_rng(4)
    trend = [5.0 * share for share in SHARES]
    tables = [np.full((3, 400), level) + rng.normal(0, 0.1, (3, 400)) for level in trend]
    assert _late_noise(tables, SHARES) == pytest.approx(0.1, rel=0.05)
    assert _late_noise(tables[:2], SHARES[:2]) is None


def test_pairs_told_apart_by_chance_are_one_in_twenty():
    rng = np.random.default_rng(5)
    told = [_told(rng.normal(0, 1, (3, 3))).mean() for _ in range(2000)]
    assert np.mean(told) == pytest.approx(0.05, abs=0.01)


def test_lengths_with_other_seeds_and_variants_are_compared_in_what_they_share():
    short = course((0.3,), (0.0,), seeds=5, variants=2)
    whole = course((0.3,), (1.0,), seeds=3, variants=3)
    (found,) = checkpoint_lines([*short, *whole], (0.5, 1.0))
    assert (found.told, found.points[0].kept) == (1, 1)
    assert found.points[0].signal.seeds == 5
    assert found.points[0].cost == pytest.approx(
        0.5 * (found.points[1].signal.ratio / found.points[0].signal.ratio) ** 2
    )
