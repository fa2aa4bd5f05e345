"""Checks of records at their construction; each raises ValueError."""

import math
from collections.abc import Iterable

import msgspec


def check_finite(struct: msgspec.Struct, names: Iterable[str]) -> None:
    """Refuse NaN and infinity: msgspec would write null, and the file could not be read again."""
    for name in names:
        value = getattr(struct, name)
        if value is not None and not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value}")


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
