"""The gap between two models by slice: sums, intervals that hold the value, families."""

import random

import pytest

from harness.statistics.gap_slices import LEAST, TextCost, gap_slices


def text(number: int, language: str, digits: float, draw: random.Random) -> TextCost:
    """A text of 90 bytes of words and 10 of digits; the second model needs more bits for digits."""
    words = 100 + draw.gauss(0, 5)
    first = {"ascii words": words, "digits": 30 + draw.gauss(0, 1)}
    second = first["digits"] * digits * draw.uniform(0.99, 1.01)
    return TextCost(
        name=f"{language} {number}",
        cluster=f"template {number // 3}",
        facets={"language": language, "kind": "math"},
        bytes={"ascii words": 90, "digits": 10},
        first=first,
        second={"ascii words": words * 1.001, "digits": second},
    )


@pytest.fixture
def costs() -> list[TextCost]:
    draw = random.Random(5)
    found = [text(n, "en", 1.0, draw) for n in range(60)]
    return found + [text(n, "ru", 1.3, draw) for n in range(60)]


def test_the_slice_that_was_made_worse_is_first_and_alone_told(costs):
    slices = {(one.facet, one.value): one for one in gap_slices(costs)}
    worse = slices["pattern by language", "ru digits"]
    assert worse.percent == pytest.approx(30, abs=0.5)
    assert (worse.low or 0) > 25
    assert worse.p_holm is not None
    assert worse.p_holm < 0.001
    ordered = [one.value for one in gap_slices(costs) if one.facet == "pattern by language"]
    assert ordered[0] == "ru digits"
    assert slices["language", "en"].percent < 1 < slices["language", "ru"].percent


def test_shares_of_a_facet_add_up_to_the_whole(costs):
    slices = gap_slices(costs)
    (whole,) = [one for one in slices if one.facet == "all"]
    for facet in ("language", "pattern", "pattern by language"):
        assert sum(s.share for s in slices if s.facet == facet) == pytest.approx(whole.share)
    assert whole.texts == 120
    assert whole.clusters == 20


def test_a_facet_with_one_value_repeats_the_whole_and_is_left_out(costs):
    assert "kind" not in {one.facet for one in gap_slices(costs)}


def test_every_interval_holds_the_value_that_is_shown(costs):
    for one in gap_slices(costs):
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.percent <= one.high


def test_too_few_clusters_have_no_interval(costs):
    few = costs[: 3 * LEAST - 3]
    assert all(one.low is None and one.p_holm is None for one in gap_slices(few))


def test_equal_models_are_told_apart_as_often_as_the_level_says():
    told = 0
    for seed in range(200):
        draw = random.Random(seed)
        made = []
        for n in range(40):
            size = draw.randint(20, 200)
            bits = [size * (2 + draw.gauss(0, 0.1)) for _ in range(2)]
            made.append(
                TextCost(
                    f"t{n}", f"t{n}", {}, {"ascii words": size}, *({"ascii words": b} for b in bits)
                )
            )
        (whole, *_) = gap_slices(made)
        told += whole.p_holm is not None and whole.p_holm < 0.05
    assert 2 <= told <= 20
