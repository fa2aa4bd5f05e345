"""MetaMathQA: `{"query", "response", "type", "original_question"}`, a JSON array or JSON Lines.

Rows made from one problem of GSM8K or MATH share `source_id`, a hash of `original_question`, so
that they count as one problem. Source: meta-math/MetaMathQA.
"""

import msgspec

from ultralink_data.dialogue import Dialogue
from ultralink_data.sources.kinds import Source, content_hash, dropped, taken
from ultralink_data.stage.outcome import RowOutcome


class MetaMathRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published row; `type` says how it was made (GSM_Rephrased, MATH_AnsAug ...)."""

    query: str
    response: str
    type: str
    original_question: str


def _row_id(row: MetaMathRow) -> str:
    return f"metamath:{content_hash(row.query, row.response)}"


def _convert(row: MetaMathRow, row_id: str) -> RowOutcome[Dialogue]:
    if not row.query.strip():
        return dropped(row_id, "empty_question")
    if not row.response.strip():
        return dropped(row_id, "empty_answer")
    if not row.original_question.strip():
        return dropped(row_id, "no_source", "field `original_question` is empty")
    source_id = f"metamath:{content_hash(row.original_question)}"
    return taken(row_id, "math", (row.query.strip(), row.response.strip()), source_id)


SOURCE = Source("metamath", (MetaMathRow,), _row_id, _convert)
