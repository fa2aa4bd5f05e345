"""Problems by cluster: numbers, means, and the estimates that use them."""

import numpy as np
import pytest

from harness.statistics.clusters import cluster_index, count_clusters, merged, over_clusters
from harness.statistics.estimators import (
    log_bpb_scores,
    paired_log_ratio,
    paired_mean,
    score_bpb,
    score_mean,
)
from ultralink_data.errors import DataError


@pytest.mark.parametrize(
    ("names", "clusters", "expected"),
    [
        ("abcd", {}, None),
        ("abcd", {"a": "x", "b": "y"}, None),
        ("abcd", {"a": "x", "b": "x", "c": "y"}, [0, 0, 1, 2]),
        ("abcd", {"a": "x", "c": "x"}, [0, 1, 0, 2]),
        ("abcd", {"a": "x", "b": "", "c": "", "d": "x"}, [0, 1, 2, 0]),
        ("ab", {"a": "b"}, None),  # the name of a cluster is no problem's
        ("abc", {"a": "c", "b": "c"}, [0, 0, 1]),
        ("ab", {"a": "x", "b": "x", "c": "x"}, [0, 0]),
    ],
)
def test_problems_without_a_cluster_are_their_own(names, clusters, expected):
    index = cluster_index(list(names), clusters)
    assert (None if index is None else index.tolist()) == expected
    assert count_clusters(list(names), clusters) == len(set(expected or names))


def test_means_are_within_clusters():
    table = np.arange(12.0).reshape(2, 3, 2)
    index = np.array([0, 1, 0])
    expected = np.stack([table[:, [0, 2]].mean(axis=1), table[:, 1]], axis=1)
    assert np.array_equal(over_clusters(table, index), expected)
    assert over_clusters(table, None) is table
    with pytest.raises(ValueError, match=r"clusters \(2,\)"):
        over_clusters(table, np.array([0, 1]))


def test_clusters_of_runs_are_put_together():
    assert merged([{"a": "x"}, {"b": "y", "a": "x"}, {"c": ""}]) == {"a": "x", "b": "y"}
    with pytest.raises(DataError, match="problem a is in cluster 'x' in one run and in 'z'"):
        merged([{"a": "x"}, {"a": "z"}])


def copies(table, times):
    return np.repeat(table, times, axis=1), np.repeat(np.arange(table.shape[1]), times)


RNG = np.random.default_rng(5)
# Problems that are easy or hard in all seeds: fewer independent outcomes than cells.
RIGHT = (RNG.random((3, 20)) < np.where(RNG.random(20) < 0.5, 0.1, 0.9)).astype(float)
OTHER = (RNG.random((3, 20)) < np.where(RNG.random(20) < 0.5, 0.2, 0.9)).astype(float)
BITS = RNG.gamma(4, 100, (2, 3, 20))
SIZES = RNG.integers(50, 400, 20).astype(float)


@pytest.mark.parametrize("times", [2, 4, 7])
def test_copies_of_problems_add_nothing_to_any_estimate(times):
    def rounded(found):
        return [
            round(getattr(found, name), 9) for name in ("value", "standard_error", "low", "high")
        ]

    (right, index), (other, _) = copies(RIGHT, times), copies(OTHER, times)
    expected = paired_mean(RIGHT, OTHER)
    assert rounded(paired_mean(right, other, index)) == rounded(expected)
    assert paired_mean(right, other).standard_error < 0.85 * expected.standard_error
    score, bits = score_mean(right, True, index), [copies(b, times)[0] for b in BITS]
    assert rounded(score) == rounded(score_mean(RIGHT, True))
    assert (score.n_problems, score.n_clusters) == (20 * times, 20)
    sizes = np.repeat(SIZES, times)
    assert rounded(paired_log_ratio(*bits, sizes, index)) == rounded(paired_log_ratio(*BITS, SIZES))
    assert rounded(score_bpb(bits[0], sizes, index)) == rounded(score_bpb(BITS[0], SIZES))


def test_one_run_of_outcomes_in_clusters_has_the_size_of_its_clusters():
    one, index = copies(RIGHT[:1], 4)
    alone, grouped = score_mean(one, True), score_mean(one, True, index)
    assert grouped.high - grouped.low > 1.6 * (alone.high - alone.low)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_clusters_at_a_bound_count_once(value):
    scores = np.full((1, 12), value)
    found = score_mean(scores, True, np.repeat(np.arange(3), 4))
    assert (found.low, found.high) == pytest.approx(
        (score_mean(scores[:, :3], True).low, score_mean(scores[:, :3], True).high)
    )


def test_bits_of_a_cluster_weigh_by_their_bytes():
    bits, sizes = np.array([[10.0, 30.0, 8.0, 8.0]]), np.array([10.0, 10.0, 4.0, 8.0])
    index = np.array([0, 0, 1, 2])
    found = score_bpb(bits, sizes, index)
    assert found.value == pytest.approx((20 + 8 + 8) / (10 + 4 + 8))
    means = log_bpb_scores(np.array([[20.0, 8.0, 8.0]]), np.array([10.0, 4.0, 8.0]))
    assert found.value == pytest.approx(np.exp(means.mean()))


def test_one_cluster_has_no_interval():
    one = np.zeros(20, dtype=np.int64)
    for call in (
        lambda: paired_mean(RIGHT, OTHER, one),
        lambda: score_mean(RIGHT, True, one),
        lambda: score_bpb(BITS[0], SIZES, one),
    ):
        with pytest.raises(ValueError, match="all problems are in 1 cluster"):
            call()
