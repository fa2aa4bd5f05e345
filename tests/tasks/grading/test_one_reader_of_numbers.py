"""Grading, translation checks and decontamination see the same values in the same text."""

import pytest

from tasks.grading.answer_numbers import find_numbers, normalise
from ultralink_data import languages
from ultralink_data.checking.decontaminate.number_words import digits_of, numbers_of
from ultralink_data.text.digits import render
from ultralink_data.text.number_style import style_of
from ultralink_data.text.numbers import find_written


def graded(text: str, code: str) -> list[str]:
    return [render(number.value) for number in find_numbers(normalise(text), style_of(code))]


def checked(text: str, code: str) -> list[str]:
    return [render(written.value) for written in find_written(text, code)]


EVERYWHERE = [
    ("1,234 1,234,567 1.234.567", "1234 1234567 1234567"),
    ("1,14,200 12,34,567.5", "114200 1234567.5"),
    ("1.234,5 1,234.5 1'234 1’234.5", "1234.5 1234.5 1234 1234.5"),
    ("1\u00a0234 1\u202f234\u202f567 1\u2009234,5", "1234 1234567 1234.5"),
    ("18 18.0 18,00 018", "18 18 18 18"),
    ("0.125 0,125 0.5", "0.125 0.125 0.5"),
    (".05 ($.5)", "0.05 0.5"),
    ("１８ １，２３４ １２．５", "18 1234 12.5"),
    ("١٨ ١٬٢٣٤٫٥ ۱۸", "18 1234.5 18"),
    ("१८ १,१४,२००.५", "18 114200.5"),
    ("১৮ ১,২৩৪", "18 1234"),
    ("๑๘ ๑,๒๓๔.๕", "18 1234.5"),
    ("౧౮ ౧,౨౩౪", "18 1234"),
    ("12.05.2020 1.2.3 1,2,3", "12 5 2020 1 2 3 1 2 3"),
    ("-18 (-3) 20-18 20 - 18 20 -18", "-18 -3 20 18 20 18 20 18"),
    ("−18 x = －3", "-18 -3"),
    ("$18 18€ 18 % ＄5", "18 18 18 5"),
    ("18 m^2", "18"),
    ("5 million", "5000000"),
    ("27.6万 3亿", "276000 300000000"),
    ("$70k 70K $1.5M €3bn $2t", "70000 70000 1500000 3000000000 2000000000000"),
    ("2k + 3k = 5k, 5m 5bn 5kg 70km", "2 3 5 5 5 5 70"),
    ("4 × 10^3, 4*10**3, 6 × 10⁴ 5·10^-2", "4000 4000 60000 0.05"),
    ("10^3 10² 10^99 2^10 9**2", "1000 100 10 99 2 10 9 2"),
    ("3 * 10 = 30", "3 10 30"),
]
"""Read alike in every language that has a file."""

SPACED = ("de", "es", "fi", "fr", "ru", "tr")

BY_LANGUAGE = [
    ("en", "1.234 2.125", "1.234 2.125"),
    ("zh", "1.234", "1.234"),
    ("es", "1.234 2,125 12,5", "1234 2125 12.5"),
    ("fr", "1 234 1 234 567,5", "1234 1234567.5"),
    ("ru", "1 234,5", "1234.5"),
    ("en", "1 234", "1 234"),
    ("en", "5 hundred thousand, 5 billion, 2 trillion", "500000 5000000000 2000000000000"),
    ("es", "5 mil, 5 mil millones, 2 billones", "5000 5000000000 2000000000000"),
    ("fr", "5 mille, 3 milliards, 2 billions, 3 %", "5000 3000000000 2000000000000 3"),
    ("ru", "5 тыс. рублей, 5 млн, 3 млрд. и 2 триллиона", "5000 5000000 3000000000 2000000000000"),
    ("zh", "5千，5百万，3万5千，1万2345", "5000 5000000 35000 12345"),
    ("zh", "1亿2000万，3億，2.5亿元", "120000000 300000000 250000000"),
    ("zh", "3千米，5千克，百分之5", "3 5 5"),
    ("zh", "27万6千，1万8000，7千5百，1千4百30", "276000 18000 7500 1430"),
    ("zh", "3万5，1千5，3万5.5，3万0", "35000 1500 30000 5.5 30000 0"),
    ("ja", "3万5、3万5千", "30000 5 35000"),
    ("hi", "५ लाख, 3.5 करोड़, 2 लाख करोड़", "500000 35000000 2000000000000"),
    ("hi", "5 हज़ार, 2 अरब, 3 लाखों", "5000 2000000000 300000"),
    ("ar", "٥ آلاف، ٣ ملايين، 2 مليار", "5000 3000000 2000000000"),
    ("fi", "5 tuhatta, 3 miljardia", "5000 3000000000"),
    ("tr", "5 bin, 3 milyar", "5000 3000000000"),
    (
        "de",
        "5 Tausend, 3 Millionen, 2 Mrd. und 1,5 Billionen",
        "5000 3000000 2000000000 1500000000000",
    ),
    ("ja", "5千円、3万5千、2億、百分の5", "5000 35000 200000000 5"),
    ("bn", "৫ লাখ, ২ কোটি, ৩ হাজার", "500000 20000000 3000"),
    ("th", "๕ ล้านบาท 3 แสน 2 พัน", "5000000 300000 2000"),
    ("sw", "5 milioni, 2 bilioni", "5000000 2000000000"),
    ("te", "౫ లక్షల, 2 కోట్లు", "500000 20000000"),
    ("en", "minus 18. It is negative 3; the eggs minus 3", "-18 -3 3"),
    ("fr", "moins 18. Elle vend au moins 18", "-18 18"),
    ("es", "menos 18. Vende al menos 18", "-18 18"),
    ("ru", "Ответ: минус 18", "-18"),
    ("zh", "答案是-18，余额为负3", "-18 -3"),
    ("hi", "माइनस 18", "-18"),
    ("ar", "ناقص ١٨", "-18"),
    ("fi", "miinus 18", "-18"),
    ("tr", "eksi 18", "-18"),
    ("de", "minus 18", "-18"),
    ("ja", "マイナス18", "-18"),
    ("bn", "মাইনাস ১৮", "-18"),
    ("th", "คือ ลบ 18", "-18"),
    ("sw", "hasi 18", "-18"),
    ("te", "మైనస్ 18", "-18"),
]
"""Of marks and words that differ between languages."""


