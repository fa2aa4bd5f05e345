"""Lines of a saved file that cannot be graded: they are written apart and the rest is graded."""

from collections.abc import Sequence

import msgspec


class RejectedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line that cannot be graded, and why; `text` is the line."""

    line: int
    reason: str
    text: str


def rejected_lines(rejected: Sequence[RejectedLine]) -> bytes:
    """The content of the file of rejected lines."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rejected)
