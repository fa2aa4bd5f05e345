"""Pack dialogues into token sequences of at most `max_tokens`, with a loss mask.

Which rows share a sequence depends only on the set of rows, not on their order: rows are taken in
the order of a hash of their identity, and each goes into the fullest sequence that still has room.
Longest-first is about as dense, but would put the longest rows, and so one language, into separate
sequences.
"""

import hashlib
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from train.chat_templates import Tokenizer, prepare, vocabulary_hash
from train.overlong import DialoguePiece, Texts, Tokenised, longest, parts
from train.packed import CellCount, PackCounts, Packed
from train.rendering import Span, render
from train.train_config import Overlong, Template
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.text.spelled_tokens import Encoded, SpelledTokens

TEXT_LANGUAGE = "mul"
TEXT_KIND = "text"
_BATCH = 1024


class _Given(NamedTuple):
    """What a dialogue or text is as a whole, and the number of rows that it became.

    `is_split` says that it fell apart as it was longer than `max_tokens`.
    """

    tokens: int
    longest: int
    rows: int
    is_split: bool


class _Row(NamedTuple):
    """A tokenised row; `rank` is its place in the packing order.

    `of` is the dialogue or text that it is the first row of; the others of it have None.
    """

    rank: bytes
    cell: tuple[str, str]
    piece: DialoguePiece
    of: _Given | None

    @property
    def is_kept(self) -> bool:
        """Whether it is trained on: there is something to learn."""
        return bool(self.piece.loss.any())


def pack(
    dialogues: Sequence[Dialogue],
    tokenizer: Tokenizer,
    *,
    max_tokens: int,
    template: Template,
    overlong: Overlong = "split",
    packing: bool = True,
) -> Packed:
    """Tokenise dialogues and pack them; loss on the assistant's tokens only.

    What becomes of a dialogue longer than `max_tokens` says `overlong` (see `train.overlong`); it
    is counted, and so is a row with no assistant token left, which is dropped. Without `packing`,
    each row is one sequence. Where the template needs it, a dialogue is a row for each answer
    (`train.rendering`), counted. Control tokens that a row spells are tokenised as text, and the
    row is counted.

    Raises:
        ConfigError: the chat template cannot be trained on.
        DataError: no row to train on is left.
    """
    prepared = prepare(tokenizer, template)
    rows = list(_dialogue_rows(dialogues, prepared, max_tokens, overlong))
    return _pack_rows(rows, max_tokens, vocabulary_hash(prepared), packing)


def pack_texts(
    texts: Iterable[str], tokenizer: Tokenizer, *, max_tokens: int, packing: bool = True
) -> Packed:
    """Tokenise plain texts and pack them; loss on all tokens, each text ended by EOS.

    A text longer than `max_tokens` becomes several segments; nothing is lost.

    Raises:
        DataError: no text to train on.
    """
    rows = list(_text_rows(list(texts), tokenizer, max_tokens))
    return _pack_rows(rows, max_tokens, vocabulary_hash(tokenizer), packing)


def _dialogue_rows(
    dialogues: Sequence[Dialogue], tokenizer: Tokenizer, max_tokens: int, overlong: Overlong
) -> Iterator[_Row]:
    spelled = SpelledTokens(tokenizer)
    for start in range(0, len(dialogues), _BATCH):
        batch = dialogues[start : start + _BATCH]
        every = _tokenised([(d.system, d.turns) for d in batch], tokenizer, spelled)
        for dialogue, whole in zip(batch, every, strict=True):

            def tokenise(turns: Sequence[str], system: str = dialogue.system) -> Texts:
                return next(_tokenised([(system, turns)], tokenizer, spelled))

            cell = dialogue.language, dialogue.kind
            found = [*parts(dialogue.turns, whole, tokenise, max_tokens, overlong)]
            rows = [piece for part in found for piece in part]
            ranks = [_rank(*cell, dialogue.id, *([str(n)] if n else ())) for n in range(len(rows))]
            tokens = sum(len(text.ids) for text in whole)
            given = _Given(tokens, longest(whole), len(rows), is_split=len(found) > 1)
            yield from _rows(cell, ranks, rows, given)


