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
from train.packed import CellCount, PackCounts, Packed
from train.rendering import Span, render
from train.train_config import Template
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.text.spelled_tokens import Encoded, SpelledTokens

TEXT_LANGUAGE = "mul"
TEXT_KIND = "text"
_BATCH = 1024


class _Row(NamedTuple):
    """A tokenised row; `rank` is its place in the packing order.

    `spelled` says that its text spells control tokens, which stayed text; `again` that it is
    another answer of a dialogue that is trained one answer at a time.
    """

    rank: bytes
    cell: tuple[str, str]
    ids: np.ndarray
    loss: np.ndarray
    truncated: bool
    spelled: bool
    again: bool = False


def pack(
    dialogues: Sequence[Dialogue],
    tokenizer: Tokenizer,
    *,
    max_tokens: int,
    template: Template,
    packing: bool = True,
) -> Packed:
    """Tokenise dialogues and pack them; loss on the assistant's tokens only.

    A dialogue longer than `max_tokens` is cut at the end and counted as truncated; one with no
    assistant token left is dropped and counted. Without `packing`, each dialogue is one sequence.
    Where the template needs it, a dialogue is a row for each answer (`train.rendering`), counted.
    Control tokens that a row spells are tokenised as text, and the row is counted.

    Raises:
        ConfigError: the chat template cannot be trained on.
        DataError: no row to train on is left.
    """
    prepared = prepare(tokenizer, template)
    rows = list(_dialogue_rows(dialogues, prepared, max_tokens))
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
    dialogues: Sequence[Dialogue], tokenizer: Tokenizer, max_tokens: int
) -> Iterator[_Row]:
    spelled = SpelledTokens(tokenizer)
    for start in range(0, len(dialogues), _BATCH):
        batch = dialogues[start : start + _BATCH]
        odd = [spelled.in_texts((dialogue.system, *dialogue.turns)) for dialogue in batch]
        usual = [
            () if is_odd else render(dialogue.turns, tokenizer, dialogue.system)
            for dialogue, is_odd in zip(batch, odd, strict=True)
        ]
        encoded = _encode([text for samples in usual for text, _ in samples], tokenizer)
        for dialogue, is_odd, samples in zip(batch, odd, usual, strict=True):
            if is_odd:
                found = _as_text(dialogue, tokenizer, spelled)
            else:
                found = ((spans, next(encoded)) for _, spans in samples)
            name = (dialogue.language, dialogue.kind, dialogue.id)
            for part, (spans, (ids, offsets)) in enumerate(found):
                yield _Row(
                    rank=_rank(*name, *([str(part)] if part else [])),
                    cell=(dialogue.language, dialogue.kind),
                    ids=ids[:max_tokens],
                    loss=loss_mask(offsets, spans)[:max_tokens],
                    truncated=len(ids) > max_tokens,
                    spelled=is_odd,
                    again=part > 0,
                )


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
    dialogue: Dialogue, tokenizer: Tokenizer, spelled: SpelledTokens
) -> Iterator[tuple[tuple[Span, ...], tuple[np.ndarray, np.ndarray]]]:
    """Spans, ids and offsets of a dialogue whose control tokens are text."""
    escaped = spelled.escape((dialogue.system, *dialogue.turns))
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
            for part, begin in enumerate(range(0, len(ids), max_tokens)):
                piece = ids[begin : begin + max_tokens]
                loss = np.ones(len(piece), bool)
                loss[:1] = False
                rank = _rank(text, str(part))
                cell = (TEXT_LANGUAGE, TEXT_KIND)
                yield _Row(rank, cell, piece, loss, truncated=False, spelled=is_odd)


def _rank(*identity: str) -> bytes:
    return hashlib.sha256("\0".join(identity).encode()).digest()


def _pack_rows(rows: list[_Row], max_tokens: int, tokenizer: str, packing: bool) -> Packed:
    rows.sort(key=lambda row: row.rank)
    kept = [row for row in rows if row.loss.any()]
    if not kept:
        raise DataError(
            f"no row to train on: {len(rows)} given, none with a token to learn in its first "
            f"{max_tokens}",
            hint="check the dataset, or raise --set train.max_tokens",
        )
    lengths = [len(row.ids) for row in kept]
    groups = fill(lengths, max_tokens) if packing else [[i] for i in range(len(kept))]
    counts = _count(rows, len(groups), max_tokens, tokenizer)
    cells = {(cell.language, cell.kind): index for index, cell in enumerate(counts.cells)}
    ordered = [kept[index] for group in groups for index in group]
    return Packed(
        ids=np.concatenate([row.ids for row in ordered]),
        loss=np.concatenate([row.loss for row in ordered]),
        segment_tokens=np.asarray([len(row.ids) for row in ordered], np.int32),
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
    number: Counter[tuple[tuple[str, str], str]] = Counter()
    for row in rows:
        number[row.cell, "truncated"] += row.truncated
        number[row.cell, "spelled"] += row.spelled
        if row.loss.any():
            number[row.cell, "rows"] += 1
            number[row.cell, "again"] += row.again
            number[row.cell, "tokens"] += len(row.ids)
            number[row.cell, "loss_tokens"] += int(row.loss.sum())
        else:
            number[row.cell, "dropped"] += 1
    cells = tuple(
        CellCount(
            language=cell[0],
            kind=cell[1],
            rows=number[cell, "rows"],
            tokens=number[cell, "tokens"],
            loss_tokens=number[cell, "loss_tokens"],
            truncated=number[cell, "truncated"],
            dropped=number[cell, "dropped"],
            spelled=number[cell, "spelled"],
            again=number[cell, "again"],
        )
        for cell in sorted({row.cell for row in rows})
    )
    return PackCounts(cells=cells, sequences=sequences, max_tokens=max_tokens, tokenizer=tokenizer)
