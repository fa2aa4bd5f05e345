"""Spelled-out numbers in characters, each a digit, ten or scale, as in Chinese and Japanese."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from ultralink_data.languages.number_sections import NumberWords, multiplying_forms, number_values
from ultralink_data.text.spelled import Spelled


def find_in_characters(text: str, numbers: NumberWords) -> Iterator[Spelled]:
    """Numbers in characters, and in words of several, such as `ひとつ`, and dozens.

    A lone one is an article more often than a number; a dozen of one character (`打`, also "hit")
    is one right behind a number.
    """
    pattern, values = _characters(numbers.words)
    dozens = multiplying_forms(numbers.words)
    waiting: Spelled | None = None  # a number that a dozen may still multiply
    for match in pattern.finditer(text):
        start, end = match.span()
        form = match["word"] or ""
        value = numbers.values.get(form)
        follows = waiting is not None and waiting.end == start
        if waiting is not None and value and form in dozens and follows and waiting.value < 20:
            yield Spelled(waiting.value * value, waiting.start, end, 1)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = None
        if value is None:
            run = [values[char] for char in match[0]]
            bare = run[0] >= 10_000  # 万一, "in case"
            lone = bare or (len(run) == 1 and (run[0] == 1 or run[0] >= 100))
            number = Fraction(_by_place(run, short_tails=numbers.short_tails))
            waiting = Spelled(number, start, end, _last_scale(run), lone)
        elif end - start > 1 or text[start - 1 : start].isdigit():
            yield Spelled(Fraction(value), start, end, 1)
    if waiting is not None:
        yield waiting


@cache
def _characters(words: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """What finds a word of several characters or a run of single ones; the values of these.

    A word in katakana does not begin or end within a longer one: `オーダース` is no dozen.
    """
    values = number_values(words)
    dozens = multiplying_forms(words)
    single = {f: int(value) for f, value in values.items() if len(f) == 1 and f not in dozens}
    katakana = r"[\u30a1-\u30fa\u30fc]"
    others = [
        rf"(?<!{katakana}){form}(?!{katakana})" if re.match(katakana, form) else form
        for form in sorted(values.keys() - single.keys(), key=len, reverse=True)
    ]
    word = "|".join(others) or r"(?!)"
    return re.compile(rf"(?P<word>{word})|[{''.join(sorted(single))}]+"), single


def digits_of_characters(text: str, numbers: NumberWords) -> str:
    """The digits that a text of characters names one by one; "" if it names anything else."""
    values = [numbers.values.get(char, 10) for char in text]
    return "".join(map(str, values)) if values and max(values) < 10 else ""


def _last_scale(run: list[int]) -> int:
    return run[-1] if run[-1] >= 100 else 1


def _by_place(run: list[int], *, short_tails: bool) -> int:
    """The number made of digits, tens and scales; digits alone are read one by one, as in years.

    With `short_tails` a last digit right behind a scale counts its tenth part.
    """
    if len(run) > 1 and max(run) < 10:  # 二〇二四
        return int("".join(map(str, run)))
    if short_tails and len(run) > 1 and 0 < run[-1] < 10 and run[-2] >= 100:
        run = [*run, run[-2] // 10]  # 一万二
    total = part = section = digit = 0
    for value in run:
        if value < 10:
            digit = value
        elif value < 10_000:
            section += (digit or 1) * value
            digit = 0
        elif total and value > total:  # 三万亿
            total = (total + part + section + digit) * value
            part = section = digit = 0
        else:
            # A smaller scale before this one belongs to it (一千万亿), a larger one does not.
            part += (section + digit or (0 if part else 1)) * value
            total, part = total + part, 0
            section = digit = 0
    return total + part + section + digit
