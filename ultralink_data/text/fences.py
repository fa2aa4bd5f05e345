"""Fenced code in a text: a line that begins with three backticks opens it, a bare one closes it.

Each such line is looked at once. A pattern for whole blocks would read from every line that opens
one to the end of the text, where none is closed.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

FENCE: Final = re.compile(r"^[ \t]*```([^\n]*)", re.MULTILINE)
"""A line that opens or closes a block; its group is what follows the mark."""


class Piece(NamedTuple):
    """A part of a text: a fenced block with both its lines, or what stands around blocks."""

    text: str
    fenced: bool


def pieces(text: str) -> Iterator[Piece]:
    """What is around closed blocks, and the blocks, by turns; the first and the last are around."""
    at, opened = 0, -1
    for line in FENCE.finditer(text):
        if opened < 0:
            opened = line.start()
        elif not line[1].strip(" \t"):
            yield Piece(text[at:opened], fenced=False)
            yield Piece(text[opened : line.end()], fenced=True)
            at, opened = line.end(), -1
    yield Piece(text[at:], fenced=False)
