"""Control tokens and thinking in published rows: what is dropped, and which rows are refused."""

import msgspec

from ultralink_data.dialogue import Dialogue
from ultralink_data.sources.kinds import dropped
from ultralink_data.stage.outcome import ENDED_AT, RowOutcome
from ultralink_data.text.control_tokens import first_mark, marks, without_ends
from ultralink_data.text.thinking import split_reply


def without_marks(outcome: RowOutcome[Dialogue]) -> RowOutcome[Dialogue]:
    """The outcome with rows that hold no control token; what was done to them is counted.

    Closed blocks of thinking in an answer (`thinking_dropped`) and tokens that end a turn at its
    end (`end_token_dropped`) are dropped. A dialogue ends before the first round that
    still holds a mark; where that is the first round, the row is rejected.
    """
    if outcome.rejected is not None:
        return outcome
    (row,) = outcome.accepted
    turns, mended = _cleaned(row.turns)
    found = first_mark(turns)
    if found is not None:
        place, mark = found
        if place < 2:
            return dropped(row.id, mark.reason, f"turn {place} holds {mark.text!r}")
        turns = turns[: place - place % 2]
        mended.append(f"{ENDED_AT}{mark.reason}")
    empty = next((place for place, turn in enumerate(turns) if not turn), None)
    if empty is not None:
        return dropped(row.id, "empty_turn", f"turn {empty} was only thinking or control tokens")
    if not mended:
        return outcome
    return RowOutcome(
        accepted=(msgspec.structs.replace(row, turns=turns),),
        mended=(*outcome.mended, *dict.fromkeys(mended)),
    )


def _cleaned(turns: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """The turns without what can be dropped, and what was."""
    kept, mended = [], []
    for place, turn in enumerate(turns):
        said = _without_thought(turn) if place % 2 else turn
        if said != turn:
            mended.append("thinking_dropped")
        ended = without_ends(said)
        if ended != said.rstrip():
            mended.append("end_token_dropped")
        kept.append(ended if ended != said.rstrip() else said)
    return tuple(kept), mended


def _without_thought(answer: str) -> str:
    """The answer without its closed blocks of thinking; one without an end may hold the answer."""
    if not marks(answer):
        return answer
    parts = split_reply(answer, only_thinking=True)
    return answer if parts.open or not parts.thinking else parts.answer.lstrip()
