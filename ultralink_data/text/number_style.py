"""How a language writes numbers in digits, as the readers of digits and signs need it."""

from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Final

import msgspec

from ultralink_data import languages
from ultralink_data.languages.number_sections import NumberWords

SPACES: Final = (
    " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
)
BOX_OPEN: Final = "\u27e6"
BOX_CLOSE: Final = "\u27e7"
"""Characters around an answer that was boxed in LaTeX; a sign may come before the opening one."""

CURRENCY_SIGNS: Final = "$€£¥₽₹₩฿"
LETTER: Final = r"(?-i:[^\W\d_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff])"
"""A letter of a script that writes spaces between words.

It keeps its case: with `re.IGNORECASE` each of the 27,000 Han characters would be looked up in both
cases while a pattern is compiled, which took a quarter of the start of `data check`.
"""

_EVERYWHERE: Final = ("en", "zh")
"""Languages whose scale and minus words are read in all languages, as models mix them in."""


class NumberStyle(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """How a language writes numbers in digits: see `ultralink_data.languages.sections.NumberWords`.

    Made once per language and compared by identity. `scales` are words and their factors,
    `leading` those that come before the digits; `joiners` may separate two numbers with a scale.
    `minus` are words for the sign, with their last letters in `minus_ends`, and `equals` words
    after which it is a sign (regular expressions of whole words). Nothing in `idioms` is a number.
    A plain space in `group_marks` means any; `short_tails` is of the language itself.
    """

    decimal_mark: str
    group_marks: str
    scales: tuple[tuple[str, int], ...] = ()
    leading: tuple[tuple[str, int], ...] = ()
    joiners: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    minus_ends: frozenset[str] = frozenset()
    equals: tuple[str, ...] = ()
    idioms: tuple[str, ...] = ()
    short_tails: bool = False


ANY: Final = NumberStyle(decimal_mark=".", group_marks=".,\u00a0\u2009\u202f")
"""A style for any language: a mark before exactly three digits separates groups; no words."""


@cache
def style_of(code: str) -> NumberStyle:
    """The style of the language with this code.

    Raises:
        ConfigError: an unknown language.
    """
    sections = [languages.get(known).numbers for known in dict.fromkeys((code, *_EVERYWHERE))]
    own = sections[0]
    scales: dict[str, int] = {}
    for section in sections:
        for form, value in section.values.items():
            if value in section.scales:
                scales.setdefault(form, int(value))
    return NumberStyle(
        decimal_mark=own.decimal_mark,
        group_marks=own.group_marks,
        scales=tuple(scales.items()),
        leading=tuple((w, int(v)) for w, v in own.values.items() if own.scale_first and v >= 100),
        joiners=own.joiners,
        minus_ends=frozenset(word[-1] for s in sections for word in s.minus),
        minus=tuple(chain.from_iterable(_whole(s, s.minus, r"\s") for s in sections)),
        equals=tuple(chain.from_iterable(_whole(s, s.equals, "") for s in sections)),
        short_tails=own.short_tails,
        idioms=tuple(chain.from_iterable(s.idioms for s in sections)),
    )


def _whole(section: NumberWords, words: Iterable[str], closing: str) -> list[str]:
    """Regular expressions that match whole words; without spaces in the language, any position."""
    if section.characters:
        return [*words]
    return [rf"(?<!{LETTER})(?:{word})(?!{LETTER}){closing}" for word in words]