def _rows(
    cell: tuple[str, str], ranks: Sequence[bytes], pieces: Sequence[DialoguePiece], given: _Given
) -> Iterator[_Row]:
    """The rows that a dialogue or text became."""
    for number, (rank, piece) in enumerate(zip(ranks, pieces, strict=True)):
        yield _Row(rank, cell, piece, None if number else given)


def _tokenised(
    dialogues: Sequence[tuple[str, Sequence[str]]], tokenizer: Tokenizer, spelled: SpelledTokens
) -> Iterator[Texts]:
    """The tokens of each dialogue, which is given as its system turn and its turns."""
    odd = [spelled.in_texts((system, *turns)) for system, turns in dialogues]
    usual = [
        () if is_odd else render(turns, tokenizer, system)
        for (system, turns), is_odd in zip(dialogues, odd, strict=True)
    ]
    encoded = _encode([text for samples in usual for text, _ in samples], tokenizer)
    for (system, turns), is_odd, samples in zip(dialogues, odd, usual, strict=True):
        found = (
            _as_text(system, turns, tokenizer, spelled)
            if is_odd
            else ((spans, next(encoded)) for _, spans in samples)
        )
        yield tuple(_with_loss(spans, ids, offsets, is_odd) for spans, (ids, offsets) in found)


def _with_loss(
    spans: tuple[Span, ...], ids: np.ndarray, offsets: np.ndarray, is_odd: bool
) -> Tokenised:
    ends = np.searchsorted(offsets[:, 0], [span.end for span in spans])
    return Tokenised(ids, loss_mask(offsets, spans), ends, is_odd)


