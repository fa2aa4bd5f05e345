"""The table of what translations say otherwise than their sources."""

from collections.abc import Sequence

from leaderboard.table import Table, text_table
from ultralink_data.translation.meaning_report import MeaningCount


def meaning_table(title: str, found: Sequence[MeaningCount]) -> Table:
    """Verdicts by language."""
    lines = [
        (
            count.language,
            f"{count.turns:,}",
            f"{count.same:,}",
            f"{count.differs:,}",
            f"{count.unread:,}",
            f"{count.failed_checks:,}",
        )
        for count in found
    ]
    return text_table(
        title,
        ("language", "turns", "same", "differ", "not checked", "fail another check"),
        lines,
        "By a model that saw one text at a time; it can be wrong both ways. "
        "Not checked: the model listed no quantities as they stand in the text",
    )
