"""Answers that belong to other questions: a join that slipped, one text given to many rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from harness.gate.row_faults import fault
from leaderboard.gate_records import RowFault
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import normalise, stable_hash
from ultralink_data.whole.changed_rows import ChangedRow

Answer = tuple[str, str, int]
"""Language, kind and the hash of a first answer."""

Asked = Mapping[Answer, Collection[int]]
"""Hashes of the first questions that have an answer."""


def answers_of(rows: Iterable[Dialogue]) -> set[Answer]:
    """The first answers of rows."""
    return {answer(row) for row in rows}


def answer(row: Dialogue) -> Answer:
    """The first answer of a row, whatever its blanks and case are."""
    return row.language, row.kind, _hash(row.turns[1])


def question(row: Dialogue) -> int:
    """The hash of the first question of a row."""
    return _hash(row.turns[0])


def asked_with(rows: Iterable[Dialogue], wanted: Collection[Answer]) -> dict[Answer, set[int]]:
    """By wanted answer, the questions that have it."""
    found: defaultdict[Answer, set[int]] = defaultdict(set)
    for row in rows if wanted else ():
        name = answer(row)
        if name in wanted:
            found[name].add(question(row))
    return dict(found)


def still_asked(before: Asked, rows: Iterable[Dialogue]) -> dict[Answer, set[int]]:
    """Of the baseline's questions those that the candidate's `rows` ask as well.

    A question that was only reworded is no other question that the answer belongs to.
    """
    every = {one for questions in before.values() for one in questions}
    kept = {question(row) for row in rows} & every if every else set()
    return {name: set(questions) & kept for name, questions in before.items()}


def other_answers(
    changed: Sequence[ChangedRow], before: Asked, kept: Asked, after: Asked
) -> Iterator[RowFault]:
    """Rows whose first answer is that of another question, in the candidate or in the baseline.

    `kept` are those questions of `before` that are still asked. A row that had such an answer in
    the baseline, and one whose first question and answer are as they were, is at no fault. Nor is
    an added row whose answer says only a result: "Yes." and "The answer is 18." answer many.
    """
    for was, row in changed:
        own, name = question(row), answer(row)
        if was is None and _is_bare(row):
            continue
        if was is not None:
            if was.turns[:2] == row.turns[:2]:
                continue
            if set(before.get(answer(was), ())) - {question(was)}:
                continue
        others = (set(after.get(name, ())) | set(kept.get(name, ()))) - {own}
        if others:
            count = len(others)
            said = "another question has" if count == 1 else f"{count:,} other questions have"
            yield fault("other_answer", row, f"{said} it: {row.turns[1][:60]!r}")


def usual_others(sample: Iterable[Dialogue], before: Asked) -> Iterator[RowFault]:
    """Rows of the baseline whose answer another of its questions has."""
    for row in sample:
        if not _is_bare(row) and set(before.get(answer(row), ())) - {question(row)}:
            yield fault("other_answer", row, "")


_BARE: Final = 20
"""Letters from which on an answer says more than a result."""


def _is_bare(row: Dialogue) -> bool:
    """Whether the first answer is a number, a letter, or a word or two."""
    return len(row.turns[1]) < 8 * _BARE and sum(map(str.isalpha, row.turns[1])) < _BARE


def _hash(text: str) -> int:
    return stable_hash(normalise(text) or text.strip())
