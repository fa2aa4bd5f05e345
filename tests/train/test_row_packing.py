"""Packing by hand: places, ranks, counts and what is said where nothing is left."""

import math

import numpy as np
import pytest
from train_samples import dialogue, dialogues

from train import arrangement
from train.arrangement import RowIndex, arrange, fill
from train.chat_templates import vocabulary_hash
from train.dialogue_encoding import loss_mask
from train.packed import TEXT_KIND, CellCount
from train.packing import TEXT_LANGUAGE, pack, pack_texts
from train.rendering import Span
from ultralink_data.errors import DataError


def arranged(lengths, order="length", packing=True, room=10):
    """The lengths in each sequence, of rows whose ranks fall: the first row is the last."""
    cell = CellCount(language="en", kind="math", rows=len(lengths), tokens=0, loss_tokens=0)
    ranks = [b"%032d" % (len(lengths) - n) for n in range(len(lengths))]
    index = RowIndex(
        np.array(ranks), np.array(lengths, np.int32), np.zeros(len(lengths), np.int32), (cell,)
    )
    made = arrange([index], max_tokens=room, tokenizer="t", packing=packing, order=order)
    assert made.segment_tokens.tolist() == [lengths[n] for n in made.order]
    ends = np.cumsum(made.sequence_segments)[:-1]
    return [part.tolist() for part in np.split(made.segment_tokens, ends)]


def test_by_length_the_longest_rows_are_placed_first():
    lengths = [7, 2, 4, 6, 1]
    assert arranged(lengths) == [[7, 2, 1], [6, 4]]
    assert arranged(lengths, "hash") == [[1, 6, 2], [4], [7]]
    assert arranged(lengths, packing=False) == [[each] for each in lengths[::-1]]


def test_rows_of_one_length_keep_their_order():
    ranks = [b"%032d" % n for n in (3, 1, 2)]
    cell = CellCount(language="en", kind="math", rows=3, tokens=0, loss_tokens=0)
    index = RowIndex(np.array(ranks), np.full(3, 9, np.int32), np.zeros(3, np.int32), (cell,))
    made = arrange([index], max_tokens=10, tokenizer="t", packing=True, order="length")
    assert made.order.tolist() == [1, 2, 0]


def test_the_longest_are_first_of_so_many_rows_and_leave_room_for_the_next(monkeypatch):
    monkeypatch.setattr(arrangement, "WINDOW", 3)
    # In the order of ranks: 1 4 6, then 7 3 8.
    assert arranged([8, 3, 7, 6, 4, 1]) == [[6, 4], [1, 8], [7, 3]]


def test_the_longest_first_fill_what_the_lengths_allow():
    rng = np.random.default_rng(1)
    lengths = np.clip(rng.lognormal(5, 0.9, 3000).astype(int), 1, 1024).tolist()
    sequences = {order: arranged(lengths, order, room=1024) for order in ("length", "hash")}
    for found in sequences.values():
        assert sorted(each for its in found for each in its) == sorted(lengths)
        assert max(map(sum, found)) <= 1024
    fullest = sum(lengths) / 1024
    assert len(sequences["length"]) == math.ceil(fullest) < len(sequences["hash"])


@pytest.mark.parametrize(
    ("lengths", "groups"),
    [
        ([], []),
        ([5], [[0]]),
        ([10, 10], [[0], [1]]),
        ([6, 4, 6, 4], [[0, 1], [2, 3]]),
        ([6, 6, 4], [[0, 2], [1]]),
        ([3, 6, 4, 7], [[0, 1], [2], [3]]),
        ([6, 7, 3, 4], [[0, 3], [1, 2]]),
        ([9, 8, 1, 2], [[0, 2], [1, 3]]),
    ],
)
def test_each_row_goes_where_it_leaves_the_least_room(lengths, groups):
    assert fill(lengths, 10) == groups


def test_a_mask_is_what_begins_in_a_span_and_never_the_first_token():
    offsets = np.array([[0, 2], [2, 4], [4, 6], [6, 8], [8, 10]])
    assert loss_mask(offsets, []).tolist() == [False] * 5
    assert loss_mask(offsets, [Span(0, 0, 4)]).tolist() == [False, True, False, False, False]
    both = [Span(2, 2, 4), Span(8, 8, 9)]
    assert loss_mask(offsets, both).tolist() == [False, True, False, False, True]
    assert loss_mask(offsets, [Span(6, 6, 6)]).tolist() == [False] * 5
    assert loss_mask(np.empty((0, 2), int), both).tolist() == []


