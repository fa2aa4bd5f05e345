"""Vectors of texts, and the order farthest first."""

import random

import numpy as np
import pytest

from ultralink_data.text import similarity
from ultralink_data.text.similarity import farthest_first, vectors

WORDS = [f"word{n}" for n in range(400)]


def texts(count, *, themes=8, seed=0):
    """Texts of 30 words, of which 25 are from the words of a theme."""
    found = []
    for number in range(count):
        dice = random.Random(f"{seed}/{number}")
        theme = dice.randrange(themes)
        own = [f"theme{theme}-{dice.randrange(40)}" for _ in range(25)]
        found.append(" ".join([*own, *dice.choices(WORDS, k=5)]))
    return found


def plainly(rows):
    """The same order by the definition: all distances anew for each row taken, in whole numbers."""
    rows = rows.astype(np.int64)
    apart = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    order = [0]
    while len(order) < len(rows):
        nearest = apart[:, order].min(axis=1)
        nearest[order] = -1
        order.append(int(nearest.argmax()))
    return order


@pytest.mark.parametrize("pool", [1, 3, 16, 512])
def test_the_order_is_that_of_the_definition_whatever_the_pool(monkeypatch, pool):
    monkeypatch.setattr(similarity, "_POOL", pool)
    monkeypatch.setattr(similarity, "_CHUNK", 7)
    rows = vectors([*texts(60), *texts(20), "", "", "single"])
    assert list(farthest_first(rows)) == plainly(rows)


def test_equal_texts_come_last_in_their_order():
    rows = vectors(["a b c", "a b c", "d e f", "a b c", "g h i"])
    assert list(farthest_first(rows))[:3] in ([0, 2, 4], [0, 4, 2])
    assert list(farthest_first(rows))[3:] == [1, 3]


def test_every_row_comes_once():
    rows = vectors(texts(300))
    assert sorted(farthest_first(rows)) == list(range(300))
    assert list(farthest_first(rows[:1])) == [0]
    assert list(farthest_first(rows[:0])) == []


def test_the_first_rows_are_from_all_themes():
    found = texts(200, themes=8)
    first = [
        found[n].split()[0].split("-")[0]
        for n, _ in zip(farthest_first(vectors(found)), range(12), strict=False)
    ]
    assert len(set(first)) == 8


def test_vectors_hold_whole_numbers_whose_sums_are_exact():
    rows = vectors(texts(50))
    assert rows.dtype == np.float32
    assert (rows == np.rint(rows)).all()
    lengths = (rows.astype(np.int64) ** 2).sum(axis=1)
    assert lengths == pytest.approx(similarity._SCALE**2, rel=0.02)
    assert 4 * lengths.max() < 2**24
    assert (rows.astype(np.int64) @ rows.astype(np.int64).T == rows @ rows.T).all()


def cosine(one, other, rest=()):
    rows = vectors([one, other, *rest]).astype(np.float64)
    return rows[0] @ rows[1] / similarity._SCALE**2


def test_texts_that_share_more_are_nearer():
    text = "How many apples does Tom have after he gives three to Ann?"
    small = text.replace("apples", "pears")
    other = "Compute the derivative of a polynomial of degree four."
    assert cosine(text, small) > 0.6 > 0.2 > cosine(text, other)


def test_case_and_punctuation_do_not_count():
    assert cosine("Tom has 3 apples!", "tom has 3 APPLES") == pytest.approx(1, abs=0.01)


def test_chinese_texts_are_compared_by_characters():
    assert cosine("小明有三个苹果，吃了一个。", "小明有三个梨，吃了一个。") > 0.5
    assert cosine("小明有三个苹果，吃了一个。", "求函数的导数与极值") < 0.3


def test_rare_words_count_more_than_frequent_ones():
    rest = [f"please solve this number {n}" for n in range(200)]
    frequent = cosine("please solve this zebra", "please solve this lion", rest)
    rare = cosine("please zebra lion", "kindly zebra lion", rest)
    assert rare > 2 * frequent
