"""Pack a dataset that is larger than the memory; a run that was killed goes on where it was.

Dialogues are tokenised in shards on the disk (`train.token_shards`); which rows share a sequence is
decided from their lengths alone, and the tokens are then copied in that order. The result is that
of `train.packing.pack`, byte for byte.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from train.arrangement import Arrangement, arrange
from train.chat_templates import Tokenizer, prepare, vocabulary_hash
from train.npz_files import ArrayPieces, whole
from train.packed import PackCounts, write_packed
from train.packing import dialogue_rows
from train.token_shards import TokenShards, ids_of, learned_of
from train.train_config import Overlong, PackingOrder, Template
from ultralink_data.dialogue import Dialogue

SHARD: Final = 4096
"""Dialogues in a shard."""


def pack_into(
    folder: Path,
    dialogues: Iterable[Dialogue],
    tokenizer: Tokenizer,
    *,
    work: Path,
    max_tokens: int,
    template: Template,
    overlong: Overlong = "split",
    packing: bool = True,
    order: PackingOrder = "length",
    note: str = "",
    on_progress: Callable[[int], None] = lambda done: None,
) -> PackCounts:
    """Do as `train.packing.pack`, dialogue by dialogue, and write `Packed` into `folder`.

    What is tokenised stays in `work`, for a run with the same dialogues and options to take.
    `on_progress` is told how many dialogues are done. `note` is that of `PackCounts`.

    Raises:
        ConfigError: the chat template cannot be trained on.
        DataError: no row to train on is left.
        PrerequisiteError: the disk is full or a folder is not writable.
    """
    prepared = prepare(tokenizer, template)
    vocabulary = vocabulary_hash(prepared)
    recipe = _recipe(prepared, max_tokens, overlong)
    rows_of = dialogue_rows(prepared, max_tokens, overlong)
    done = 0
    with TokenShards(work) as shards:
        for batch in in_shards(dialogues):
            source = _hash(recipe, batch)
            if not shards.take(source):
                shards.add(source, [*rows_of(batch)], max_tokens)
            done += len(batch)
            on_progress(done)
        made = arrange(
            shards.parts,
            max_tokens=max_tokens,
            tokenizer=vocabulary,
            packing=packing,
            order=order,
            note=note,
        )
        write_packed(folder, _arrays(shards, made), made.counts)
    return made.counts


def in_shards(dialogues: Iterable[Dialogue]) -> Iterator[list[Dialogue]]:
    """`SHARD` dialogues at a time, so that a dataset is never all in memory."""
    rows = iter(dialogues)
    while batch := [*islice(rows, SHARD)]:
        yield batch


def _arrays(shards: TokenShards, made: Arrangement) -> dict[str, ArrayPieces]:
    tokens = made.counts.tokens
    return {
        "ids": ArrayPieces(np.dtype(np.int32), tokens, map(ids_of, shards.gather(made.order))),
        "loss": ArrayPieces(np.dtype(bool), tokens, map(learned_of, shards.gather(made.order))),
        "segment_tokens": whole(made.segment_tokens),
        "segment_cell": whole(made.segment_cell),
        "sequence_segments": whole(made.sequence_segments),
    }


def _recipe(tokenizer: Any, max_tokens: int, overlong: Overlong) -> bytes:
    """A hash of what decides the tokens of a dialogue."""
    backend = tokenizer.backend_tokenizer.to_str()
    parts = [backend, tokenizer.chat_template, str(max_tokens), overlong]
    return hashlib.sha256(msgspec.json.encode(parts)).digest()


def _hash(recipe: bytes, dialogues: Iterable[Dialogue]) -> str:
    digest = hashlib.sha256(recipe)
    encoder = msgspec.json.Encoder()
    for dialogue in dialogues:
        digest.update(encoder.encode(dialogue) + b"\n")
    return digest.hexdigest()
