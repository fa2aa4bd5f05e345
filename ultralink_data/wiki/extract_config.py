"""Which articles of a dump are taken: the settings of `data extract`."""

from typing import Literal, TypeAlias

import msgspec

Gaps: TypeAlias = Literal["drop", "mark"]


class ExtractConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of an article's length in tokens by estimate, upstream's by default; its gaps.

    Raises:
        ValueError: bounds out of order.
    """

    min_tokens: int = 1000
    """Shortest article, in estimated tokens."""
    max_tokens: int = 10_000
    """Longest article, in estimated tokens."""
    gaps: Gaps = "drop"
    """Where a template that no table knows stood in a sentence: drop that sentence, or mark the
    gap with [...]."""

    def __post_init__(self) -> None:
        """Check that the bounds are in order."""
        if not 0 <= self.min_tokens <= self.max_tokens:
            raise ValueError(
                f"min_tokens must be from 0 to max_tokens, got {self.min_tokens} and "
                f"{self.max_tokens}"
            )
