"""Packed data in an order: phases of dialogues, each packed by itself, one after the other.

Dialogues are read once for each phase, and are never all in memory.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from train.arrangement import together
from train.npz_files import ArrayPieces
from train.packed import ARRAYS, PackCounts, Packed, write_packed
from train.stream_packing import in_shards
from ultralink_data.dialogue import Dialogue
from ultralink_data.mixture.drawing import TokensOf, dataset_of
from ultralink_data.mixture.mixture_config import Curriculum

Rows = Callable[[], Iterable[Dialogue]]
"""Gives the dialogues, the same in the same order each time."""
PackPhase = Callable[[Path, str, Iterable[Dialogue]], PackCounts]
"""Packs dialogues into a folder; the text is a name for the phase, "" for all of them."""


def pack_in_order(
    folder: Path, rows: Rows, order: Curriculum, tokens_of: TokensOf, pack: PackPhase, work: Path
) -> PackCounts:
    """Write the phases of `order` as one `Packed` into `folder`; shuffled dialogues are one.

    Phases are written below `work` first.

    Raises:
        DataError: a phase has no dialogue with a token to learn.
    """
    if order.order == "shuffled":
        return pack(folder, "", rows())
    phase = _stages(rows, order) if order.order == "stages" else _lengths(rows, order, tokens_of)
    parts = []
    for number in np.unique(phase).tolist():
        mine = (row for row, own in zip(rows(), phase, strict=True) if own == number)
        part = work / f"phase-{number}"
        pack(part, part.name, mine)
        parts.append(Packed.load(part))
    return write_joined(folder, parts)


def _stages(rows: Rows, order: Curriculum) -> np.ndarray:
    """The stage of each dialogue: int [dialogues]."""
    stage = {name: number for number, names in enumerate(order.stages) for name in names}
    return np.asarray([stage[dataset_of(row)] for row in rows()], np.int32)


def _lengths(rows: Rows, order: Curriculum, tokens_of: TokensOf) -> np.ndarray:
    """The phase of each dialogue by its tokens, that of its middle token: int [dialogues]."""
    tokens = np.asarray([length for b in in_shards(rows()) for length in tokens_of(b)], np.int64)
    by_length = np.argsort(tokens, kind="stable")
    middles = np.cumsum(tokens[by_length]) - (tokens[by_length] + 1) // 2
    phase = np.empty(len(tokens), np.int32)
    phase[by_length] = middles * order.phases // max(1, int(tokens.sum()))
    return phase


def write_joined(folder: Path, parts: Sequence[Packed]) -> PackCounts:
    """Write packed data one after the other, as phases; `parts` are of one tokenizer and length."""
    first = parts[0].counts
    counts = PackCounts(
        cells=together(cell for part in parts for cell in part.counts.cells),
        sequences=sum(part.sequences for part in parts),
        max_tokens=first.max_tokens,
        tokenizer=first.tokenizer,
        note=first.note,
        phases=tuple(part.sequences for part in parts),
    )
    numbers = {(cell.language, cell.kind): n for n, cell in enumerate(counts.cells)}
    parts = [_renumbered(part, numbers) for part in parts]
    arrays = {}
    for name in ARRAYS:
        pieces = [getattr(part, name) for part in parts]
        arrays[name] = ArrayPieces(pieces[0].dtype, sum(map(len, pieces)), iter(pieces))
    write_packed(folder, arrays, counts)
    return counts


def _renumbered(part: Packed, numbers: dict[tuple[str, str], int]) -> Packed:
    own = np.asarray([numbers[c.language, c.kind] for c in part.counts.cells], np.int32)
    return replace(part, segment_cell=own[part.segment_cell])
