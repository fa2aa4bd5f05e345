"""What is left of a step whose loss is no number: the rows that it trained on, in a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from train.plan import EMPTY
from ultralink_data import atomic
from ultralink_data.errors import BenchError, ConfigError, DataError

if TYPE_CHECKING:
    from train.packed import Packed


class StepRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a step, as `text`; `sequence` counts from 0 in the packed data.

    `bad` says that the loss of its micro-batch is no number. `ids` are those of the dataset, where
    somebody has looked (packed data have none): several where dialogues are alike.
    """

    bad: bool
    sequence: int
    language: str
    kind: str
    tokens: int
    text: str
    ids: tuple[str, ...] = ()


class BadLoss(ArithmeticError):
    """The loss of `step` is no number, or the norm of its gradient is none, as `said`.

    `bad` are the micro-batches, from 0, whose loss is none.
    """

    def __init__(self, said: str, step: int, bad: Sequence[int], micro_batches: int) -> None:
        super().__init__(said)
        self.step = step
        self.bad = tuple(bad)
        self.micro_batches = micro_batches


def bad_loss(said: str, step: int, parts: Sequence[Any], accelerator: Any) -> BadLoss:
    """The error of a step, in all processes.

    `parts` are the losses of its micro-batches in this process: tensors with one number.
    """
    import torch

    each = accelerator.gather(torch.stack([part.reshape(()) for part in parts]))
    # Processes take micro-batches in turn; they are gathered one process after the other.
    in_turn = each.reshape(accelerator.num_processes, -1).T.reshape(-1)
    bad = torch.nonzero(~torch.isfinite(in_turn))[:, 0].tolist()
    return BadLoss(said, step, bad, len(in_turn))


def name_rows(
    error: BadLoss, packed: "Packed", order: np.ndarray, tokenizer: Any, file: Path
) -> BenchError:
    """Write the rows of the step to `file`, a JSON object a line; the error that names it.

    `order` int32 [steps, sequences_per_step] is the schedule of the run.
    """
    slots = order[error.step - 1].reshape(error.micro_batches, -1)
    rows = [
        row
        for place, sequences in enumerate(slots)
        for row in _rows(packed, sequences, tokenizer, is_bad=place in error.bad)
    ]
    rows.sort(key=lambda row: not row.bad)
    write_rows(file, rows)
    if not error.bad or len(error.bad) == error.micro_batches > 1:
        return ConfigError(
            f"{error}: the training has diverged, or the model had damaged weights (the rows of "
            f"that step are in {file})",
            hint="lower train.learning_rate, or keep train.max_grad_norm above 0; what was trained "
            "until then is not kept under the final name",
        )
    return DataError(
        f"{error}: {sum(row.bad for row in rows)} of its {len(rows)} rows are in micro-batches "
        f"where it is, see {file}",
        hint="leave those rows out, or lower train.learning_rate; the last checkpoint is from "
        "before this step",
    )


def write_rows(file: Path, rows: Sequence[StepRow]) -> None:
    """Write the rows of a step, a JSON object a line."""
    atomic.write_bytes(file, msgspec.json.Encoder().encode_lines(rows))


def read_rows(file: Path) -> list[StepRow]:
    """What `write_rows` wrote."""
    return msgspec.json.Decoder(StepRow).decode_lines(file.read_bytes())


def _rows(
    packed: "Packed", sequences: np.ndarray, tokenizer: Any, *, is_bad: bool
) -> Iterator[StepRow]:
    for index in sequences[sequences != EMPTY].tolist():
        for cell, first, last in packed.segments(index):
            yield StepRow(
                bad=is_bad,
                sequence=index,
                language=cell.language,
                kind=cell.kind,
                tokens=last - first,
                text=str(tokenizer.decode(packed.ids[first:last])),
            )
