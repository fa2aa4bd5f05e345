r"""Read numbers in digits of any script as exact values; the project's only reader.

18 = 18.0 = 18,00 = １８ = ١٨ = १८, and not -18. `plain` converts a text to one script, character by
character; `find_digits` reads its output. How a mark is read depends on the language's
`NumberStyle`; if a number could be read in two ways, the first of these rules that applies decides:

1. A mark that occurs twice or more between groups of three separates groups, in every language:
   `1.234.567`, `1,234,567`; so do the groups of two of `1,14,200`. Of two different marks the last
   is decimal: `1.234,5` and `1,234.5` are the same number anywhere. An apostrophe only separates
   groups: `1'234`.
2. A mark of `group_marks` followed by exactly three digits, after one to three digits that do
   not begin with 0, separates groups: `1.234` is 1234 in es, fr and ru; `1 234` too.
3. So does a comma followed by exactly three digits, even if the comma is the decimal mark: models
   write `2,125` in Spanish, French and Russian for 2125 far more often than for two and an eighth.
   `0,125` and `12,5` are decimal everywhere.
4. Every other single mark is the decimal mark: `18.00` is 18 in es, `18,00` is 18 in en, and
   `1.234` is decimal in en and zh, where the full stop never separates groups.

Any other comma separates two numbers. Digits that fit none of these rules (`12.05.2020`, `1.2.3`)
are separate integers. Scale words after digits multiply them (`5 million`, `3万`, `5 mil millones`,
`3万5千`), in Swahili those before (`elfu 5`), and so do `k` and `M` ($70k) and powers of ten (`4 ×
10^3`, `4e3`). Percent, currency, unit and the power of a unit are
left out: `18 %`, `$18`, `18 m^2` are 18. A minus is a sign only if nothing before it can be
subtracted from: `20-18`, `5–18` have no negative number, `- 18` at the start of a line is a list
item. The word "minus" is a sign only at the start of a clause or after a verb such as "is": "the
eggs minus 3" subtracts.
"""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final, NamedTuple

from ultralink_data.text.number_style import ANY, LETTER, SPACES, NumberStyle
from ultralink_data.text.scaling import power_after, scaling_after
from ultralink_data.text.signs import sign_start

MAX_DIGITS: Final = 1000
"""A longer run of digits is not a number: a model repeats itself, and converting it is slow."""

GROUP: Final = "\u2063"
"""A mark that can only separate groups."""

_DECIMAL: Final = "\u2064"  # a mark that can only be the decimal one
_APOSTROPHES: Final = "'\u2019"
_FIRST: Final = re.compile(rf"[\d.{_DECIMAL}](?:(?<=\d)|(?=\d))")
"""Where a number may start: a digit, or a mark right before one."""
_TIMES: Final = frozenset("×x*·⋅")
_SCALING: Final = frozenset("kKmMbBtT^⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹") | _TIMES
"""First characters of what `scaling_after` reads; only a power of ten follows those of `_TIMES`."""
_EXPONENTS: Final = frozenset("eE")
"""Marks of a power of ten right behind digits: `4e3`."""
_ZERO: Final = "\u96f6"
"""Chinese says it where a place is empty: 2 ten thousands, zero, 5 hundreds."""
_UNIT_POWER: Final = re.compile(r"[^\W\d_]\^\{?$")


class DigitNumber(NamedTuple):
    """A number in a text: its value and position.

    `start` is the position of its sign, `first` of its first digit; it ends after a scale word.
    `decimals` is the number of digits after its decimal mark, `scale` its last scale, 1 without.
    """

    value: Fraction
    start: int
    end: int
    first: int
    decimals: int
    scale: int = 1


class _Plain(dict[int, str]):
    """A table for `str.translate` that fills itself."""

    def __missing__(self, code: int) -> str:
        self[code] = _ascii(chr(code))
        return self[code]


