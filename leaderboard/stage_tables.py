"""What a finished stage did, as tables."""

from collections import Counter
from typing import Any

import msgspec

from leaderboard.table import Table, text_table
from ultralink_data.stage.outcome import StageManifest

_UNKNOWN = "unknown_template"

_WORDS = {
    "accepted": "accepted rows",
    "rejected": "rejected",
    "finding": "found in rejected rows",
    "failed_check": "replies that failed a check",
    "mended": "mended",
    "dropped_sentence": "sentences dropped",
    _UNKNOWN: "templates that no table knows",
}

_MOST_NAMES = 10
"""Names of unknown templates that are shown; the manifest has all."""


def settings(manifest: StageManifest) -> Any:
    """A stage's settings, decoded; plain text if they are not JSON (the name of a source)."""
    try:
        return msgspec.json.decode(manifest.stage.config)
    except msgspec.DecodeError:
        return manifest.stage.config


def tables(title: str, manifest: StageManifest) -> list[Table]:
    """Counts by reason and language; rows in = rows with an accepted row + rejected rows."""
    languages = sorted({tally.language for tally in manifest.tallies})
    counts: Counter[tuple[str, str, str]] = Counter()
    shown = _often(manifest)
    for tally in manifest.tallies:
        other = tally.what == _UNKNOWN and tally.reason not in shown
        counts[tally.what, "(others)" if other else tally.reason, tally.language] += tally.count
    lines = []
    for what, reason in sorted(
        {(what, reason) for what, reason, _ in counts}, key=lambda x: (list(_WORDS).index(x[0]), x)
    ):
        by_language = [counts[what, reason, language] for language in languages]
        numbers = [f"{count:,}" for count in (*by_language, sum(by_language))]
        lines.append((_WORDS[what], reason, *numbers))
    notes = [f"{manifest.rows_in:,} rows in, {manifest.rejected:,} rejected"]
    spent = manifest.spent
    if spent.replies:
        notes.append(
            f"{spent.replies:,} replies, {spent.prompt_tokens:,} prompt and "
            f"{spent.completion_tokens:,} reply tokens"
            + (f", which cost {manifest.cost:.4g}" if manifest.cost else "")
        )
    if manifest.left_out:
        notes.append(f"the model does not take {', '.join(manifest.left_out)}: asked without")
    return [text_table(title, ("", "reason", *languages, "all"), lines, *notes)]


def _often(manifest: StageManifest) -> set[str]:
    """The names that most unknown templates have."""
    names: Counter[str] = Counter()
    for tally in manifest.tallies:
        if tally.what == _UNKNOWN:
            names[tally.reason] += tally.count
    ranked = sorted(names, key=lambda name: (-names[name], name))
    return set(ranked[:_MOST_NAMES])
