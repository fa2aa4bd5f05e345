"""A token's bits are spread over its characters, whatever the tokens are."""

import math

import pytest

from tasks.models.character_bits import character_bits
from tasks.models.likelihood import Boundary

TEXT = "ask: añb"


def bits(*tokens: tuple[int, int, float]) -> list[float]:
    """The bits of the characters after "ask: "; each token is begin, end and its bits."""
    offsets = [(0, 3), (3, 5), *((begin, end) for begin, end, _ in tokens)]
    row = Boundary(text=TEXT, ids=list(range(len(offsets))), first=2, offsets=offsets)
    return character_bits(row, [-one * math.log(2) for _, _, one in tokens])


def test_one_token_is_spread_by_bytes():
    assert bits((5, 8, 8.0)) == pytest.approx([2, 4, 2])


def test_a_token_a_character_keeps_its_own():
    assert bits((5, 6, 1.0), (6, 7, 5.0), (7, 8, 2.0)) == pytest.approx([1, 5, 2])


def test_parts_of_one_character_add_up():
    assert bits((5, 6, 1.0), (6, 7, 2.0), (6, 7, 3.0), (7, 8, 1.0)) == pytest.approx([1, 5, 1])


def test_a_token_without_characters_counts_at_the_next_and_at_the_end_at_the_last():
    assert bits((5, 6, 1.0), (6, 6, 2.0), (6, 8, 3.0)) == pytest.approx([1, 4, 1])
    assert bits((5, 8, 4.0), (8, 8, 2.0)) == pytest.approx([1, 2, 3])


def test_a_blank_that_a_span_leaves_out_belongs_to_its_token():
    offsets = [(0, 3), (4, 6), (7, 8)]
    row = Boundary(text="ab: é x", ids=[1, 2, 3], first=1, offsets=[(0, 3), (4, 5), (6, 7)])
    found = character_bits(row, [-3 * math.log(2), -2 * math.log(2)])
    assert found == pytest.approx([1, 2, 1, 1])
    assert sum(found) == pytest.approx(5)
    assert len(offsets) == len(row.offsets)
