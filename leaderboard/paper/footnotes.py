"""What stands below a number: problems, protocol, date, commit and fingerprints."""

from collections.abc import Iterable, Mapping, Sequence

from leaderboard.collection import StoredRun
from leaderboard.records import RunRecord
from leaderboard.score_rows import ScoreRow

_SHOWN = 12
"""Characters of a hash that are shown."""


def score_footnote(label: str, rows: Sequence[ScoreRow], runs: Mapping[str, StoredRun]) -> str:
    """The footnote of one model's scores of a task; `runs` by key."""
    first = rows[0]
    records = [runs[key].record for key in first.runs if key in runs]
    sizes = sorted({row.n for row in rows if row.n is not None})
    parts = []
    if sizes:
        most = f" to {sizes[-1]:,}" if len(sizes) > 1 else ""
        parts.append(f"n {sizes[0]:,}{most}")
    parts.append(f"protocol {first.protocol}" if first.protocol else "no protocol stated")
    if first.task_version:
        parts.append(f"version {first.task_version}")
    if first.judge:
        parts.append(f"judge {first.judge}, baseline {first.baseline}")
    return f"{label}: {', '.join((*parts, *record_parts(records)))}"


def record_parts(records: Sequence[RunRecord]) -> list[str]:
    """Date, commit and fingerprints of runs, of several that differ the first and how many more."""
    if not records:
        return []
    commits = (
        f"{record.git_commit[:_SHOWN]}{' with changes' if record.git_dirty else ''}"
        for record in records
        if record.git_commit
    )
    named = {
        "": (record.started[:10] for record in records),
        "commit ": commits,
        "data ": (_short(record.dataset_fingerprint) for record in records),
        "model ": (_short(record.model_fingerprint) for record in records),
    }
    found = [f"{len(records)} runs"] if len(records) > 1 else []
    for name, values in named.items():
        shown = list(dict.fromkeys(value for value in values if value))
        if shown:
            more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
            found.append(f"{name}{shown[0]}{more}")
    return found


def _short(fingerprint: str | None) -> str:
    return (fingerprint or "")[:_SHOWN]


def published_footnote(mark: str, sources: Iterable[str], protocol: str) -> str:
    """Where published scores stand."""
    return f"{mark} published: {'; '.join(dict.fromkeys(sources))}; protocol {protocol}"
