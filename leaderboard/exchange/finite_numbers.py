"""Numbers and times of foreign files: a finite number, a time in UTC, or nothing."""

import math
from datetime import UTC, datetime


def finite(value: object) -> float | None:
    """A finite number, or None for anything else; a text is no number."""
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def utc_time(seconds: float | None) -> str:
    """ISO 8601 in UTC of seconds since 1970, or "" without them."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return ""


def unix_seconds(text: str) -> float | None:
    """Seconds since 1970 of ISO 8601 with its zone, or of seconds as text; else None."""
    try:
        return finite(float(text))
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo else None
