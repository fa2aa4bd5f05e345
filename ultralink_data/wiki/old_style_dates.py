"""Russian dates in both calendars: the Julian day first, the Gregorian one in brackets.

`{{СС|25|июля|1826|13}}` is `13 (25) июля 1826`: day, month and year of the new style, then those of
the old one as far as they differ. Month and day may share an argument; with the order of the
English template, `{{OldStyleDate|24 января|1880|12}}`, the third argument is the old date.
"""

import re
from typing import NamedTuple

from ultralink_data.wiki.language_names import MONTHS
from ultralink_data.wiki.template_arguments import UNKNOWN, Arguments

_DAY_AND_MONTH = re.compile(r"(\d{1,2}) +(\D+)")
_YEAR = re.compile(r"-?\d{3,}\b.*")


class _Date(NamedTuple):
    day: str
    month: str
    year: str

    def said(self) -> str:
        return " ".join(filter(None, self))


def old_style(arguments: Arguments, language: str) -> str:
    """The date as the page shows it; `UNKNOWN` where an argument is unknown or the day missing."""
    given = [arguments.get(str(n)) for n in range(1, 7)]
    if not given[0] or arguments.has_others(frozenset(("wd", "wm", "wy", "wdm", "link"))):
        return UNKNOWN if arguments.any() or arguments.none() else ""
    if given[2] and not any(given[3:]) and _YEAR.fullmatch(given[1]):
        given = [given[0], "", given[1], given[2], "", ""]
    new, old = _date(given[:3], language), _date(given[3:], language)
    if not old.day:
        return new.said()
    if old.year and old.year != new.year:
        return f"{old.said()} ({new.said()})"
    if old.month and old.month != new.month:
        return f"{old.day} {old.month} ({new.day} {new.month}) {new.year}".rstrip()
    return " ".join(filter(None, (f"{old.day} ({new.day})", new.month, new.year)))


def _date(given: list[str], language: str) -> _Date:
    day, month, year = given
    both = _DAY_AND_MONTH.fullmatch(day)
    if both is not None and not month:
        day, month = both.groups()
    months = MONTHS.get(language, "").split()
    if month.isdecimal() and 0 < int(month) <= len(months):
        month = months[int(month) - 1]
    return _Date(day, month, year)