@pytest.mark.parametrize("code", languages.names())
@pytest.mark.parametrize(("text", "values"), EVERYWHERE)
def test_three_callers_read_the_same_values(code: str, text: str, values: str) -> None:
    _same(code, text, values)


@pytest.mark.parametrize(("code", "text", "values"), BY_LANGUAGE)
def test_three_callers_read_a_language_alike(code: str, text: str, values: str) -> None:
    _same(code, text, values)


@pytest.mark.parametrize("code", [code for code in SPACED if code in languages.names()])
def test_spaces_and_full_stops_part_groups_where_the_language_says_so(code: str) -> None:
    _same(code, "1 234 567 und 1.234", "1234567 1234")


def _same(code: str, text: str, values: str) -> None:
    expected = values.split()
    assert checked(text, code) == expected
    assert graded(text, code) == expected
    assert numbers_of(text, code) == [value.removeprefix("-") for value in expected]


WORDS = [
    ("en", "two hundred and fifty-three", "253"),
    ("es", "treinta y cinco; dos mil millones", "35 2000000000"),
    ("fr", "quatre-vingt-dix-sept", "97"),
    ("ru", "сто двадцать три тысячи пятьсот", "123500"),
    ("zh", "三百五十二，三亿五千万，三千克", "352 350000000 3"),
    ("zh", "一亿，两万亿，二〇二四", "100000000 2000000000000 2024"),
    ("fi", "kaksituhatta viisisataa", "2500"),
    ("tr", "iki bin beş yüz on üç", "2513"),
    ("ar", "مئة وخمسة وعشرون", "125"),
    ("de", "fünfundzwanzig, zweihunderteinundzwanzig, dreitausendfünfhundert", "25 221 3500"),
    ("ja", "二百五十個、三億五千万円", "250 350000000"),
    ("bn", "পঁচিশ, দুইশ পঞ্চাশ, পাঁচ লাখ", "25 250 500000"),
    ("th", "เขาสามารถซื้อไข่สองร้อยห้าสิบฟองกับสามี", "250"),
    ("th", "ยี่สิบเอ็ด และ ห้าม", "21"),
    ("sw", "mia mbili hamsini na tano, elfu mbili mia tatu, mia na tano", "255 2300 105"),
    ("te", "ఇరవై ఐదు, రెండు వందల, ఐదు లక్షలు", "25 200 500000"),
    ("hi", "पाँच लाख, दो करोड़, तीन लाख करोड़", "500000 20000000 3000000000000"),
]


@pytest.mark.parametrize(("code", "text", "values"), WORDS)
def test_words_are_read_alike_but_are_no_graded_answer(code: str, text: str, values: str) -> None:
    """A model states its answer in digits: tests/cases/mgsm.json, "words are not read"."""
    expected = values.split()
    assert checked(text, code) == expected
    assert numbers_of(text, code) == expected
    assert graded(text, code) == []


DIFFERENT = [
    # text, grading, the two others: a fraction is one answer, but a translation may write the
    # terms of it each in a form of its own ("3 of 4", "tres cuartos").
    ("3/4", "0.75", "3 4"),
    ("2 1/2", "2.5", "2 1 2"),
    ("3½", "3.5", "3"),
    # LaTeX is left as it is by a translation and not looked into.
    (r"18{,}000", "18000", "18 0"),
]


@pytest.mark.parametrize(("text", "answer", "terms"), DIFFERENT)
def test_where_grading_asks_another_question(text: str, answer: str, terms: str) -> None:
    assert graded(text, "en") == answer.split()
    assert checked(text, "en") == numbers_of(text, "en") == terms.split()


def test_digits_without_a_language_read_no_word_and_part_groups_at_one_mark() -> None:
    """`digits_of` compares texts of two languages: 1.234 in one of them is 1,234 in the other."""
    assert digits_of("1.234 5 million 3万 १८ 12,5") == ["1234", "5", "3", "18", "12.5"]
