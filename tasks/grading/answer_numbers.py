r"""Numbers in model output, as exact values: 18 = 18.0 = 18,00 = １８, and not -18.

`normalise` puts a text into one script (ASCII digits, no LaTeX), `find_numbers` reads the
numbers of a normalised text as `Fraction`. How a mark is read depends on the language's
`NumberStyle`; where a number could be read in two ways this rule holds, in this order:

1. A mark that occurs twice or more between groups of three separates groups, in every
   language: `1.234.567`, `1,234,567`; so do the groups of two of `1,14,200`. Of two different
   marks the last is decimal: `1.234,5` and `1,234.5` are the same number anywhere. An
   apostrophe separates groups and nothing else: `1'234`.
2. A mark of `group_marks` followed by exactly three digits, after one to three digits that do
   not begin with 0, separates groups: `1.234` is 1234 in es, fr and ru; `1 234` too.
3. So does a comma followed by exactly three digits, also where the comma is the decimal mark:
   models write `2,125` in Spanish, French and Russian for 2125 far more often than for two and
   an eighth. `0,125` and `12,5` stay decimal.
4. Every other single mark is the decimal mark: `18.00` is 18 in es, `18,00` is 18 in en, and
   `1.234` is decimal in en and zh, where the full stop never separates groups.

A comma without this shape separates two numbers. A slash makes a fraction of two integers,
`2 1/2` a mixed number. Percent, currency and unit are left out: `18 %`, `$18` and `18 m^2` are
18. A minus is a sign only where nothing stands before it that it could subtract from: `20-18` and
`5–18` hold no negative number, `- 18` at the start of a line is a list item. The word "minus" is
a sign only at the start of a clause or after a verb such as "is": "the eggs minus 3" subtracts.
"""

import re
import unicodedata
from fractions import Fraction
from functools import cache
from typing import Final

import msgspec

from ultralink_data.languages.sections import MgsmTexts

BOX_OPEN: Final = "\u27e6"
BOX_CLOSE: Final = "\u27e7"
MAX_DIGITS: Final = 1000
"""A longer run of digits is no number: a model that repeats itself, and slow to convert."""

_GROUP: Final = "\u2063"  # a mark that can only separate groups
_DECIMAL: Final = "\u2064"  # a mark that can only be the decimal one
_SPACES: Final = (
    " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
)
_MINUS: Final = "-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_CURRENCY: Final = "$€£¥₽₹₩฿"
_APOSTROPHES: Final = "'\u2019"
# Chinese writes no spaces: a minus is a sign after these verbs, elsewhere it subtracts.
_COPULAS: Final = "是为為于於得即"
# Not the "at least" of "au moins 18", "al menos 18", "por lo menos 18".
_MINUS_WORD: Final = re.compile(
    r"(?:\b(?:minus|negative|минус)\s|(?<!\bal )(?<!\blo )(?<!\bo )\bmenos\s"
    rf"|(?<!\bau )(?<!\bdu )(?<!\bou )\bmoins\s|[负負])[{_CURRENCY}]?$",
    re.IGNORECASE,
)
_UNIT_POWER: Final = re.compile(r"[^\W\d_]\^\{?$")
_BEFORE_MINUS_WORD: Final = re.compile(
    r"(?:\A|[.,;:=(\n。，；：]|\b(?:is|be|was|are|equals|es|son|será|sería|est|sera|serait"
    rf"|равен|равна|равно|будет)|[{_COPULAS}])\W*$",
    re.IGNORECASE,
)
_SCALES: Final = (
    (r"[万萬]|ten thousand", 10_000),
    (r"[亿億]", 100_000_000),
    (r"thousands?|mil|mille|тыс\.?|тысяч[аи]?", 1_000),
    (r"million(?:e?s)?|mill[oó]n(?:es)?|млн\.?|миллион(?:а|ов)?", 1_000_000),
)


