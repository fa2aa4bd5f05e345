"""Units of measure and currency in a language's words, for checks of translations.

Each unit belongs to a dimension; within one, a translation may not pass from one unit to another.
The words are in the language files; signs and abbreviations of all languages are here. English
words count in every language.
"""

import re
from functools import cache

from ultralink_data import languages
from ultralink_data.text.units import UNSPACED

PERCENT = "percent"

_LONE_S = r"(?<=\s)(?-i:s)(?!['’])"
"""An s behind a space: `the 1990s` has no seconds. It counts only right at a number."""

_SIGNS = {
    PERCENT: r"[%٪％]",
    "dollar": r"\$|＄|USD",
    "cent": r"¢",
    "euro": r"€|EUR",
    "pound": r"£|GBP",
    "yen": r"¥|￥|JPY|CNY",
    "rupee": r"₹|INR",
    "kilometre": r"km",
    "metre": r"m",
    "centimetre": r"cm",
    "millimetre": r"mm",
    "mile": r"mi",
    "foot": r"ft",
    "inch": r"",
    "yard": r"yds?",
    "kilogram": r"kgs?",
    "gram": r"g",
    "pound (weight)": r"lbs?",
    "ounce": r"oz",
    "ton": r"",
    "litre": r"l",
    "millilitre": r"ml",
    "gallon": r"gal",
    "Celsius": r"°C",
    "Fahrenheit": r"°F",
    "hour": r"h",
    "minute": r"min",
    "second": _LONE_S,
}

_SHORT = 3
"""Letters up to which a word of Latin or Cyrillic script counts only right at a number."""

_UNSPACED = re.compile(f"[{UNSPACED}]")
"""In these scripts no border of a word is to be seen."""


@cache
def at_number(unit: str, language: str) -> re.Pattern[str]:
    """What finds a unit right after a number (at the start of the text behind it)."""
    return re.compile(rf"[\s\u00a0-]?(?:{_bounded(_words(unit, language))})", re.IGNORECASE)


@cache
def before_number(unit: str, language: str) -> re.Pattern[str]:
    """What finds a currency or percent right before a number (at the end of the text)."""
    words = "|".join(_words(unit, language))
    return re.compile(rf"(?:{words})[\s\u00a0]?[-−]?\Z", re.IGNORECASE)


@cache
def anywhere(unit: str, language: str) -> re.Pattern[str]:
    """What finds the signs and the longer words of a unit anywhere in a text."""
    words = _words(unit, language)
    long = [word for word in words if len(word) > _SHORT or not word.isalpha()]
    long += [word for word in words if word not in long and ord(word[0]) > 0x4FF]
    bounded = _bounded([word for word in long if word != _LONE_S])
    return re.compile(bounded or r"(?!)", re.IGNORECASE)


def _words(unit: str, language: str) -> list[str]:
    own = [languages.get(code).units[unit] for code in dict.fromkeys((language, "en"))]
    words = "|".join(filter(None, (_SIGNS[unit], *own))).split("|")
    return list(dict.fromkeys(words))


def _bounded(words: list[str]) -> str:
    """Words that end where letters end; Chinese has no such border."""
    parts = []
    for word in words:
        free = _UNSPACED.search(word) or not re.search(r"\w", word)
        if len(word) == 1 and word.isascii() and word != "l":
            word = f"(?-i:{word})"  # 5M is no metre, 5G no gram
        parts.append(word if free else rf"(?<![^\W\d_]){word}(?![^\W\d_])")
    return "|".join(parts)
