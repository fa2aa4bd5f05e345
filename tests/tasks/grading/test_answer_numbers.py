from fractions import Fraction

import pytest

from tasks.grading.answer_numbers import find_numbers, normalise, parse_number
from ultralink_data import languages
from ultralink_data.text.digits import render
from ultralink_data.text.number_style import style_of as style

WITH_NUMBERS = [code for code in languages.names() if languages.get(code).mgsm is not None]


def read(text: str, code: str = "en") -> list[str]:
    return [render(number.value) for number in find_numbers(normalise(text), style(code))]


SPACES = " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"


@pytest.mark.parametrize(
    "text", ["18", "18.0", "18,00", "１８", "١٨", "۱۸", "१८", "১৮", "๑๘", "018"]
)
@pytest.mark.parametrize("code", WITH_NUMBERS)
def test_eighteen_is_eighteen(text: str, code: str) -> None:
    assert parse_number(text, style(code)) == 18


@pytest.mark.parametrize(
    "minus", ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "\ufe63", "\uff0d"]
)
def test_every_minus_sign_is_one(minus: str) -> None:
    assert read(f"{minus}18") == ["-18"]
    assert read(f"x = {minus}18") == ["-18"]
    assert read(f"{minus}$18") == ["-18"]
    assert read(f"$ {minus}18") == ["-18"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20-18=2", ["20", "18", "2"]),
        ("20 - 18 = 2", ["20", "18", "2"]),
        ("20 -18 = 2", ["20", "18", "2"]),
        ("5–18 eggs", ["5", "18"]),
        ("pages 5—18", ["5", "18"]),
        ("- 18 eggs", ["18"]),
        ("COVID-19", ["19"]),
        ("(3)-2", ["3", "2"]),
        ("50%-20%", ["50", "20"]),
        ("5$-3$", ["5", "3"]),
        ("= - 18", ["-18"]),
        ("(-18)", ["-18"]),
        ("2*-3", ["2", "-3"]),
    ],
)
def test_a_minus_that_subtracts_is_no_sign(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("code", ["es", "fr", "ru"])
def test_every_space_groups_where_spaces_group(space: str, code: str) -> None:
    assert read(f"1{space}234,5", code) == ["1234.5"]
    assert read(f"1{space}234{space}567", code) == ["1234567"]


def test_a_plain_space_groups_nothing_in_english() -> None:
    assert read("1 234") == ["1", "234"]


@pytest.mark.parametrize("code", WITH_NUMBERS)
def test_two_marks_settle_the_style_in_every_language(code: str) -> None:
    assert read("1.234,5 1,234.5 1.234.567 1,234,567", code) == [
        "1234.5",
        "1234.5",
        "1234567",
        "1234567",
    ]


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("1.234", "es", "1234"),
        ("1.234", "en", "1.234"),
        ("1.234", "zh", "1.234"),
        ("18.00", "es", "18"),
        ("18.000", "es", "18000"),
        ("0.125", "es", "0.125"),
        ("1234.567", "es", "1234.567"),
        ("2,125", "en", "2125"),
        ("2,125", "fr", "2125"),
        ("0,125", "fr", "0.125"),
        ("12,5", "ru", "12.5"),
        ("1234,567", "ru", "1234.567"),
        ("1,14,200", "en", "114200"),
    ],
)
def test_the_written_rule_settles_one_mark(text: str, code: str, expected: str) -> None:
    assert read(text, code) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\boxed{18}", ["18"]),
        (r"\boxed{18", ["18"]),
        (r"\$18{,}000", ["18000"]),
        (r"18\,000", ["18000"]),
        (r"\frac{1}{2}", ["0.5"]),
        (r"\dfrac12", ["0.5"]),
        (r"2\frac{1}{2}", ["2.5"]),
        (r"9 \times 2", ["9", "2"]),
        (r"18\%", ["18"]),
        (r"\text{total } 18", ["18"]),
        ("1/3", ["1/3"]),
        ("3 1/2", ["3.5"]),
        ("3½", ["3.5"]),
        ("½", ["0.5"]),
        ("1/0", ["1", "0"]),
        ("12/25/2020", ["12", "25", "2020"]),
    ],
)
def test_latex_and_fractions(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18 %", ["18"]),
        ("$.50", ["0.5"]),
        ("€18", ["18"]),
        ("18€", ["18"]),
        ("27.6万", ["276000"]),
        ("5 million", ["5000000"]),
        ("5 milk", ["5"]),
        ("1,2,3", ["1", "2", "3"]),
        ("10, 20", ["10", "20"]),
        ("9x2=18", ["9", "2", "18"]),
        ("9**2", ["9", "2"]),
        ("**18**", ["18"]),
        ("no digits", []),
        ("9" * 5000, []),
    ],
)
def test_what_stands_around_a_number(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_positions_include_the_sign() -> None:
    (number,) = find_numbers("is -18.", style("en"))
    assert (number.start, number.end) == (3, 6)


def test_parse_number_wants_exactly_one() -> None:
    assert parse_number("18 and 19", style("en")) is None
    assert parse_number("none", style("en")) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(18), "18"),
        (Fraction(-18), "-18"),
        (Fraction(37, 2), "18.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_render(value: Fraction, expected: str) -> None:
    assert render(value) == expected
