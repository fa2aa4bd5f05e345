"""How much of the translated math and code is kept: the settings of `data prune`."""

from fractions import Fraction
from typing import Literal, TypeAlias

import msgspec

from ultralink_data.seeds import check_seed

By: TypeAlias = Literal["source", "similarity"]

Keep = int | Fraction | None
"""Rows kept per language and kind: a number, a fraction of what is there, or None for all."""


def parse_keep(text: str) -> Keep:
    """`"all"`, a fraction (`"1/8"`, at most 1) or a number of rows (`"2k"`, `"2000"`).

    The plain number 1 is the fraction 1/1: a ladder of one row is never meant.

    Raises:
        ValueError: none of these.
    """
    text = text.strip().lower()
    if text in ("all", "1"):
        return None
    try:
        if "/" in text:
            value = Fraction(text)
            if not 0 <= value <= 1:
                raise ValueError
            return value
        number = int(text[:-1]) * 1000 if text.endswith("k") else int(text)
        if number < 0:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise ValueError(
            f"keep must be a number of rows, a fraction up to 1, or `all`, got {text!r}"
        ) from None
    return number


class PruneConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Translated math and code rows kept in each language, drawn by seed.

    Raises:
        ValueError: a number of rows that `parse_keep` refuses.
    """

    keep: str = "all"
    """Rows to keep per language and kind: 2k, 1/8, all."""
    seed: int = 0
    """Seed of the draw."""

    def __post_init__(self) -> None:
        """Check `keep` and the seed."""
        check_seed(self.seed)
        parse_keep(self.keep)


class PruneStep(PruneConfig, frozen=True, kw_only=True):
    """How many rows stay, and which, where a dataset is pruned by itself or in a recipe."""

    keep: str
    by: By = "source"
    """Draw by seed, each source problem once before any twice; or always take the row least like
    those already kept."""
