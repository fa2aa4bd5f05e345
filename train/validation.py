"""The loss on rows that are not trained on, by language and kind, while a training goes on.

Measured before the first step, at each checkpoint and at the end. Weights, random numbers and the
order of data are as without it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from math import log
from typing import Any

import msgspec
import numpy as np

from train.batches import IGNORED
from train.chat_templates import Tokenizer
from train.loss import LearnedOnly, next_labels
from train.packed import Packed
from train.step_metrics import Progress, StepLine

LinedUp = Callable[[Any], AbstractContextManager[None]]
"""`train.row_attention.lined_up`, or what does nothing where batches are padded."""

_AT_ONCE = 1024
"""Tokens whose logits are made float32 together."""


class ValidationCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The loss on the held-out rows of one language and kind.

    `loss` is the mean over their `learned_tokens`, in nats; `bits_per_byte` is that of all these
    tokens, the ends of turns included, per UTF-8 byte of the answers' text, which does not depend
    on the tokenizer (None where there is no text).
    """

    language: str
    kind: str
    rows: int
    learned_tokens: int
    loss: float
    bits_per_byte: float | None


class ValidationPoint(StepLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The loss after `step` steps: the mean over all held-out learned tokens, and by cell."""

    loss: float
    cells: tuple[ValidationCell, ...]


class Validation:
    """Held-out rows, and how the model's loss on them is measured.

    `at_once` sequences are computed together, by `collator`.
    """

    def __init__(
        self,
        packed: Packed,
        tokenizer: Tokenizer,
        *,
        at_once: int,
        collator: Callable[..., Any],
    ) -> None:
        self._packed = packed
        self._at_once = at_once
        self._collator = collator
        self._bytes = answer_bytes(packed, tokenizer)

    def measure(
        self,
        step: int,
        model: Any,
        learned: LearnedOnly,
        accelerator: Any,
        lined_up: LinedUp,
        on_progress: Progress | None = None,
    ) -> ValidationPoint:
        """The loss of `model`, which is in evaluation mode, after `step` steps.

        `lined_up` is the context in which the model takes a batch with such positions.
        `on_progress` is told of the sequences that are done.
        Every process computes its part, and all have as many batches.
        """
        cells = self._packed.counts.cells
        nats, tokens = np.zeros(len(cells)), np.zeros(len(cells))
        batches = [
            range(first, min(first + self._at_once, self._packed.sequences))
            for first in range(0, self._packed.sequences, self._at_once)
        ]
        processes, own = accelerator.num_processes, accelerator.process_index
        told, every = on_progress or _tell_nobody, self._packed.sequences
        told(0, every, None)
        for first in range(0, len(batches), processes):
            counts = first + own < len(batches)
            batch = batches[first + own if counts else 0]
            losses = self._losses(model, learned, batch, accelerator.device, lined_up)
            if counts:
                cell = np.concatenate([self._cells_of(index) for index in batch])
                nats += np.bincount(cell, losses, len(cells))
                tokens += np.bincount(cell, minlength=len(cells))
            told(min((first + processes) * self._at_once, every), every, None)
        if processes > 1:
            import torch

            both = torch.tensor(np.stack([nats, tokens]), device=accelerator.device)
            nats, tokens = accelerator.reduce(both, "sum").cpu().numpy()
        return ValidationPoint(
            step=step,
            loss=float(nats.sum() / tokens.sum()),
            cells=tuple(self._cells(nats, tokens)),
        )

    def _losses(
        self, model: Any, learned: LearnedOnly, batch: range, device: Any, lined_up: LinedUp
    ) -> np.ndarray:
        """Nats of each learned token of these sequences, in order: float64 [tokens]."""
        import torch
        from torch.nn.functional import cross_entropy

        inputs = self._collator([self._packed.sequence(index) for index in batch])
        inputs = {name: tensor.to(device) for name, tensor in inputs.items()}
        labels = inputs.pop("labels")
        targets = next_labels(labels)
        wanted = targets != IGNORED
        learned.expect(labels)
        with torch.no_grad(), lined_up(inputs["position_ids"]):
            logits = model(**inputs, use_cache=False).logits  # with one, the mask is another
        learned.expect(None)
        if logits.shape[:-1] == targets.shape:
            logits = logits[wanted]
        parts = zip(logits.split(_AT_ONCE), targets[wanted].split(_AT_ONCE), strict=True)
        found = [cross_entropy(part.float(), to, reduction="none").cpu() for part, to in parts]
        return torch.cat(found).numpy().astype(np.float64)

    def _cells_of(self, index: int) -> np.ndarray:
        """The cell of each learned token of a sequence."""
        packed = self._packed
        first, last = packed.sequence_bounds[index : index + 2]
        cells = np.repeat(packed.segment_cell[first:last], packed.segment_tokens[first:last])
        found: np.ndarray = cells[packed.sequence(index).loss]
        return found

    def _cells(self, nats: np.ndarray, tokens: np.ndarray) -> Iterator[ValidationCell]:
        for place, cell in enumerate(self._packed.counts.cells):
            if tokens[place]:
                size = int(self._bytes[place])
                yield ValidationCell(
                    language=cell.language,
                    kind=cell.kind,
                    rows=cell.rows,
                    learned_tokens=int(tokens[place]),
                    loss=float(nats[place] / tokens[place]),
                    bits_per_byte=float(nats[place] / log(2) / size) if size else None,
                )


def _tell_nobody(done: int, total: int, now: object) -> None:
    """Nobody follows the training."""


def answer_bytes(packed: Packed, tokenizer: Tokenizer) -> np.ndarray:
    """UTF-8 bytes of the learned text by cell, without control tokens: int64 [cells]."""
    total = np.zeros(len(packed.counts.cells), np.int64)
    for segment, cell in enumerate(packed.segment_cell):
        begin, end = packed.segment_bounds[segment : segment + 2]
        for run in _runs(packed.ids[begin:end], packed.loss[begin:end]):
            text = tokenizer.decode(
                run.tolist(), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
            total[cell] += len(text.encode("utf-8", "replace"))
    return total


def _runs(ids: np.ndarray, learned: np.ndarray) -> Iterator[np.ndarray]:
    """The ids of each run of learned tokens: an answer."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], learned, [False]]).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2):
        yield ids[begin:end]
