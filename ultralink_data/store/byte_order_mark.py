"""Text files that begin with a byte order mark, as some editors and Excel write them.

The mark is no part of the text: with it the first line would be no JSON, and the first word of a
table another one. Every reader of text that a user gives takes it off here.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

MARK = b"\xef\xbb\xbf"


def without_mark(data: bytes) -> bytes:
    """The bytes of a file, or of its first line, without the mark."""
    return data.removeprefix(MARK)


def unmarked(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file, the first without the mark."""
    rest = iter(lines)
    first = next(rest, None)
    return iter(()) if first is None else chain((without_mark(first),), rest)
