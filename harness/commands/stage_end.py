"""How a command that ran a building stage ends: a stage that accepted nothing has failed."""

from collections import Counter
from pathlib import Path

from ultralink_data.errors import DataError
from ultralink_data.stage.outcome import StageManifest, stage_paths

_SHOWN = 5
"""Reasons that the error names, the most frequent ones."""


def accepted_none(manifest: StageManifest, out: Path) -> str | None:
    """That a stage accepted no row, and for which reasons; None if it accepted one."""
    if manifest.accepted:
        return None
    reasons: Counter[str] = Counter()
    for tally in manifest.tallies:
        if tally.what == "rejected":
            reasons[tally.reason] += tally.count
    told = [f"{count:,} {reason}" for reason, count in reasons.most_common(_SHOWN)]
    if len(reasons) > _SHOWN:
        told.append("...")
    why = f" ({', '.join(told)})" if told else ""
    return f"{out}: none of {manifest.rows_in:,} rows was accepted{why}"


def require_accepted(manifest: StageManifest, out: Path) -> None:
    """Check that a stage accepted a row; what it wrote stays.

    Raises:
        DataError: it accepted none; says for which reasons, with counts.
    """
    if (said := accepted_none(manifest, out)) is not None:
        hint = f"{stage_paths(out).rejected} has each row with its reason"
        raise DataError(said, hint=hint)
