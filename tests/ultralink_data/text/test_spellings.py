"""Spellings of one word are one."""

import pytest

from ultralink_data.text.spellings import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("وفقاً للنص", "وفقا للنص"), ("إجابة", "اجابة"), ("İşte", "işte"), ("é", "e\u0301")],
)
def test_spellings_of_one_word_are_one(one, other):
    assert folded(one) == folded(other)
