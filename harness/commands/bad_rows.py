"""Whose rows they are, of a step whose loss is no number: their ids, in the file of the step."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from train.bad_loss import StepRow, read_rows, write_rows
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.store import dataset

_QUESTION: Final = 80
_ANSWER: Final = 40
"""Characters of a turn, without blanks, by which a row is found."""


@contextmanager
def naming_rows(data: Path, work: Path) -> Iterator[None]:
    """In the block, a training in the scratch folder `work` names the rows of a bad micro-batch.

    `data` is the dataset that was packed.

    Raises:
        DataError: the training's own, with the ids in its file.
    """
    try:
        yield
    except DataError:
        for file in sorted(work.glob("*/step-*-rows.jsonl")):
            rows = read_rows(file)
            wanted = [row for row in rows if row.bad and not row.ids]
            ids = ids_of(wanted, dataset.read(data))
            named = dict(zip(wanted, ids, strict=True))
            write_rows(
                file, [msgspec.structs.replace(row, ids=named.get(row, row.ids)) for row in rows]
            )
        raise


def ids_of(rows: Sequence[StepRow], dialogues: Sequence[Dialogue]) -> list[tuple[str, ...]]:
    """The dialogues that have a question and an answer of each row; copies share theirs."""
    texts = ["".join(row.text.split()) for row in rows]
    found: list[list[str]] = [[] for _ in rows]
    for dialogue in dialogues:
        turns = ["".join(turn.split()) for turn in dialogue.turns]
        pairs = [
            (asked[:_QUESTION], said[:_ANSWER])
            for asked, said in zip(turns[::2], turns[1::2], strict=True)
        ]
        for row, text, ids in zip(rows, texts, found, strict=True):
            same = (row.language, row.kind) == (dialogue.language, dialogue.kind)
            if same and any(asked in text and said in text for asked, said in pairs):
                ids.append(dialogue.id)
    return [tuple(ids) for ids in found]
