"""Rows that are refused before a model is asked: their texts hold control tokens or thinking.

An endpoint reads such a mark as the real token, wherever it stands: the text would end its own turn
and open another one, and the reply would be about that.
"""

from ultralink_data.stage.outcome import Rejected, Row
from ultralink_data.text.control_tokens import first_mark


def refused_for_marks(row: Row, *texts: tuple[str, str]) -> Rejected | None:
    """The reject of a row with a mark in one of its texts, each given with its name in the detail.

    The reason is the mark's, `control_token` or `thinking`; None if no text holds one.
    """
    found = first_mark([text for _, text in texts])
    if found is None:
        return None
    place, mark = found
    detail = f"{texts[place][0]} holds {mark.text!r}"
    return Rejected(id=row.id, language=row.language, reason=mark.reason, detail=detail)
