"""Measures of diversity against published values, another implementation, and enumeration."""

import json
import random
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from ultralink_data.text.diversity import (
    Numbering,
    expected_distinct,
    expected_entropy,
    factors,
    mtld,
    ngrams,
    opening,
)

CASES = json.loads((Path(__file__).parents[2] / "cases" / "mtld.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["source"] for case in CASES])
def test_mtld_is_that_of_another_implementation(case):
    assert mtld([factors(case["words"].split())]) == pytest.approx(case["mtld"], rel=1e-12)


def test_mtld_is_the_published_value():
    """McCarthy and Jarvis 2010, page 384: the rest's ratio is .887, 4.404 factors, MTLD 77.203.

    340 words with four whole factors and a rest of 53 words of which 47 differ (.887).
    """
    text: list[str] = []
    for block, length in enumerate([71, 71, 71, 74]):  # the ratio passes .72 at the last word
        types = int(0.72 * length)
        new = [f"b{block}w{n}" for n in range(types - 1)]
        text += [*new, *["same"] * (length - types + 1)]
    rest = [*(f"r{n}" for n in range(46)), *["same"] * 7]
    found = factors([*text, *rest])
    assert found.words == 340
    assert found.forward == pytest.approx(4.404, abs=1e-3)
    assert found.words / found.forward == pytest.approx(77.203, abs=0.05)


def test_without_a_repeated_word_mtld_is_the_number_of_words():
    assert mtld([factors(["all", "of", "these", "words", "differ"])]) == 5
    assert mtld([]) == 0.0


def test_mtld_of_many_texts_does_not_depend_on_how_many():
    text = CASES[5]["words"].split()
    assert mtld([factors(text)] * 7) == pytest.approx(mtld([factors(text)]))


def test_more_repetition_lowers_mtld():
    dice = random.Random(3)
    values = [
        mtld([factors([str(dice.randrange(size)) for _ in range(2000)])]) for size in (50, 200, 800)
    ]
    assert values == sorted(values)
    assert values[0] < values[-1] / 3


# Samples of one size


def enumerated(counts, size, measure):
    """Mean of a measure over all samples of that size."""
    items = [kind for kind, count in enumerate(counts) for _ in range(count)]
    values = []
    for chosen in combinations(range(len(items)), size):
        _, drawn = np.unique([items[n] for n in chosen], return_counts=True)
        values.append(measure(drawn))
    return np.mean(values)


def bits(counts):
    shares = counts / counts.sum()
    return -(shares * np.log2(shares)).sum()


@pytest.mark.parametrize("counts", [[3, 2, 1, 1], [5, 1], [4], [1, 1, 1, 1, 1], [2, 0, 3]])
def test_expected_values_are_those_of_all_samples(counts):
    counts = np.array(counts)
    for size in range(1, counts.sum() + 1):
        distinct = enumerated(counts, size, lambda drawn, size=size: len(drawn) / size)
        assert expected_distinct(counts, size) == pytest.approx(distinct)
        assert expected_entropy(counts, size) == pytest.approx(enumerated(counts, size, bits))


def test_twice_the_text_of_one_kind_is_no_more_diverse_at_one_size():
    """The plain share of distinct words halves; the one of equal samples does not fall so."""
    dice = random.Random(0)
    draw = lambda n: np.bincount([int(500 * dice.random() ** 3) for _ in range(n)])  # noqa: E731
    small, large = draw(1000), draw(4000)
    plain = np.count_nonzero(large) / 4000 / (np.count_nonzero(small) / 1000)
    equal = expected_distinct(large, 800) / expected_distinct(small, 800)
    assert plain < 0.6
    assert equal == pytest.approx(1, abs=0.08)


def test_a_sample_over_the_items_is_refused():
    with pytest.raises(ValueError, match="a sample of 3 of 2 items"):
        expected_distinct(np.array([1, 1]), 3)
    assert expected_distinct(np.array([1, 1]), 0) == 0.0


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_ngrams_are_equal_where_their_words_are(n):
    dice = random.Random(n)
    words = [str(dice.randrange(6)) for _ in range(400)]
    found = ngrams(Numbering().ids(words), n).tolist()
    real = [tuple(words[place : place + n]) for place in range(len(words) - n + 1)]
    assert len(found) == len(real)
    assert len(set(found)) == len(set(real)) == len(set(zip(found, real, strict=True)))


def test_a_text_shorter_than_an_ngram_has_none():
    assert len(ngrams(Numbering().ids(["a"]), 2)) == 0


def test_an_opening_is_the_first_words():
    assert opening(["what", "is", "it"]) == "what is"
    assert opening(["why"]) == "why"
