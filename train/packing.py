"""Pack dialogues into token sequences of at most `max_tokens`, with a loss mask.

Which rows share a sequence depends only on the set of rows, not on their order: rows are taken in
the order of a hash of their identity (`train.arrangement`). Longest-first is about as dense, but
would put the longest rows, and so one language, into separate sequences.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from train.arrangement import Given, TokenRow, arrange, index_rows
from train.chat_templates import Tokenizer, prepare, vocabulary_hash
from train.overlong import DialoguePiece, Texts, Tokenised, longest, parts
from train.packed import TEXT_KIND, Packed
from train.rendering import Span, render
from train.train_config import Overlong, Template
from train.word_encoding import TokenArrays, WordEncoder, arrays
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.spelled_tokens import SpelledTokens

TEXT_LANGUAGE = "mul"
_BATCH = 1024


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
    rows = [*dialogue_rows(prepared, max_tokens, overlong)(dialogues)]
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


def dialogue_rows(
    tokenizer: Tokenizer, max_tokens: int, overlong: Overlong
) -> Callable[[Sequence[Dialogue]], Iterator[TokenRow]]:
    """What makes rows of dialogues, with a tokenizer from `prepare`; it may be called again."""
    spelled, encoder = SpelledTokens(tokenizer), WordEncoder(tokenizer)

    def rows_of(dialogues: Sequence[Dialogue]) -> Iterator[TokenRow]:
        for start in range(0, len(dialogues), _BATCH):
            batch = dialogues[start : start + _BATCH]
            every = _tokenised([(d.system, d.turns) for d in batch], tokenizer, spelled, encoder)
            for dialogue, whole in zip(batch, every, strict=True):

                def tokenise(turns: Sequence[str], system: str = dialogue.system) -> Texts:
                    return next(_tokenised([(system, turns)], tokenizer, spelled, encoder))

                cell = dialogue.language, dialogue.kind
                found = [*parts(dialogue.turns, whole, tokenise, max_tokens, overlong)]
                rows = [piece for part in found for piece in part]
                ranks = [
                    _rank(*cell, dialogue.id, *([str(n)] if n else ())) for n in range(len(rows))
                ]
                tokens = sum(len(text.ids) for text in whole)
                given = Given(tokens, longest(whole), len(rows), is_split=len(found) > 1)
                yield from _rows(cell, ranks, rows, given)

    return rows_of


def _rows(
    cell: tuple[str, str], ranks: Sequence[bytes], pieces: Sequence[DialoguePiece], given: Given
) -> Iterator[TokenRow]:
    """The rows that a dialogue or text became."""
    for number, (rank, piece) in enumerate(zip(ranks, pieces, strict=True)):
        yield TokenRow(rank, cell, piece, None if number else given)


def _tokenised(
    dialogues: Sequence[tuple[str, Sequence[str]]],
    tokenizer: Tokenizer,
    spelled: SpelledTokens,
    encoder: WordEncoder,
) -> Iterator[Texts]:
    """The tokens of each dialogue, which is given as its system turn and its turns."""
    odd = [spelled.in_texts((system, *turns)) for system, turns in dialogues]
    usual = [
        () if is_odd else render(turns, tokenizer, system)
        for (system, turns), is_odd in zip(dialogues, odd, strict=True)
    ]
    encoded = encoder.encode([text for samples in usual for text, _ in samples])
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


def _as_text(
    system: str, turns: Sequence[str], tokenizer: Tokenizer, spelled: SpelledTokens
) -> Iterator[tuple[tuple[Span, ...], TokenArrays]]:
    """Spans, ids and offsets of a dialogue whose control tokens are text."""
    escaped = spelled.escape((system, *turns))
    system, *turns = escaped.texts
    for text, spans in render(turns, tokenizer, system):
        moved = [
            Span(*(len(spelled.respell(text[:place], escaped.sign)) for place in span))
            for span in spans
        ]
        encoded = spelled.encode(spelled.respell(text, escaped.sign), escaped.sign)
        yield tuple(moved), arrays(encoded)


def loss_mask(offsets: np.ndarray, spans: Iterable[Span]) -> np.ndarray:
    """Which tokens are learned: those that start inside one of `spans`.

    A token that starts before a span and reaches into it is learned only if its part before the
    span is blank ("A: " and "plums" share a token " plums"); otherwise the model would learn to
    write part of its prompt. The first token of a row is never learned: nothing comes before it.
    """
    mask = np.zeros(len(offsets), bool)
    starts, ends = offsets[:, 0], offsets[:, 1]
    for span in spans:
        blank, first, last = np.searchsorted(starts, span).tolist()
        mask[blank:first] |= ends[blank:first] > span.start
        mask[first:last] = True
    mask &= ends > starts
    mask[:1] = False
    return mask


def _text_rows(texts: Sequence[str], tokenizer: Tokenizer, max_tokens: int) -> Iterator[TokenRow]:
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
            given = Given(len(ids), len(ids), len(pieces), is_split=len(pieces) > 1)
            yield from _rows((TEXT_LANGUAGE, TEXT_KIND), ranks, pieces, given)


def _rank(*identity: str) -> bytes:
    return hashlib.sha256("\0".join(identity).encode()).digest()


def _pack_rows(rows: list[TokenRow], max_tokens: int, tokenizer: str, packing: bool) -> Packed:
    index = index_rows(rows, max_tokens)
    made = arrange([index], max_tokens=max_tokens, tokenizer=tokenizer, packing=packing)
    kept = [row.piece for row in rows if row.is_kept]
    ordered = [kept[number] for number in made.order]
    return Packed(
        ids=np.concatenate([piece.ids for piece in ordered]),
        loss=np.concatenate([piece.loss for piece in ordered]),
        segment_tokens=made.segment_tokens,
        segment_cell=made.segment_cell,
        sequence_segments=made.sequence_segments,
        counts=made.counts,
    )
