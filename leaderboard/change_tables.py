"""Tables of samples whose grade changed."""

from collections.abc import Sequence
from typing import Final

from leaderboard.table import Table, text_table
from tasks.grading.stored_samples import Change, count_moves

SHOWN: Final = 20
"""Number of changed samples listed in the terminal; a file, if requested, gets all of them."""
_WIDTH: Final = 40


def count_table(rows: Sequence[tuple[str, str, str, int, Sequence[Change]]]) -> Table:
    """By run, task and language: how many samples changed, out of how many, and how."""
    names = ("run", "task", "language", "samples", "changed", "how")
    texts = [
        (
            run,
            task,
            language,
            str(total),
            str(len(changes)),
            ", ".join(f"{n} {move}" for move, n in count_moves(changes).items()),
        )
        for run, task, language, total, changes in rows
    ]
    return text_table("Graded again", names, texts, wrap=("how",))


def list_table(changes: Sequence[Change]) -> Table:
    """The first changed samples, before and after."""
    names = ("run", "task", "language", "problem", "sample", "before", "now")
    texts = [
        (
            change.run,
            change.task,
            change.language,
            change.problem_id,
            str(change.index),
            f"{change.old_outcome.value} {_shortened(change.old_extracted)}",
            f"{change.outcome.value} {_shortened(change.extracted)}",
        )
        for change in changes[:SHOWN]
    ]
    left = len(changes) - len(texts)
    notes = [f"and {left} more"] if left else []
    return text_table("What changed", names, texts, *notes, wrap=("before", "now"))


def _shortened(extracted: str | None) -> str:
    """The text on one line, in quotes; if long, only its end, where the answer usually is."""
    if extracted is None:
        return ""
    text = repr(extracted)
    return text if len(text) <= _WIDTH else "…" + text[1 - _WIDTH :]
