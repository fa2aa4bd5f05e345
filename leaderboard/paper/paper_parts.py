"""What a paper consists of: sections of tables and figures, and what could not be made."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from leaderboard.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class PaperOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the tables.

    `intervals`: 95 % intervals beside the numbers; `verdicts`: the columns of verdicts;
    `footnotes`: of each number n, protocol, date, commit and fingerprints. Caveats always stand.
    """

    intervals: bool = True
    verdicts: bool = True
    footnotes: bool = True


class PaperTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table and the name of its files, which is safe as one."""

    name: str
    table: Table


class PaperFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure: the name of its files, what stands below it, and what draws it."""

    name: str
    caption: str
    draw: "Callable[[], Figure]"


class PaperSection(msgspec.Struct, frozen=True, kw_only=True):
    """A heading with its text and parts; `missing` says what the store lacks for more."""

    title: str
    text: str = ""
    parts: tuple[PaperTable | PaperFigure, ...] = ()
    missing: tuple[str, ...] = ()
    detail: bool = False


class FileNames:
    """FileNames for files: letters, digits and hyphens of a text from outside, each given once."""

    def __init__(self) -> None:
        """No name is taken."""
        self._taken: set[str] = set()

    def __call__(self, *texts: str) -> str:
        """A name from `texts`, with a number where it is taken."""
        words = re.findall(r"[a-z0-9]+", " ".join(texts).lower().replace("_", "-"))
        stem = "-".join(words)[:64].strip("-") or "part"
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name)
        return name
