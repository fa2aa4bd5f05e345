"""Pack dialogues into token sequences of at most `max_tokens`, with a loss mask.

Which rows share a sequence depends only on the set of rows, not on their order: rows are taken the
longest first, or in the order of a hash of their identity (`train.arrangement`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np

from train.arrangement import Given, TokenRow, arrange, index_rows
from train.chat_templates import Tokenizer, prepare, vocabulary_hash
from train.dialogue_encoding import DialogueEncoder
from train.overlong import DialoguePiece, longest, parts
from train.packed import TEXT_KIND, Packed
from train.train_config import Overlong, PackingOrder, Template
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
    order: PackingOrder = "length",
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
    return _pack_rows(rows, max_tokens, vocabulary_hash(prepared), packing, order)


def pack_texts(
    texts: Iterable[str], tokenizer: Tokenizer, *, max_tokens: int, packing: bool = True
) -> Packed:
    """Tokenise plain texts and pack them; loss on all tokens, each text ended by EOS.

    They are taken in the order of a hash: pieces of long texts fill their sequences anyway.
    A text longer than `max_tokens` becomes several segments; nothing is lost.

    Raises:
        DataError: no text to train on.
    """
    rows = list(_text_rows(list(texts), tokenizer, max_tokens))
    return _pack_rows(rows, max_tokens, vocabulary_hash(tokenizer), packing, "hash")


def dialogue_rows(
    tokenizer: Tokenizer, max_tokens: int, overlong: Overlong
) -> Callable[[Sequence[Dialogue]], Iterator[TokenRow]]:
    """What makes rows of dialogues, with a tokenizer from `prepare`; it may be called again."""
    encoder = DialogueEncoder(tokenizer)

    def rows_of(dialogues: Sequence[Dialogue]) -> Iterator[TokenRow]:
        for start in range(0, len(dialogues), _BATCH):
            batch = dialogues[start : start + _BATCH]
            for dialogue, encoded in zip(batch, encoder.encode(batch), strict=True):
                whole = tuple(each.tokens for each in encoded)
                part = partial(encoder.part, dialogue, encoded)
                found = [*parts(len(dialogue.turns) // 2, whole, part, max_tokens, overlong)]
                rows = [row for pieces in found for row in pieces]
                cell = dialogue.language, dialogue.kind
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
        learned = int(np.count_nonzero(piece.loss))
        yield TokenRow(rank, cell, piece, None if number else given, learned)


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


def _pack_rows(
    rows: list[TokenRow], max_tokens: int, tokenizer: str, packing: bool, order: PackingOrder
) -> Packed:
    index = index_rows(rows, max_tokens)
    made = arrange(
        [index], max_tokens=max_tokens, tokenizer=tokenizer, packing=packing, order=order
    )
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
