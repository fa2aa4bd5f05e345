"""The columns of a printed table: which hold numbers, of which form, and how wide they are."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from leaderboard.table import Cell, Column, Table
from leaderboard.visible_text import visible

LINE_WIDTH: Final = 470.0
"""Points that a table may take; a page of `paper.tex` has 483."""
CHARACTER: Final = 4.25
"""Points of a character at `footnotesize`, rather too many than too few."""
_GAP: Final = 8.0
_NARROW: Final = 12
"""Characters that a column of text keeps, however many columns there are."""

_PIECE: Final = re.compile(
    r"(?P<before>[!<>~]? ?)(?P<number>[-+]?[0-9][0-9,]*(?:\.[0-9]+)?)(?P<unit> ?(?:%|pt))?"
    r"(?P<rest>(?: ?[†‡~]| \[[^\]]*\].*| [^\d]*)?)"
)
"""A number with what stands before and after it: a mark, its unit, its interval or a word.

Digits of other scripts are text: siunitx knows none of them.
"""

_LONGEST: Final = 60
"""Characters of a cell with a number; TeX can measure no line of many thousand."""

_MARKS: Final = ("†", "‡", "~")


class NumberPiece(NamedTuple):
    """A number of a cell, and the texts around it; `beside` is an interval or a word."""

    before: str
    number: str
    unit: str
    beside: str


class PrintColumn(NamedTuple):
    """How a column is set.

    `number`: in a column of siunitx, of the form `digits` (sign, digits before and after the
    point), with grouped thousands if `grouped`; `beside`: a column of text stands after it, or
    if `stacked` a line below.
    Otherwise text, on the `right` or broken at `width` points where that is not None.
    """

    number: bool
    digits: str = ""
    grouped: bool = False
    before: str = ""
    after: str = ""
    beside: bool = False
    stacked: bool = False
    right: bool = False
    width: float | None = None


def number_piece(text: str) -> NumberPiece | None:
    """The number of a cell's text, None if it is no number with at most an interval or a word."""
    found = _PIECE.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    rest = found["rest"].strip()
    # A mark behind an interval belongs to the number.
    beside, mark = (rest, "") if rest[-1:] not in _MARKS else (rest[:-1].strip(), f" {rest[-1]}")
    unit = f"{found['unit'] or ''}{mark}"
    return NumberPiece(found["before"].strip(), found["number"], unit, beside)


def print_columns(table: Table) -> list[PrintColumn]:
    """How every column is set; texts are broken where the table would be too wide."""
    shown = [[row.cells[place] for row in table.rows] for place in range(len(table.columns))]
    found = [
        (_number_column(column, cells) if place else None)
        or PrintColumn(number=False, right=column.align == "right")
        for place, (column, cells) in enumerate(zip(table.columns, shown, strict=True))
    ]
    wide = [
        _natural(column, one, cells)
        for column, one, cells in zip(table.columns, found, shown, strict=True)
    ]
    room = LINE_WIDTH - _GAP * len(wide)
    if sum(wide) > room and _stackable(found):
        found = [one._replace(stacked=one.beside) for one in found]
        wide = [
            _natural(column, one, cells)
            for column, one, cells in zip(table.columns, found, shown, strict=True)
        ]
    if sum(wide) <= room:
        return found
    texts = [n for n, one in enumerate(found) if not one.number and not one.right]
    least = _NARROW * CHARACTER
    rest = room - sum(w for n, w in enumerate(wide) if n not in texts)
    cap = _cap([wide[n] for n in texts], max(rest, least * len(texts)))
    return [
        one._replace(width=max(cap, least)) if n in texts and wide[n] > max(cap, least) else one
        for n, one in enumerate(found)
    ]


def _stackable(columns: Sequence[PrintColumn]) -> bool:
    """Whether there are so many intervals that they are better below their numbers."""
    return sum(one.beside for one in columns) >= 3


def broken(name: str, most: int) -> list[str]:
    """A heading on one line or two, of which the longer is as short as can be."""
    words = name.split(" ")
    if len(name) <= most or len(words) < 2:
        return [name]
    places = range(1, len(words))
    at = min(places, key=lambda n: max(len(" ".join(words[:n])), len(" ".join(words[n:]))))
    return [" ".join(words[:at]), " ".join(words[at:])]


def _cap(wide: Sequence[float], room: float) -> float:
    """The width at which columns are cut so that together they take `room`."""
    left, count = room, len(wide)
    for one in sorted(wide):
        if one * count > left:
            return left / count
        left -= one
        count -= 1
    return max(wide, default=0.0)


def _number_column(column: Column, cells: Sequence[Cell]) -> PrintColumn | None:
    """How a column of numbers is set, None for texts; names that begin with a number are texts."""
    texts = [cell.text for cell in cells if cell.text and not cell.repeat]
    pieces = [number_piece(text) for text in texts]
    numbers = [piece for piece in pieces if piece is not None]
    strange = (
        piece is None and re.search(r"\d", text) for piece, text in zip(pieces, texts, strict=True)
    )
    if not numbers or any(strange) or any(cell.heat is not None for cell in cells):
        return None
    if column.align == "left" and any(piece.beside for piece in numbers):
        return None
    whole = [re.sub(r"[-+,]", "", piece.number).partition(".") for piece in numbers]
    sign = "+" if any(piece.number[0] in "+-" for piece in numbers) else ""
    digits = max(len(one[0]) for one in whole)
    decimals = max(len(one[2]) for one in whole)
    return PrintColumn(
        number=True,
        digits=f"{sign}{digits}.{decimals}",
        grouped=any("," in piece.number for piece in numbers),
        before=max((piece.before for piece in numbers), key=len),
        after=max((piece.unit for piece in numbers), key=len),
        beside=any(piece.beside for piece in numbers),
    )


def _natural(column: Column, one: PrintColumn, cells: Sequence[Cell]) -> float:
    """Points that a column takes where nothing is broken but headings of numbers."""
    texts = [_shown(cell.text, one) for cell in cells if not cell.repeat]
    longest = max(map(len, texts), default=0)
    heading = max(map(len, broken(column.name, longest if one.number else len(column.name))))
    return CHARACTER * max(longest, heading)


def _shown(text: str, one: PrintColumn) -> str:
    """Of a cell's text what decides the width of its column."""
    piece = number_piece(text) if one.stacked else None
    if piece is None:
        return visible(text)
    return max(f"{piece.before} {piece.number}{piece.unit}", piece.beside[1:], key=len)
