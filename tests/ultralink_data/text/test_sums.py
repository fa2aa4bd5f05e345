"""Equations that do not hold are named; what cannot be told is left alone."""

import time

import pytest

from ultralink_data.text.sums import wrong_sum


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("So 3 + 4 = 8.", "en", "3 + 4 = 8"),
        ("60 / 3 = 21 bananas.", "en", "60 / 3 = 21"),
        ("8 = 3 + 4", "en", "8 = 3 + 4"),
        ("2 + 3 * 4 = 20", "en", "2 + 3 * 4 = 20"),
        ("5 * 3 = 15 * 2 = 31", "en", "15 * 2 = 31"),
        ("5 - 8 = 3", "en", "5 - 8 = 3"),
        ("- 3 + 4 = 8\n", "en", "3 + 4 = 8"),
        ("1. 3 + 4 = 8", "en", "3 + 4 = 8"),
        ("It is (3 + 4 = 8).", "en", "3 + 4 = 8"),
        ("\\(3 \\times 4 = 13\\)", "en", "3 \\times 4 = 13"),
        ("$2.50 * 3 = $8.50", "en", "2.50 * 3 = $8.50"),
        ("100% + 150% = 240%", "en", "100% + 150% = 240"),
        ("1,234 + 1 = 1,236", "en", "1,234 + 1 = 1,236"),
        ("10 / 3 = 5", "en", "10 / 3 = 5"),
        ("10 / 4 = 2.6", "en", "10 / 4 = 2.6"),
        ("12 : 3 = 5", "ru", "12 : 3 = 5"),
        ("2,5 + 1 = 4,5", "fr", "2,5 + 1 = 4,5"),
        ("\uff13\uff0b\uff14\uff1d\uff18", "zh", "\uff13\uff0b\uff14\uff1d\uff18"),
        ("3+4=8\u4e2a", "zh", "3+4=8"),
        ("3 + 4 = 8", "xx", "3 + 4 = 8"),
    ],
)
def test_what_does_not_hold_is_named_as_it_is_written(text, language, said):
    assert wrong_sum(text, language) == said


HOLDING = [
    "3 + 4 = 7 and 7 = 3 + 4, so 2 + 3 * 4 = 14.",
    "10 / 3 = 3; 10 / 3 = 3.33; 10 / 3 = 3.34; 17 / 5 = 3 remainder 2",
    "0.33 * 300 = 100",
    "5 * 3 = 15 * 2 = 30",
    "50% * 20 = 10, 3 / 4 = 75%, 3 / 4 * 100 = 75%",
    "$10 / 20 = 50 cents",
    "1/2 + 1/3 = 5/6",
    "\u22123 + 4 = 1",
    "80 - 20% = 64",
]
UNTOLD = [
    "2x + 3 = 9, x + 3 + 4 = 9, 3 + 4 = 7x, 3 + 4 = 7 y",
    "(2 + 3) * 4 = 20, 2(3) + 4 = 10, 2 * 3 = 6 * (2)",
    "2^3 + 1 = 9, 3 + 6 = 3^2, 5! = 120, 4 + 3! = 10",
    "3 1/2 + 1 = 4.5",
    "8 + 7 = 3 (mod 12)",
    "10% of $1200 + $150 = $270",
    "3 / 0 = 1",
    "3 = 4, a = 5, 7",
    "24 = 480 000 + 3 4",
    "L:1/8\nQ:1/4=80",
]


@pytest.mark.parametrize("text", HOLDING + UNTOLD)
def test_what_holds_or_cannot_be_told_is_no_fault(text):
    assert wrong_sum(text, "en") == ""


@pytest.mark.parametrize("unit", ["1 + 1 = 2 ", "1 + ", "1 = ", "=", "1 ", "9" * 50 + " + "])
def test_a_text_that_is_four_times_as_long_takes_no_sixteen_times_as_long(unit):
    def seconds(units: int) -> float:
        text, best = unit * units + "=", float("inf")
        for _ in range(3):
            began = time.process_time()
            assert wrong_sum(text, "en") == ""
            best = min(best, time.process_time() - began)
        return best

    assert seconds(8000) < 10 * seconds(2000) + 0.05
