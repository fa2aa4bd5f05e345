"""Read numbers as exact values, in digits of any script or spelled out in a language's words.

`18`, `18.0`, `１８`, `١٨`, `१८` and "eighteen" are the same number. Digits are read by
`ultralink_data.text.digits` for all callers; this module adds the words.
"""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from ultralink_data import languages
from ultralink_data.languages.sections import NumberWords, number_values
from ultralink_data.text.digits import find_digits, plain, style_of

_MARKS = (
    r"\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    r"\u0981-\u0983\u09bc-\u09cd\u09d7\u0c00-\u0c04\u0c3c-\u0c56"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
"""Vowel and tone marks, which are not letters but belong to a word."""

_WORD = re.compile(rf"(?:[^\W\d_][{_MARKS}]*)+")
_BETWEEN = re.compile(r"[ \u00a0\u200c]?[-‑ \u00a0]?\Z")


class Written(NamedTuple):
    """A number in a text, its position without the sign, and whether it is spelled out.

    `decimals` is the number of digits after its decimal mark.
    """

    value: Fraction
    start: int
    end: int
    spelled: bool
    decimals: int = 0


def numbers_in(text: str, language: str) -> list[Fraction]:
    """The numbers of a text in order, including those in words.

    Raises:
        ConfigError: an unknown language.
    """
    return [written.value for written in find_written(text, language)]


def find_written(text: str, language: str) -> list[Written]:
    """The numbers of a text in order, with their positions.

    Raises:
        ConfigError: an unknown language.
    """
    sections = languages.get(language)
    numbers = sections.numbers
    text, places = _composed_form(text)
    text = plain(text)
    digits = [
        Written(number.value, number.first, number.end, False, number.decimals)
        for number in find_digits(text, style_of(language), fractions=False)
    ]
    taken = {place for written in digits for place in range(written.start, written.end)}
    for idiom in numbers.idioms:
        text = text.replace(idiom, "\0" * len(idiom))
    if numbers.characters:
        spelled = _in_characters(text, numbers)
    else:
        words = _WORD if sections.writing.spaces else _forms(numbers.words)
        spelled = _in_words(text, words, numbers)
    found = digits + [written for written in spelled if written.start not in taken]
    found.sort(key=lambda written: written.start)
    if places is None:
        return found
    return [w._replace(start=places[w.start], end=places[w.end]) for w in found]


def _composed_form(text: str) -> tuple[str, list[int] | None]:
    """The text in NFC, as language files are, and where in it each character stood; None: there.

    One letter may be written as one character or as a letter and marks (`ü`, Bengali `য়`).
    """
    if unicodedata.is_normalized("NFC", text):
        return text, None
    parts: list[str] = []
    places: list[int] = []
    begin = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.category(text[at]).startswith("M"):
            parts.append(unicodedata.normalize("NFC", text[begin:at]))
            places += [begin] * len(parts[-1])
            begin = at
    return "".join(parts), [*places, len(text)]


@cache
def _forms(words: str) -> re.Pattern[str]:
    """A regex for the number words of a language without spaces, such as Thai.

    A vowel after a form changes its last syllable, so the form is part of another word.
    """
    forms = "|".join(sorted(map(re.escape, number_values(words)), key=len, reverse=True))
    return re.compile(rf"(?:{forms})(?![{_MARKS}\u0e30\u0e32\u0e33\u0e45])")


def _in_words(text: str, words: re.Pattern[str], numbers: NumberWords) -> Iterator[Written]:
    """Numbers in words: runs of number words with only spaces and hyphens between them."""
    run: list[tuple[int, int, int]] = []
    joined, joint_end = False, 0
    for match in words.finditer(text):
        if run and not _BETWEEN.match(text, run[-1][2] if not joined else joint_end, match.start()):
            yield from _composed(run, numbers)
            run, joined = [], False
        word = match[0].casefold().replace("i\u0307", "i")  # Turkish İki
        if run and not joined and word in numbers.joiners:
            joined, joint_end = True, match.end()
            continue
        values = _word_values(word, numbers)
        if not values and run and numbers.prefix and word.startswith(numbers.prefix):
            values = _word_values(word.removeprefix(numbers.prefix), numbers)
        if values:
            run += [(value, match.start(), match.end()) for value in values]
        else:
            yield from _composed(run, numbers)
            run = []
        joined = False
    yield from _composed(run, numbers)


def _word_values(word: str, numbers: NumberWords) -> tuple[int, ...]:
    """The values that a word is made of: one, or several if the language writes compounds."""
    value = numbers.values.get(word)
    if value is not None:
        return (value,)
    if not numbers.compounds:
        return ()
    for cut in range(len(word) - 2, 2, -1):
        head = numbers.values.get(word[:cut])
        if head is None:
            continue
        rest = _word_values(word[cut:], numbers)
        if not rest and numbers.prefix and word[cut:].startswith(numbers.prefix):
            rest = _word_values(word[cut:].removeprefix(numbers.prefix), numbers)
        if rest:
            return (head, *rest)
    return ()


def _composed(run: list[tuple[int, int, int]], numbers: NumberWords) -> Iterator[Written]:
    """The numbers in consecutive number words: "two hundred five" is one, "two five" are two."""
    total = current = 0
    start = end = -1
    for value, first, last in _turned(run, numbers.multiples) if numbers.scale_first else run:
        fits = start < 0
        if start >= 0:
            fits, total, current = _extended(total, current, value, numbers)
            if not fits and not current and 1000 <= total < value and first - end <= 1:
                fits, total = True, total * value  # dos mil millones
        if not fits:
            yield Written(Fraction(total + current), start, end, True)
            total = 0
        if not fits or start < 0:
            start, total, current = first, *((value, 0) if value >= 1000 else (0, value))
        end = last
    if start >= 0:
        yield Written(Fraction(total + current), start, end, True)


def _turned(
    run: list[tuple[int, int, int]], multiples: tuple[int, ...]
) -> list[tuple[int, int, int]]:
    """Number words in the usual order, if the language puts a scale before its factor."""
    turned: list[tuple[int, int, int]] = []
    bare = False  # whether the last word is a scale without a factor yet
    for value, first, last in run:
        if bare and value < 100 and first - turned[-1][2] <= 1:
            scale, start, _ = turned[-1]
            turned[-1:] = [(value, start, last), (scale, start, last)]
            bare = False
        else:
            turned.append((value, first, last))
            bare = value >= 100 or value in multiples
    return turned


def _extended(total: int, current: int, value: int, numbers: NumberWords) -> tuple[bool, int, int]:
    """Whether a number continues with this word, and then its parts above and below the scale."""
    if value >= 1000:
        fits = bool(current) and (not total or value < total)
        return fits, *((total + current * value, 0) if fits else (total, current))
    # "Une douzaine" is 12, and "un vingt" two numbers.
    least = 1 if value == 12 else 2
    if value in (12, 20) and value in numbers.multiples and least <= current < 20:
        return True, total, current * value
    if value == 100 and 0 < current < 10:
        return True, total, current * 100
    below = current % 100
    if not current:
        fits = total > 0
    elif value < 10:
        teen = below == 10 and 10 + value not in numbers.values.values()
        fits = below == 0 or teen or (below >= 20 and below % 10 == 0)
    elif value < 100:
        teens = below in (60, 80) and value < 20
        turned = numbers.units_first and below < 10 and (value == 10 or value >= 20)
        fits = below == 0 or teens or turned
    else:
        fits = False
    return fits, total, current + value if fits else current


def _in_characters(text: str, numbers: NumberWords) -> Iterator[Written]:
    """Numbers in characters, and in words of several, such as `ひとつ`, and dozens.

    A lone one is an article more often than a number; a dozen of one character (`打`, also "hit")
    is one right behind a number.
    """
    pattern, values = _characters(numbers.words, numbers.multiples)
    waiting: Written | None = None  # a number that a dozen may still multiply
    lone = False  # whether it is an article or a scale if none does
    for match in pattern.finditer(text):
        start, end = match.span()
        value = numbers.values.get(match["word"]) if match["word"] else None
        follows = waiting is not None and waiting.end == start
        if waiting is not None and value in numbers.multiples and follows and waiting.value < 20:
            yield Written(waiting.value * value, waiting.start, end, True)
            waiting = None
            continue
        if waiting is not None and not lone:
            yield waiting
        waiting = None
        if value is None:
            run = [values[char] for char in match[0]]
            lone = run == [1] or min(run) > 10
            waiting = Written(Fraction(_by_place(run)), start, end, True)
        elif end - start > 1 or text[start - 1 : start].isdigit():
            yield Written(Fraction(value), start, end, True)
    if waiting is not None and not lone:
        yield waiting


@cache
def _characters(words: str, multiples: tuple[int, ...]) -> tuple[re.Pattern[str], dict[str, int]]:
    """What finds a word of several characters or a run of single ones; the values of these.

    A word in katakana does not begin or end within a longer one: `オーダース` is no dozen.
    """
    values = number_values(words)
    single = {f: value for f, value in values.items() if len(f) == 1 and value not in multiples}
    katakana = r"[\u30a1-\u30fa\u30fc]"
    others = [
        rf"(?<!{katakana}){form}(?!{katakana})" if re.match(katakana, form) else form
        for form in sorted(values.keys() - single.keys(), key=len, reverse=True)
    ]
    word = "|".join(others) or r"(?!)"
    return re.compile(rf"(?P<word>{word})|[{''.join(sorted(single))}]+"), single


def _by_place(run: list[int]) -> int:
    """The number made of digits, tens and scales; digits alone are read one by one, as in years."""
    if len(run) > 1 and max(run) < 10:  # 二〇二四
        return int("".join(map(str, run)))
    total = section = digit = 0
    for value in run:
        if value < 10:
            digit = value
        elif value < 10_000:
            section += (digit or 1) * value
            digit = 0
        elif total > value:  # 三亿五千万
            total += (section + digit) * value
            section = digit = 0
        else:  # 三万亿
            total = (total + section + digit) * value
            section = digit = 0
    return total + section + digit
