"""Scores as tidy CSV: the columns of `ScoreRow`, one row a number, nothing rounded."""

import csv
import io
from collections.abc import Iterable

import msgspec

from leaderboard.render import csv_text
from leaderboard.score_rows import ScoreRow


def csv_bytes(rows: Iterable[ScoreRow]) -> bytes:
    """The rows under their header; None is empty, truth is `true` and `false`.

    `runs` are keys separated by spaces, `over` languages. Texts are as in every other CSV
    (`leaderboard.render`), so that no name is a formula.
    """
    text = io.StringIO()
    names = ScoreRow.__struct_fields__
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        fields = msgspec.structs.asdict(row)
        writer.writerow([_shown(fields[name]) for name in names])
    return text.getvalue().encode()


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(map(str, value)) if isinstance(value, tuple | list) else value
    return csv_text(text) if isinstance(text, str) else text