def test_a_token_that_ends_where_an_answer_begins_is_no_part_of_it():
    offsets = np.array([[0, 1], [1, 3], [3, 5]])
    assert loss_mask(offsets, [Span(1, 3, 5)]).tolist() == [False, False, True]


def test_the_rows_of_a_sequence_follow_a_hash_of_language_kind_and_id(tokenizer):
    options = {"max_tokens": 400, "template": "chatml", "packing": False}
    rows = [dialogue(n) for n in range(4)] + [dialogue(0, kind="code"), dialogue(0, language="zh")]
    whole = pack(rows, tokenizer, **options)
    order = [tuple(whole.sequence(n).ids) for n in range(6)]
    assert order == [
        tuple(pack(rows[::-1], tokenizer, **options).sequence(n).ids) for n in range(6)
    ]
    given = [tuple(pack([row], tokenizer, **options).ids) for row in rows]
    assert sorted(order) == sorted(given)
    assert order != given
    assert whole.sequence(0).ids.dtype == np.int32
    assert whole.segment_tokens.dtype == whole.segment_cell.dtype == np.int32


def test_counts_name_the_vocabulary_and_the_limit(tokenizer):
    counts = pack(dialogues(), tokenizer, max_tokens=400, template="chatml").counts
    assert counts.tokenizer == vocabulary_hash(tokenizer)
    assert counts.max_tokens == 400
    texts = pack_texts(["one", "two"], tokenizer, max_tokens=64).counts
    assert (texts.tokenizer, texts.max_tokens) == (counts.tokenizer, 64)
    (cell,) = texts.cells
    assert (cell.language, cell.kind, cell.rows) == (TEXT_LANGUAGE, TEXT_KIND, 2)
    assert (cell.truncated, cell.dropped) == (0, 0)


def test_a_row_of_the_very_limit_is_not_cut(tokenizer):
    size = len(pack([dialogue(1)], tokenizer, max_tokens=400, template="chatml").ids)
    for limit, cut in ((size, 0), (size - 1, 1)):
        counts = pack([dialogue(1)], tokenizer, max_tokens=limit, template="chatml").counts
        assert (counts.truncated, counts.tokens) == (cut, limit)


def test_a_long_text_becomes_pieces_that_follow_each_other(tokenizer):
    text = "one two three " * 30
    ids = [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]
    packed = pack_texts([text], tokenizer, max_tokens=32, packing=False)
    assert packed.ids.dtype == np.int32
    pieces = [packed.sequence(n) for n in range(packed.sequences)]
    expected = [ids[start : start + 32] for start in range(0, len(ids), 32)]
    assert sorted(piece.ids.tolist() for piece in pieces) == sorted(expected)
    for piece in pieces:
        assert piece.loss.tolist() == [False] + [True] * (len(piece.ids) - 1)


def test_more_texts_than_a_batch_are_all_there(tokenizer, monkeypatch):
    from train import packing

    monkeypatch.setattr(packing, "_BATCH", 2)
    texts = ["one", "two", "three", "four", "five"]
    assert pack_texts(texts, tokenizer, max_tokens=64).counts.rows == 5
    rows = dialogues()[:5]
    some = pack(rows, tokenizer, max_tokens=400, template="chatml")
    monkeypatch.undo()
    assert some.counts == pack(rows, tokenizer, max_tokens=400, template="chatml").counts


def test_where_no_row_is_left_the_message_counts_them_and_names_the_option(tokenizer):
    said = "no row to train on: 2 given, none with a token to learn in its first 4"
    with pytest.raises(DataError) as caught:
        pack([dialogue(1), dialogue(2)], tokenizer, max_tokens=4, template="chatml")
    assert caught.value.message == said
    assert "--set train.max_tokens" in caught.value.hint
    with pytest.raises(DataError, match="2 given"):
        pack_texts(["", ""], tokenizer, max_tokens=4)


def test_the_order_of_texts_changes_nothing(tokenizer):
    texts = ["one two", "three four", "five", "six seven eight"]
    first, again = (
        pack_texts(given, tokenizer, max_tokens=16) for given in (texts, [*texts[2:], *texts[:2]])
    )
    assert first.ids.tolist() == again.ids.tolist()
    assert first.sequence_segments.tolist() == again.sequence_segments.tolist()
