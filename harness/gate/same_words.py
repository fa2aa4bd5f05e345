"""The same words put before or after the answers of many rows: a prompt's echo, a disclaimer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from harness.gate.row_faults import fault
from leaderboard.gate_records import RowFault
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import normalise
from ultralink_data.whole.changed_rows import ChangedRow

_Added = tuple[str, str, str, str]
"""Language, kind, "before" or "after", and the words."""

_LETTERS: Final = 8
"""Letters of words that are more than a mark or a heading; half as many of Chinese or Japanese."""


def same_words(changed: Sequence[ChangedRow]) -> Iterator[RowFault]:
    """Rows with an answer that is the baseline's with words around it that other rows got too."""
    found = [(row, _added(was, row)) for was, row in changed if was is not None]
    rows = Counter(added for _, each in found for added in each)
    for row, each in found:
        for added in sorted(each, key=lambda one: -rows[one]):
            if rows[added] > 1:
                _, _, where, words = added
                said = f"{words[:60]!r} {where} the answers of {rows[added]:,} rows"
                yield fault("same_words", row, said)
                break


def _added(was: Dialogue, row: Dialogue) -> set[_Added]:
    """The words around the answers of a row that the baseline's does not have."""
    found: set[_Added] = set()
    for before, after in zip(was.turns[1::2], row.turns[1::2], strict=False):
        old, new = before.strip(), after.strip()
        at = new.find(old)
        if at < 0 or old == new:
            continue
        for where, words in (("before", new[:at]), ("after", new[at + len(old) :])):
            if _is_said(words):
                found.add((row.language, row.kind, where, normalise(words)))
    return found


def _is_said(words: str) -> bool:
    """Whether words say something: no marks, no fence with its language, no "**Answer:**"."""
    dense = sum(c >= "\u3040" for c in words)
    return sum(map(str.isalpha, words)) + dense >= _LETTERS and (dense > 0 or " " in words.strip())
