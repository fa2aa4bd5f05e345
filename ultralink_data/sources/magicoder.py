"""Magicoder: OSS-Instruct and Evol-Instruct as published, and OSS-Instruct as instruction rows.

`problem` and `solution` with `lang` are the fields of Magicoder-OSS-Instruct-75K; `instruction` and
`response` those of Magicoder-Evol-Instruct-110K; `instruction`, `input` and `output` are the form
of Magicoder-OSS-Instruct-75K-Instruction-Response, in which a prefix stands before the problem.
"""

import msgspec

from ultralink_data.dialogue import Dialogue
from ultralink_data.sources.kinds import Source, content_hash, dropped, taken
from ultralink_data.stage.outcome import RowOutcome

PREFIX = "Write a solution to the following coding problem:\n"
"""What the instruction form puts before a problem."""


class OssRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """OSS-Instruct as published; `index` numbers the rows, `raw_index` those before filtering."""

    lang: str
    raw_index: int
    index: int
    seed: str
    problem: str
    solution: str
    openai_fingerprint: str | None = None


class EvolRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Evol-Instruct as published."""

    instruction: str
    response: str


class InstructionRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """OSS-Instruct as instruction rows; `input` names the language (`Language: python`)."""

    instruction: str
    input: str
    output: str


AnyRow = OssRow | EvolRow | InstructionRow


def _pair(row: AnyRow) -> tuple[str, str]:
    if isinstance(row, OssRow):
        return row.problem, row.solution
    if isinstance(row, EvolRow):
        return row.instruction, row.response
    return row.instruction.removeprefix(PREFIX), row.output


def _row_id(row: AnyRow) -> str:
    if isinstance(row, OssRow):
        return f"magicoder:{row.index}"
    return f"magicoder:{content_hash(*_pair(row))}"


def _convert(row: AnyRow, row_id: str) -> RowOutcome[Dialogue]:
    problem, solution = (text.strip() for text in _pair(row))
    if not problem:
        return dropped(row_id, "empty_question")
    if not solution:
        return dropped(row_id, "empty_answer")
    if solution.count("```") % 2 or problem.count("```") % 2:
        return dropped(row_id, "open_code_block", "a code block has no end")
    return taken(row_id, "code", (problem, solution), row_id)


SOURCE = Source("magicoder", (OssRow, EvolRow, InstructionRow), _row_id, _convert)
