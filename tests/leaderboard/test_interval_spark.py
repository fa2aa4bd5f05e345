"""Drawn intervals: where low, value and high stand."""

import pytest

from leaderboard.interval_spark import Scale, Spread, common_scale, spark

SCALE = Scale(0.0, 1.0)


@pytest.mark.parametrize(
    ("spread", "drawn"),
    [
        (Spread(0.0, 0.5, 1.0), "|----o----|"),
        (Spread(0.2, 0.3, 0.4), "  |o|      "),
        (Spread(None, 0.3, None), "   o       "),
        (Spread(0.0, 0.0, 0.2), "o-|        "),
        (Spread(0.5, 0.5, 0.5), "     o     "),
        (Spread(None, None, None), ""),
    ],
)
def test_a_drawing_in_ascii(spread, drawn):
    assert spark(spread, SCALE, plain=True, width=11) == drawn


def dots(drawing: str) -> list[str]:
    """The two halves of every braille character: empty, a line, or the value."""
    halves = []
    for character in drawing:
        code = ord(character) - 0x2800
        for line, value in ((0x02, 0x47), (0x10, 0xB8)):
            halves.append("o" if code & value == value else "-" if code & line else " ")
    return halves


@pytest.mark.parametrize(
    ("spread", "drawn"),
    [
        (Spread(0.0, 0.4, 1.0), "-- -o-----".replace(" ", "-")),
        (Spread(1 / 9, 2 / 9, 4 / 9), " -o--     "),
        (Spread(None, 1.0, None), "         o"),
    ],
)
def test_a_drawing_in_braille_has_two_steps_a_character(spread, drawn):
    found = spark(spread, SCALE, plain=False, width=5)
    assert len(found) == 5
    assert "".join(dots(found)) == drawn


def test_the_scale_is_from_the_lowest_to_the_highest_number():
    spreads = [Spread(0.2, 0.3, 0.4), Spread(None, 0.9, None), Spread(None, None, None)]
    assert common_scale(spreads) == Scale(0.2, 0.9)
    assert common_scale([Spread(None, None, None)]) is None
    assert spark(Spread(None, 0.3, None), None, plain=True) == ""


def test_equal_numbers_stand_in_the_middle():
    one = Spread(0.3, 0.3, 0.3)
    assert spark(one, common_scale([one]), plain=True, width=5) == "  o  "