_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """`text` with ASCII digits and marks, character by character.

    The full-width comma, a full stop between clauses in Chinese, becomes a comma only between
    full-width digits.
    """
    if text.isascii():
        return text
    if "，" in text:
        text = re.sub(r"(?<=[０-９])，(?=[０-９]{3})", ",", text)
    return text.translate(_PLAIN)


def _ascii(char: str) -> str:
    """The ASCII form of a character: digits of any script, full-width forms, Arabic marks."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if "\uff01" <= char <= "\uff5e" and char != "，":
        return chr(ord(char) - 0xFEE0)
    if "\u0660" <= char <= "\u06ff":
        return {"\u066a": "%", "\u066b": _DECIMAL, "\u066c": GROUP}.get(char, char)
    # Full-width currency signs; other marks stay unchanged.
    return {"￥": "¥", "￡": "£", "＄": "$", "\u2044": "/"}.get(char, char)


def find_digits(text: str, style: NumberStyle, *, fractions: bool) -> list[DigitNumber]:
    """The numbers in digits of a text from `plain`, in order.

    With `fractions`, two integers with a slash are one number (`1/2`, `2 1/2`); without, they stay
    two, as a translation may write each in another form.
    """
    found: list[DigitNumber] = []
    open_scale = end = 0
    for match in _matches(text, _pattern(style, fractions)):
        at = match.start()
        if at < end:  # within a power of ten
            continue
        read = _read_digits(text, match, style)
        if read is None:
            continue
        value, decimals, end, last = read
        zero = bool(open_scale) and style.short_tails and text[found[-1].end : at] == _ZERO
        adjacent = bool(open_scale) and (zero or found[-1].end == at)
        goes_on = adjacent and (
            value * 10 < open_scale if zero else _goes_on(match, last, open_scale, style)
        )
        if goes_on:
            before = found.pop()
            short = style.short_tails and not zero and last == 1
            if short and len(match[0]) == 1 < open_scale // 10:
                value *= Fraction(open_scale, 10)
            value = before.value + (value if before.value >= 0 else -value)
            start, first, decimals = before.start, before.first, before.decimals
        else:
            sign = sign_start(text, at, style)
            value = value if sign is None else -value
            start, first = at if sign is None else sign, at
        found.append(DigitNumber(value, start, end, first, decimals, last))
        open_scale = last if last > 1 else 0
    return _scaled_before(text, found, style) if style.leading else found


def _read_digits(
    text: str, match: re.Match[str], style: NumberStyle
) -> tuple[Fraction, int, int, int] | None:
    """Value without sign, decimals, end and last scale of digits; None if they are no number."""
    value, decimals = _value(match)
    at = match.start()
    if value is None:
        return None
    if at and text[at - 1] in "^{" and _UNIT_POWER.search(text, max(at - 3, 0), at):
        return None
    end, last = match.end(), 1
    if match["scales"]:
        for scale in _factors(match["scales"], style):
            value, last = value * scale, scale
    else:
        mark = text[end : end + 1]
        if mark in _EXPONENTS:
            factor, end = power_after(text, at, end)
            value *= factor
        mark = text[end + 1 : end + 2] if mark == " " else mark
        if mark in _SCALING and _may_scale(text, mark, end, match["integer"]):
            factor, end = scaling_after(text, at, end, whole=match["integer"])
            value *= factor
    return value, decimals, end, last


def rendered_digits(text: str) -> list[str]:
    """`render` of what `find_digits` finds in the style of any language, without signs.

    Whole numbers without marks, which most are, are read several times as fast.
    """
    found: list[str] = []
    plain_whole, pattern = _plain_whole(), _pattern(ANY, fractions=False)
    end = 0
    start = _FIRST.search(text)
    while start is not None:
        at = start.start()
        whole = plain_whole.match(text, at)
        if whole is not None and at >= end:
            found.append(whole[0].lstrip("0") or "0")
            start = _FIRST.search(text, whole.end())
            continue
        match = pattern.match(text, at)
        read = _read_digits(text, match, ANY) if match is not None and at >= end else None
        if read is not None:
            found.append(render(abs(read[0])))
            end = read[2]
        start = _FIRST.search(text, start.end() if match is None else match.end())
    return found


@cache
def _plain_whole() -> re.Pattern[str]:
    """Digits without anything around them that could be read with them."""
    marks = re.escape("".join((ANY.group_marks, ANY.decimal_mark, _APOSTROPHES, GROUP, _DECIMAL)))
    scaling = re.escape("".join((*(_SCALING - _TIMES), *_EXPONENTS)))
    power = rf"(?:(?<=10)|(?=[\s\S]{{0,3}}10))[ ]?[{re.escape(''.join(_TIMES))}]"
    return re.compile(rf"(?<![\d^{{])\d{{1,9}}(?!\d|[{marks}]\d|[ ]?[{scaling}]|{power})")


def _may_scale(text: str, mark: str, end: int, whole: str | None) -> bool:
    """Whether a mark may scale the digits; one for "times" does with a power of ten only."""
    return mark not in _TIMES or whole == "10" or "10" in text[end : end + 5]


def _scaled_before(text: str, found: list[DigitNumber], style: NumberStyle) -> list[DigitNumber]:
    """The numbers with the scale words right before them: `elfu 5 na mia 3` is 5300.

    Digits as large as the scale are a number of their own.
    """
    factors = dict(style.leading)
    before = _before_digits(style)
    scaled: list[DigitNumber] = []
    room = 0  # the scale of the number before, which a smaller one may go on
    for number in found:
        end = scaled[-1].end if scaled else 0
        match = before.search(text, end, number.first) if number.start == number.first else None
        factor = factors[match["scale"].casefold()] if match else 1
        if match is None or not 0 < number.value < factor:
            scaled.append(number)
            room = 0
            continue
        value, start = number.value * factor, match.start("scale")
        if factor < room and match["joint"] is not None and match.start() == end:
            last = scaled.pop()
            value, start = last.value + value, last.start
        scaled.append(number._replace(value=value, start=start, first=start))
        room = factor
    return scaled


@cache
def _before_digits(style: NumberStyle) -> re.Pattern[str]:
    """What finds a scale word right before digits, and what may join it to a number before."""
    words = "|".join(re.escape(form) for form, _ in style.leading)
    joiners = "|".join(map(re.escape, style.joiners))
    space = f"[{SPACES}]"
    joint = rf"(?P<joint>{space}(?:(?:{joiners}){space})?)?"
    return re.compile(rf"{joint}(?<!{LETTER})(?P<scale>{words}){space}\Z", re.IGNORECASE)


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """`pattern.finditer(text)`, four times as fast: it is tried only where a number may start."""
    start = _FIRST.search(text)
    while start is not None:
        match = pattern.match(text, start.start())
        if match is not None:
            yield match
        start = _FIRST.search(text, start.end() if match is None else match.end())


def _goes_on(match: re.Match[str], scale: int, before: int, style: NumberStyle) -> bool:
    """Whether digits right after a scale belong to it: `3万5千`, `1万2345`, in Chinese `3万5`."""
    if scale > 1:
        return scale < before
    integer = match["integer"]
    if style.short_tails and integer and len(integer) == 1:
        return integer != "0" and before >= 100
    return integer is not None and 10 ** len(integer) == before


def render(value: Fraction) -> str:
    """`value` as plain text: `18`, `-0.5`, or `1/3` if decimals would not end."""
    if value.denominator == 1:
        return str(value.numerator)
    power, rest = 0, value.denominator
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        power = max(power, count)
    if rest != 1 or power > 12:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**power // value.denominator).rjust(power + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-power]}.{digits[-power:]}"


@cache
def _pattern(style: NumberStyle, fractions: bool) -> re.Pattern[str]:
    spaces = SPACES if " " in style.group_marks else ""
    marks = set(style.group_marks + spaces + "," + GROUP + _APOSTROPHES)
    groups = re.escape("".join(sorted(marks)))
    # A comma as decimal mark in languages with a decimal point: at most two digits, "18,00".
    decimals = rf"(?:[{style.decimal_mark}.{_DECIMAL}]\d+|,\d{{1,2}})"
    slashed = r"""
        |   (?P<mixed>\d{1,9})[ ](?P<above>\d{1,9})/(?P<below>[1-9]\d{0,8})(?![\d/])
        |   (?<![\d/.,])(?P<numerator>\d{1,9})\s?/\s?(?P<denominator>[1-9]\d{0,8})
            (?![\d/])(?![.,]\d)"""
    scale = _scale_pattern(style)
    firsts = re.escape("".join(sorted({form[0] for form, _ in style.scales})))
    return re.compile(
        rf"""
        (?<!\d)
        (?: (?<!\d[.,])
            (?P<grouped> [1-9]\d?(?:,\d\d)+,\d{{3}}
                | [1-9]\d{{0,2}}\.\d{{3}}(?:\.\d{{3}})+
                | [1-9]\d{{0,2}}\.\d{{3}}(?=,\d{{1,2}}(?![\d,]))
                | [1-9]\d{{0,2}}(?P<mark>[{groups}])\d{{3}}(?:(?P=mark)\d{{3}})* )
            (?!\d) (?:(?![,.]\d{{3}}[,.]\d)(?P<rest>(?!(?P=mark))[.,{_DECIMAL}]\d+))?
        {slashed if fractions else ""}
        |   (?<!\d[.,])(?P<decimal>\d+{decimals}|0,\d+)(?!\d)(?![.,]\d)
        |   (?<![\w.,])(?P<bare>[.{_DECIMAL}]\d+)(?![\d.]|,\d)
        |   (?P<integer>\d+)
        )
        (?P<scales> {f"(?i:[{SPACES}]?(?=[{firsts}])(?:{scale}))*" if scale else ""} )
        """,
        re.VERBOSE,
    )


def _scale_pattern(style: NumberStyle) -> str:
    """A regex for one scale word; "" if the style has none."""
    forms = sorted((form for form, _ in style.scales), key=len, reverse=True)
    idioms = "|".join(map(re.escape, style.idioms))
    free = rf"(?!{idioms})" if idioms else ""
    bound = f"(?!{LETTER})"
    # The longest first: करोड़ before करोड, its spelling without the dot.
    return "|".join(
        re.escape(form) + bound if re.fullmatch(LETTER, form[-1]) else free + re.escape(form)
        for form in forms
    )


def _factors(found: str, style: NumberStyle) -> list[int]:
    """The factors of the scale words after digits."""
    words = dict(style.scales)
    forms = re.findall(_scale_pattern(style), found, re.VERBOSE | re.IGNORECASE)
    return [words[form.casefold()] for form in forms]


@lru_cache(maxsize=10_000)
def _whole_number(digits: str) -> Fraction:
    """The number of plain digits; small ones come again and again."""
    return Fraction(int(digits))


def _value(match: re.Match[str]) -> tuple[Fraction | None, int]:
    """The value of a match without sign and scale, and its decimals; None if not a number."""
    if len(match[0]) > MAX_DIGITS:
        return None, 0
    if match["integer"]:
        return _whole_number(match["integer"]), 0
    parts = match.groupdict()
    if parts.get("numerator"):
        return Fraction(int(parts["numerator"]), int(parts["denominator"])), 0
    if parts.get("mixed"):
        return int(parts["mixed"]) + Fraction(int(parts["above"]), int(parts["below"])), 0
    whole, _, decimals = _plain_digits(parts).partition(".")
    return Fraction(int(whole + decimals), 10 ** len(decimals)), len(decimals)


def _plain_digits(parts: dict[str, str | None]) -> str:
    """The digits of a grouped or decimal number, with a full stop as the only mark."""
    if parts["grouped"]:
        rest = parts["rest"] or ""
        return re.sub(r"\D", "", parts["grouped"]) + (f".{rest[1:]}" if rest else "")
    text = parts["decimal"] or parts["bare"] or ""
    return re.sub(rf"[,{_DECIMAL}]", ".", text)
