"""Checks of records at their construction; each raises ValueError."""

import math
from collections.abc import Iterable
from typing import Final

import msgspec

MOST_PARAMETERS: Final = 10**18
"""Of a model; a larger number is a mistake."""
_MOST: Final = 2**63 - 1
"""The largest whole number of a frame's column."""


def check_numbers(struct: msgspec.Struct, names: Iterable[str]) -> None:
    """Refuse NaN and infinity among the fields `names`, and whole numbers beyond 64 bits in any.

    msgspec would write null for the former, and the file could not be read again.
    """
    for name in struct.__struct_fields__:
        whole = getattr(struct, name)
        if isinstance(whole, int) and abs(whole) > _MOST:
            raise ValueError(f"{name} must be at most {_MOST}")
    for name in names:
        value = getattr(struct, name)
        if value is not None and not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value}")


def check_parameters(count: int | None) -> None:
    """Refuse a model without parameters, and more than any model has."""
    if count is not None and not 0 < count <= MOST_PARAMETERS:
        raise ValueError(f"parameters must be 1 to {MOST_PARAMETERS}, got {count}")


def check_counts(where: str, outcomes: dict[str, int]) -> None:
    """Refuse a negative number of rows."""
    for outcome, count in outcomes.items():
        if count < 0:
            raise ValueError(f"{where}: outcome {outcome!r} has {count} rows")


def check_unique(what: str, keys: Iterable[tuple[str, ...]]) -> None:
    """Refuse a key that occurs twice."""
    seen: set[tuple[str, ...]] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what}: {'/'.join(key)} occurs twice")
        seen.add(key)


def check_clusters(where: str, clusters: int, problems: int) -> None:
    """Refuse more clusters than problems, and problems without one."""
    if not min(1, problems) <= clusters <= problems:
        raise ValueError(f"{where}: {problems} problems cannot form {clusters} clusters")
