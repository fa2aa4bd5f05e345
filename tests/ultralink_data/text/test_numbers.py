"""Numbers of a text, in digits and in words of nine languages."""

import json
import random
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from ultralink_data import languages
from ultralink_data.languages.number_sections import number_values
from ultralink_data.text.numbers import find_written, numbers_in
from ultralink_data.text.spelled import _ASCII_WORDS
from ultralink_data.text.spelled_words import WORD

CASES = [
    ("en", "sixteen players, $15.20 and 1,234.5 km", "16 15.20 1234.5"),
    ("en", "two hundred and fifty-three; one hundred, five", "253 100 5"),
    ("en", "two and three; twenty one; five dozen eggs, a dozen", "2 3 21 60 12"),
    ("en", "on 12.05.2020, v1.2.3, 3 2", "12 5 2020 1 2 3 3 2"),
    ("en", "5 million -5 and (-3), 10-5, 1,2,3", "5000000 -5 -3 10 5 1 2 3"),
    ("en", "three thousand five hundred, and two thousand", "3500 2000"),
    ("en", ".5 hours and $.20, no.5 and 3 .NET", "0.5 0.20 5 3"),
    ("en", "$.5.5, section .2.3, v .3.11, (.5.5)", "5.5 2.3 3.11 5.5"),
    ("en", ".05 and (.1,234) and .1.2.3", "0.05 1234 1 2 3"),
    ("en", "often someone weighs a tenth", ""),
    ("es", "dieciséis, treinta y cinco, 1.234,5 y 1 234,5; 2.125", "16 35 1234.5 1234.5 2125"),
    ("es", "doscientos cincuenta mil; 5 millones, dos y tres", "250000 5000000 2 3"),
    ("fr", "quatre-vingt-dix-sept, soixante-dix-neuf, vingt et un", "97 79 21"),
    ("fr", "mille neuf cent, 1 234,50 €, quatre-vingts", "1900 1234.50 80"),
    ("ru", "двадцать пять, сто двадцать три тысячи пятьсот, 5 тысяч", "25 123500 5000"),
    ("zh", "三百五十二个，一起，两万五千，500万，二〇二四年，百分之五", "352 25000 5000000 2024 5"),
    ("zh", "１２ 个和 1,234.5", "12 1234.5"),
    (
        "fi",
        "kaksikymmentäviisi, viisisataa, kaksituhatta viisisataa, neljätoista",
        "25 500 2500 14",
    ),
    ("tr", "İki kedi, yirmi beş, yüz elli, iki bin beş yüz on üç", "2 25 150 2513"),
    ("ar", "خمسة وعشرون، خمسة عشر، مئة وخمسة وعشرون", "25 15 125"),
    ("ar", "١٬٢٣٤٫٥ ٥ ثلاثة آلاف", "1234.5 5 3000"),
    ("ar", "ألفا دينار، خمسون ألفا دينار، بلغ ألفا", "2000 50000 1000"),
    ("hi", "पच्चीस, दो सौ पचास, १२३, 1,14,200, पाँच लाख", "25 250 123 114200 500000"),
]


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_numbers_are_read_in_digits_and_words(language, text, expected):
    assert numbers_in(text, language) == [Decimal(n) for n in expected.split()]


CASES_FOLDER = Path(__file__).parents[2] / "cases"
TABLE = json.loads((CASES_FOLDER / "number_words.json").read_text("utf-8"))

COMPOSED = {
    unicodedata.normalize("NFC", chr(code)): chr(code)
    for code in range(0x900, 0xE00)
    if unicodedata.normalize("NFC", chr(code)) != chr(code)
}
"""Indic letters that Unicode's composed form leaves in two, and the one character of each."""


def in_one_character(text: str) -> str:
    """The text with as few characters as Unicode knows, as many keyboards write it."""
    text = unicodedata.normalize("NFC", text)
    for two, one in COMPOSED.items():
        text = text.replace(two, one)
    return text


def in_pieces(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("case", TABLE, ids=[f"{c['language']} {c['source']}" for c in TABLE])
def test_numbers_are_those_of_the_case_however_letters_are_composed(case):
    for text in (case["text"], in_pieces(case["text"]), in_one_character(case["text"])):
        found = find_written(text, case["language"])
        assert [w.value for w in found] == [Decimal(n) for n in case["numbers"]]
        # Each place is one of this text: what stands there is read as the same number.
        for written in found:
            again = numbers_in(text[written.start : written.end], case["language"])
            # Without what stands before some have no sign and some are no number.
            assert again in ([written.value], [-written.value], [])


SPELLED = json.loads((CASES_FOLDER / "spelled_numbers.json").read_text("utf-8"))


@pytest.mark.parametrize("case", SPELLED, ids=[f"{c['language']} {c['text']}" for c in SPELLED])
def test_numbers_that_other_programs_spell_out_are_read_back(case):
    """Rules of Unicode's CLDR (in its grammatical cases) and num2words, a sample."""
    assert numbers_in(case["text"], case["language"]) == [case["number"]]


def test_every_language_is_spelled_out():
    assert {case["language"] for case in SPELLED} == set(languages.names())


def test_every_language_has_a_dozen_in_the_table():
    dozens = {c["language"] for c in TABLE if "dozen" in c["source"] and "12" in c["numbers"]}
    without = set(languages.names()) - dozens
    assert not without, f"add a row about dozens to tests/cases/number_words.json for {without}"


def test_the_composed_form_differs_from_the_files_in_a_case():
    assert any(in_one_character(case["text"]) != case["text"] for case in TABLE)


def test_a_number_knows_where_it_stands_and_how_it_is_written():
    text = "He has ３ cats and twenty-two dogs."
    digits, words = find_written(text, "en")
    assert (text[digits.start : digits.end], digits.spelled) == ("３", False)
    assert (text[words.start : words.end], words.spelled) == ("twenty-two", True)


def test_words_of_ascii_are_those_of_any_text():
    draw = random.Random(3)
    for _ in range(2000):
        text = "".join(draw.choices([*map(chr, range(128)), "ab", "one"], k=30))
        assert text.translate(_ASCII_WORDS).split() == WORD.findall(text)


def test_a_run_of_digits_is_read_in_no_time_and_is_no_number():
    assert numbers_in("1" * 100_000, "en") == []
    assert len(numbers_in("1,2," * 20_000, "en")) == 40_000


def test_a_form_has_one_value():
    with pytest.raises(ValueError, match="'uno' has two values"):
        number_values("1 uno; 2 uno")
    with pytest.raises(ValueError, match="'one' is not a value"):
        number_values("one uno")
