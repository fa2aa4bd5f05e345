"""Packed sequences in training order, and the collator that makes a padded batch of several."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from train.packed import Packed, TokenSequence
from train.plan import EMPTY

IGNORED = -100
"""The label of a token that is not learned (the convention of `transformers`)."""

_NOTHING = TokenSequence(np.zeros(1, np.int32), np.zeros(1, bool), np.zeros(1, np.int32))


class Batches:
    """The sequences of a whole run, in order, as a map-style dataset."""

    def __init__(self, packed: Packed, order: np.ndarray) -> None:
        self._packed = packed
        self._order = order.reshape(-1)

    def __len__(self) -> int:
        """Number of slots in the run: steps times sequences per step."""
        return len(self._order)

    def __getitem__(self, slot: int) -> TokenSequence:
        """The sequence in a slot; an empty slot is one token that is not learned."""
        index = int(self._order[slot])
        return _NOTHING if index == EMPTY else self._packed.sequence(index)

    def learned(self, slots: range) -> int:
        """Learned tokens in these slots."""
        seen = self._order[slots.start : slots.stop]
        return int(self._packed.sequence_learned[seen[seen != EMPTY]].sum())


def line_up(rows: Sequence[TokenSequence]) -> dict[str, Any]:
    """A batch as `collate` makes it, but end to end without padding: all [1, tokens].

    Only for a model whose attention goes by positions (`train.row_attention`).
    """
    import torch

    ids, loss, positions = (np.concatenate(part) for part in zip(*rows, strict=True))
    arrays = {
        "input_ids": ids,
        "labels": np.where(loss, ids, IGNORED),
        "position_ids": positions,
    }
    return {name: torch.from_numpy(a[None].astype(np.int64)) for name, a in arrays.items()}


def collate(padding: int) -> Callable[[Sequence[TokenSequence]], dict[str, Any]]:
    """A collator giving int64 `input_ids`, `labels` and `position_ids`, all [batch, tokens].

    There is no attention mask: `transformers` sees positions restart at 0 and builds a causal mask
    in which no token sees another dialogue. Padding counts as a separate dialogue.
    """

    def collator(rows: Sequence[TokenSequence]) -> dict[str, Any]:
        import torch

        shape = len(rows), max(len(row.ids) for row in rows)
        ids = np.full(shape, padding, np.int64)
        labels = np.full(shape, IGNORED, np.int64)
        positions = np.zeros(shape, np.int64)
        for line, row in enumerate(rows):
            size = len(row.ids)
            ids[line, :size] = row.ids
            labels[line, :size] = np.where(row.loss, row.ids, IGNORED)
            positions[line, :size] = row.positions
            positions[line, size:] = np.arange(shape[1] - size)
        arrays = {"input_ids": ids, "labels": labels, "position_ids": positions}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    return collator