def _encode(texts: list[str], tokenizer: Tokenizer) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Ids and offsets, without adding special tokens, as the template has written them."""
    if not texts:
        return
    encoded = tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
    for ids, offsets in zip(encoded["input_ids"], encoded["offset_mapping"], strict=True):
        yield _arrays(Encoded(ids, offsets))


def _arrays(encoded: Encoded) -> tuple[np.ndarray, np.ndarray]:
    ids, offsets = encoded
    return np.asarray(ids, np.int32), np.asarray(offsets, np.int64).reshape(-1, 2)


def _as_text(
    system: str, turns: Sequence[str], tokenizer: Tokenizer, spelled: SpelledTokens
) -> Iterator[tuple[tuple[Span, ...], tuple[np.ndarray, np.ndarray]]]:
    """Spans, ids and offsets of a dialogue whose control tokens are text."""
    escaped = spelled.escape((system, *turns))
    system, *turns = escaped.texts
    for text, spans in render(turns, tokenizer, system):
        moved = [
            Span(*(len(spelled.respell(text[:place], escaped.sign)) for place in span))
            for span in spans
        ]
        encoded = spelled.encode(spelled.respell(text, escaped.sign), escaped.sign)
        yield tuple(moved), _arrays(encoded)


def loss_mask(offsets: np.ndarray, spans: Iterable[Span]) -> np.ndarray:
    """Which tokens are learned: those that start inside one of `spans`.

    A token that starts before a span and reaches into it is learned only if its part before the
    span is blank ("A: " and "plums" share a token " plums"); otherwise the model would learn to
    write part of its prompt. The first token of a row is never learned: nothing comes before it.
    """
    mask = np.zeros(len(offsets), bool)
    starts, ends = offsets[:, 0], offsets[:, 1]
    for blank, first, last in spans:
        begins_inside = (starts >= first) & (starts < last)
        reaches_in = (starts >= blank) & (starts < first) & (ends > first)
        mask |= (begins_inside | reaches_in) & (ends > starts)
    mask[:1] = False
    return mask


def _text_rows(texts: Sequence[str], tokenizer: Tokenizer, max_tokens: int) -> Iterator[_Row]:
    head = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    tail = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
    spelled = SpelledTokens(tokenizer)
    for start in range(0, len(texts), _BATCH):
        batch = list(texts[start : start + _BATCH])
        encoded = tokenizer(batch, add_special_tokens=False)["input_ids"]
        for text, tokens in zip(batch, encoded, strict=True):
            is_odd = spelled.in_texts([text])
            if is_odd:
                tokens = spelled.encode(text, spelled.escape([text]).sign).ids
            ids = np.asarray(head + list(tokens) + tail, np.int32)
            pieces = []
            for begin in range(0, len(ids), max_tokens):
                piece = ids[begin : begin + max_tokens]
                loss = np.ones(len(piece), bool)
                loss[:1] = False
                pieces.append(DialoguePiece(piece, loss, left_out=0, spelled=is_odd))
            ranks = [_rank(text, str(number)) for number in range(len(pieces))]
            given = _Given(len(ids), len(ids), len(pieces), is_split=len(pieces) > 1)
            yield from _rows((TEXT_LANGUAGE, TEXT_KIND), ranks, pieces, given)


def _rank(*identity: str) -> bytes:
    return hashlib.sha256("\0".join(identity).encode()).digest()


def _pack_rows(rows: list[_Row], max_tokens: int, tokenizer: str, packing: bool) -> Packed:
    rows.sort(key=lambda row: row.rank)
    kept = [row for row in rows if row.is_kept]
    if not kept:
        given = sum(row.of is not None for row in rows)
        raise DataError(
            f"no row to train on: {given} given, none with a token to learn in its first "
            f"{max_tokens}",
            hint="check the dataset, or raise --set train.max_tokens",
        )
    lengths = [len(row.piece.ids) for row in kept]
    groups = fill(lengths, max_tokens) if packing else [[i] for i in range(len(kept))]
    counts = _count(rows, len(groups), max_tokens, tokenizer)
    cells = {(cell.language, cell.kind): index for index, cell in enumerate(counts.cells)}
    ordered = [kept[index] for group in groups for index in group]
    return Packed(
        ids=np.concatenate([row.piece.ids for row in ordered]),
        loss=np.concatenate([row.piece.loss for row in ordered]),
        segment_tokens=np.asarray([len(row.piece.ids) for row in ordered], np.int32),
        segment_cell=np.asarray([cells[row.cell] for row in ordered], np.int32),
        sequence_segments=np.asarray([len(group) for group in groups], np.int32),
        counts=counts,
    )


def fill(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Groups of indices of `lengths` with a sum of at most `room`: best fit, in the given order."""
    groups: list[list[int]] = []
    left: list[tuple[int, int]] = []
    smallest = min(lengths, default=0)
    for index, length in enumerate(lengths):
        place = bisect_left(left, (length, -1))
        if place < len(left):
            free, group = left.pop(place)
        else:
            free, group = room, len(groups)
            groups.append([])
        groups[group].append(index)
        if free - length >= smallest:
            insort(left, (free - length, group))
    return groups


def _count(rows: list[_Row], sequences: int, max_tokens: int, tokenizer: str) -> PackCounts:
    cells: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        piece, number = row.piece, cells.setdefault(row.cell, Counter())
        kept = len(piece.ids) if row.is_kept else 0
        number["rows"] += row.is_kept
        number["dropped"] += not row.is_kept
        number["tokens"] += kept
        number["loss_tokens"] += int(piece.loss.sum())
        number["truncated"] += row.is_kept and piece.left_out > 0
        number["spelled"] += piece.spelled
        number["again"] += row.is_kept and piece.again
        number["dropped_tokens"] += len(piece.ids) - kept + piece.left_out
        if row.of is not None:
            number["dialogues"] += 1
            number["given_tokens"] += row.of.tokens
            number["over"] += row.of.longest > max_tokens
            number["split"] += row.of.is_split
            number["pieces"] += row.of.rows * row.of.is_split
    counts = tuple(
        CellCount(language=language, kind=kind, **cells[language, kind])
        for language, kind in sorted(cells)
    )
    return PackCounts(cells=counts, sequences=sequences, max_tokens=max_tokens, tokenizer=tokenizer)