class NumberStyle(msgspec.Struct, frozen=True, kw_only=True):
    """How a language writes numbers: see `ultralink_data.languages.sections.Mgsm`.

    A plain space among `group_marks` stands for every kind of space.
    """

    decimal_mark: str
    group_marks: str

    @classmethod
    def of(cls, section: MgsmTexts) -> "NumberStyle":
        """The style of a language's MGSM section."""
        return cls(decimal_mark=section.decimal_mark, group_marks=section.group_marks)


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number of a normalised text: its value, and where it stands, sign included."""

    value: Fraction
    start: int
    end: int


def find_numbers(text: str, style: NumberStyle) -> list[Number]:
    """The numbers of a text that `normalise` gave, in order."""
    found: list[Number] = []
    for match in _pattern(style).finditer(text):
        value = _value(match)
        if value is None or _UNIT_POWER.search(text, max(match.start() - 3, 0), match.start()):
            continue
        start = _sign_start(text, match.start())
        value = value if start is None else -value
        first = match.start() if start is None else start
        found.append(Number(value=value, start=first, end=match.end()))
    return found


def parse_number(text: str, style: NumberStyle) -> Fraction | None:
    """The one number of `text` (not normalised), or None where it holds none or several."""
    numbers = find_numbers(normalise(text), style)
    return numbers[0].value if len(numbers) == 1 else None


def render(value: Fraction) -> str:
    """`value` as plain text: `18`, `-0.5`, or `1/3` where decimals would not end."""
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


def normalise(text: str) -> str:
    r"""`text` with ASCII digits and marks, without LaTeX and without bold marks.

    `\boxed{...}` becomes `BOX_OPEN ... BOX_CLOSE`. The full-width comma, a full stop between
    clauses in Chinese, becomes a comma only between full-width digits.
    """
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"(?<=[０-９])，(?=[０-９]{3})", ",", text)
    text = "".join(_ascii(char) for char in text)
    if "\\" in text or "{" in text:
        text = _strip_latex(text)
    text = re.sub(r"(?<=\d)\s?([¼½¾⅐-⅞])", lambda m: f" {_vulgar(m[1])}", text)
    text = re.sub(r"[¼½¾⅐-⅞]", lambda m: _vulgar(m[0]), text)
    # Bold marks, not the power of `9**2`.
    return re.sub(r"(?<![\d\s])\s*\*\*|\*\*(?!\s*\d)|(?:(?<=\s)|^)\*\*(?=\S)", _keep_space, text)


def _keep_space(match: re.Match[str]) -> str:
    return match[0].replace("**", "")


@cache
def _ascii(char: str) -> str:
    """One character in one script: digits of any script, full-width forms, Arabic marks."""
    if char < "\x80":
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if "\uff01" <= char <= "\uff5e" and char != "，":
        return chr(ord(char) - 0xFEE0)
    if "\u0660" <= char <= "\u06ff":
        return {"\u066a": "%", "\u066b": _DECIMAL, "\u066c": _GROUP}.get(char, char)
    # The full-width signs of currency; the other marks stay as they are.
    return {"￥": "¥", "￡": "£", "＄": "$", "\u2044": "/"}.get(char, char)


def _vulgar(char: str) -> str:
    return unicodedata.normalize("NFKC", char).replace("\u2044", "/")


def _strip_latex(text: str) -> str:
    """The LaTeX that models write around numbers, as plain text."""
    text = text.replace("{,}", ",").replace("{.}", ".")
    text = re.sub(r"(?<=\d)\\[,;:! ](?=\d{3}(?!\d))", _GROUP, text)
    text = re.sub(r"\\([$%#&_])", r"\1", text)
    text = re.sub(r"\\[,;:! ]", " ", text)
    integer = r"\s*\{?\s*(\d+)\s*\}?"
    text = re.sub(rf"(?<=\d)\s*\\[dt]?frac{integer}{integer}", r" \1/\2", text)
    text = re.sub(rf"\\[dt]?frac{integer}{integer}", r"\1/\2", text)
    text = re.sub(r"\\(?:text|textbf|mathrm|mathbf|mbox)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\(?:times|cdot)(?![a-z])", "*", text)
    text = re.sub(r"\\div(?![a-z])", "/", text)
    # A sum in braces has no inner braces left; a box that the limit cut off has no end.
    text = re.sub(r"\\(?:boxed|fbox)\s*\{([^{}]*)(\}?)", _box, text)
    return re.sub(r"\\[()\[\]]", " ", text)


def _box(match: re.Match[str]) -> str:
    return f"{BOX_OPEN}{match[1]}{BOX_CLOSE if match[2] else ''}"


@cache
def _pattern(style: NumberStyle) -> re.Pattern[str]:
    spaces = _SPACES if " " in style.group_marks else ""
    marks = set(style.group_marks + spaces + "," + _GROUP + _APOSTROPHES)
    groups = re.escape("".join(sorted(marks)))
    # A comma as a decimal mark where the full stop is one: at most two digits, "18,00".
    decimals = rf"(?:[{style.decimal_mark}.{_DECIMAL}]\d+|,\d{{1,2}})"
    scales = "|".join(f"(?P<scale{i}>{words})" for i, (words, _) in enumerate(_SCALES))
    return re.compile(
        rf"""
        (?<!\d)
        (?: (?<!\d[.,])
            (?P<grouped> [1-9]\d?(?:,\d\d)+,\d{{3}}
                | [1-9]\d{{0,2}}\.\d{{3}}(?:\.\d{{3}})+
                | [1-9]\d{{0,2}}\.\d{{3}}(?=,\d{{1,2}}(?![\d,]))
                | [1-9]\d{{0,2}}(?P<mark>[{groups}])\d{{3}}(?:(?P=mark)\d{{3}})* )
            (?!\d) (?:(?![,.]\d{{3}}[,.]\d)(?P<rest>(?!(?P=mark))[.,{_DECIMAL}]\d+))?
        |   (?P<mixed>\d{{1,9}})[ ](?P<above>\d{{1,9}})/(?P<below>[1-9]\d{{0,8}})(?![\d/])
        |   (?<![\d/.,])(?P<numerator>\d{{1,9}})\s?/\s?(?P<denominator>[1-9]\d{{0,8}})
            (?![\d/])(?![.,]\d)
        |   (?<!\d[.,])(?P<decimal>\d+{decimals})(?!\d)(?![.,]\d)
        |   (?<![\w.,])(?P<bare>[.{_DECIMAL}]\d+)(?![\d.])
        |   (?P<integer>\d+)
        )
        (?: [{_SPACES}]? (?:{scales}) (?![^\W\d_一-鿿]) )?
        """,
        re.VERBOSE | re.IGNORECASE,
    )


def _value(match: re.Match[str]) -> Fraction | None:
    """The value of a match without its sign; None for digits that are no number."""
    parts = match.groupdict()
    if len(match[0]) > MAX_DIGITS:
        return None
    if parts["numerator"]:
        value = Fraction(int(parts["numerator"]), int(parts["denominator"]))
    elif parts["mixed"]:
        value = int(parts["mixed"]) + Fraction(int(parts["above"]), int(parts["below"]))
    else:
        value = Fraction(_plain(parts))
    for index, (_, factor) in enumerate(_SCALES):
        if parts[f"scale{index}"]:
            value *= factor
    return value


def _plain(parts: dict[str, str | None]) -> str:
    """The digits of an integer or decimal with a full stop as the one mark."""
    if parts["grouped"]:
        rest = parts["rest"] or ""
        return re.sub(r"\D", "", parts["grouped"]) + (f".{rest[1:]}" if rest else "")
    text = parts["decimal"] or parts["bare"] or parts["integer"] or ""
    return re.sub(rf"[,{_DECIMAL}]", ".", text)


def _sign_start(text: str, start: int) -> int | None:
    """Where the minus sign of the number at `start` stands, or None where it has none."""
    at = start
    while at and text[at - 1] in _CURRENCY + BOX_OPEN:
        at -= 1
    spaced = at
    while at and text[at - 1] in _SPACES:
        at -= 1
    if not at or text[at - 1] not in _MINUS:
        return _word_sign_start(text, start)
    before = text[: at - 1]
    stripped = before.rstrip(_SPACES)
    if at < spaced:  # "- 18": a list item or a subtraction, unless it follows "=" or "("
        return at - 1 if stripped.endswith(("=", "(")) else None
    if before and (before[-1].isalnum() or before[-1] in ")]%" + _CURRENCY + BOX_CLOSE):
        # "$-18" has its sign between currency and digits; "5$-18" subtracts.
        owner = before.rstrip(_CURRENCY)
        signed = before[-1] in _CURRENCY and not owner[-1:].isdigit()
        return at - 1 if signed or before[-1] in _COPULAS else None
    return None if stripped[-1:].isdigit() else at - 1


def _word_sign_start(text: str, start: int) -> int | None:
    """Where the word "minus" before the number at `start` stands, None where it subtracts."""
    word = _MINUS_WORD.search(text, max(start - 16, 0), start)
    if word is None:
        return None
    subtracts = _BEFORE_MINUS_WORD.search(text, max(word.start() - 16, 0), word.start()) is None
    return None if subtracts else word.start()
