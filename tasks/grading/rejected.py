"""Lines of a saved file that cannot be graded: named and kept apart, the rest goes on."""

from collections.abc import Sequence

import msgspec


class RejectedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line that cannot be graded, and why; `text` is what stands there."""

    line: int
    reason: str
    text: str


def rejected_lines(rejected: Sequence[RejectedLine]) -> bytes:
    """The file of what could not be graded."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rejected)
