"""The training order of a run: a pure function of the packed data, config and seed.

The trainer follows `schedule`, so a plan shown before a run is exactly what the run does.
"""

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from train.packed import Packed
from train.token_account import TokenAccount
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError

LARGEST_RUN = 10**9
"""Most sequences that a training sees; their order is held in memory, 4 bytes each."""
EMPTY = -1
"""Marks a slot of the last step without a sequence."""


class SeenCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows, tokens and learned tokens of one language and kind, each time they are seen."""

    language: str
    kind: str
    rows: int
    tokens: int
    loss_tokens: int


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run trains on: optimiser steps, passes over the data, and trained rows and tokens.

    `cells` count a row each time it is seen; `rows` and `tokens` are sums over `cells`.
    """

    steps: int
    sequences: int
    epochs: float
    rows: int
    tokens: int
    loss_tokens: int
    cells: tuple[SeenCell, ...]
    account: TokenAccount


def step_count(sequences: int, config: TrainConfig) -> int:
    """Optimiser steps of a run over `sequences` packed sequences."""
    if config.steps is not None:
        return config.steps
    return -(-sequences * (config.epochs or 1) // config.sequences_per_step)


def warmup_steps(steps: int, config: TrainConfig) -> int:
    """The first of `steps` optimiser steps, over which the learning rate rises to its peak."""
    return math.ceil(steps * config.warmup_ratio)


def schedule(
    sequences: int, config: TrainConfig, seed: int, phases: Sequence[int] = ()
) -> np.ndarray:
    """Which packed sequences each step trains on: int32 [steps, sequences_per_step].

    Each pass over the data has its own shuffle, from the seed and the number of the pass; passes
    follow each other without a gap. With `phases`, the numbers of sequences in each, a pass goes
    from the first to the last and shuffles within each. With `epochs`, unused slots of the last
    step are `EMPTY`, so that every sequence is seen exactly `epochs` times.

    Raises:
        ConfigError: more than `LARGEST_RUN` sequences would be seen.
    """
    steps = step_count(sequences, config)
    slots = steps * config.sequences_per_step
    if slots > LARGEST_RUN:
        raise ConfigError(
            f"{steps} step{'s' if steps > 1 else ''} of {config.sequences_per_step} sequences are "
            f"more than the {LARGEST_RUN:,} sequences that a training can see",
            hint="give fewer steps or epochs, or a smaller sequences_per_step",
        )
    used = slots if config.steps is not None else sequences * (config.epochs or 1)
    order = np.full(slots, EMPTY, np.int32)
    for epoch, first in enumerate(range(0, used, sequences)):
        part = _pass(sequences, np.random.default_rng([seed, epoch]), phases)[: used - first]
        order[first : first + len(part)] = part
    return order.reshape(steps, config.sequences_per_step)


def _pass(sequences: int, chance: np.random.Generator, phases: Sequence[int]) -> np.ndarray:
    """One pass over the data: int [sequences]."""
    sizes = phases or (sequences,)
    begins = np.cumsum([0, *sizes[:-1]])
    shuffled = [first + chance.permutation(n) for first, n in zip(begins, sizes, strict=True)]
    return np.concatenate(shuffled)


def plan(packed: Packed, config: TrainConfig, seed: int, *, lined_up: bool = False) -> Plan:
    """Rows and tokens that a run with `seed` trains on, per language and kind.

    `lined_up` says that batches need no padding (`train.row_attention`), only their empty slots.
    """
    order = schedule(packed.sequences, config, seed, packed.counts.phases).reshape(-1)
    seen = np.bincount(order[order != EMPTY], minlength=packed.sequences)
    cells = tuple(_cells(packed, seen))
    tokens, learned = (sum(getattr(c, name) for c in cells) for name in ("tokens", "loss_tokens"))
    given, dropped = (
        sum(getattr(cell, name) for cell in packed.counts.cells)
        for name in ("given_tokens", "dropped_tokens")
    )
    return Plan(
        steps=step_count(packed.sequences, config),
        sequences=int(seen.sum()),
        epochs=float(seen.sum() / packed.sequences),
        rows=sum(cell.rows for cell in cells),
        tokens=tokens,
        loss_tokens=learned,
        cells=cells,
        account=TokenAccount(
            given=given,
            added=packed.counts.tokens + dropped - given,
            dropped=dropped,
            learned=learned,
            masked=tokens - learned,
            padded=_padding(packed, order, 1 if lined_up else config.micro_batch),
        ),
    )


def _padding(packed: Packed, order: np.ndarray, at_once: int) -> int:
    """Tokens that fill batches of so many slots up to the longest, and the empty slots (one each).

    `order` int32 [slots] is the sequence in each slot of a run.
    """
    bounds = packed.segment_bounds[packed.sequence_bounds]
    tokens = np.append(np.diff(bounds), 0)[order]  # EMPTY is the last
    batches = np.maximum(tokens, 1).reshape(-1, at_once)
    return int(batches.max(1).sum() * at_once - tokens.sum())


def _cells(packed: Packed, seen: np.ndarray) -> Iterator[SeenCell]:
    """Counts by cell, each row weighted by how often its sequence is seen."""
    times = np.repeat(seen, packed.sequence_segments)
    for index, cell in enumerate(packed.counts.cells):
        mine = packed.segment_cell == index
        yield SeenCell(
            language=cell.language,
            kind=cell.kind,
            rows=int(times[mine].sum()),
            tokens=int((times * packed.segment_tokens)[mine].sum()),
            loss_tokens=int((times * packed.segment_learned)[mine].sum()),
        )
