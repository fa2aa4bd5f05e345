"""Sequences become a padded batch in which nothing sees or learns the padding, or one line."""

import numpy as np

from train.batches import IGNORED, Batches, collate, line_up
from train.packed import PackCounts, Packed, TokenSequence
from train.plan import EMPTY

PADDING = 9


def sequence(ids, loss, positions):
    return TokenSequence(
        np.array(ids, np.int32), np.array(loss, bool), np.array(positions, np.int32)
    )


SHORT = sequence([5, 6], [False, True], [0, 1])
LONG = sequence([1, 2, 3, 4, 5], [False, True, False, True, True], [0, 1, 0, 1, 2])


def test_padding_is_a_dialogue_of_its_own_that_is_not_learned():
    made = collate(PADDING)([SHORT, LONG])
    assert made["input_ids"].tolist() == [[5, 6, PADDING, PADDING, PADDING], [1, 2, 3, 4, 5]]
    assert made["position_ids"].tolist() == [[0, 1, 0, 1, 2], [0, 1, 0, 1, 2]]
    assert made["labels"].tolist() == [
        [IGNORED, 6, IGNORED, IGNORED, IGNORED],
        [IGNORED, 2, IGNORED, 4, 5],
    ]
    assert "attention_mask" not in made


def test_a_sequence_alone_is_not_padded():
    made = collate(PADDING)([LONG])
    assert made["input_ids"].tolist() == [[1, 2, 3, 4, 5]]
    assert made["position_ids"].tolist() == [[0, 1, 0, 1, 2]]


def test_an_empty_slot_is_one_token_that_is_not_learned():
    rows = Batches(None, np.array([[EMPTY]]))  # type: ignore[arg-type]
    assert len(rows) == 1
    assert collate(PADDING)([rows[0]])["labels"].tolist() == [[IGNORED]]


def test_learned_tokens_of_slots_are_those_of_their_sequences():
    packed = Packed(
        ids=np.arange(9, dtype=np.int32),
        loss=np.array([0, 1, 1, 0, 1, 0, 1, 1, 0], bool),
        segment_tokens=np.array([3, 2, 4], np.int32),
        segment_cell=np.zeros(3, np.int32),
        sequence_segments=np.array([2, 1], np.int32),
        counts=PackCounts(cells=(), sequences=2, max_tokens=9, tokenizer="t"),
    )
    assert packed.segment_learned.tolist() == [2, 1, 2]
    assert packed.sequence_learned.tolist() == [3, 2]
    batches = Batches(packed, np.array([[1, EMPTY], [EMPTY, 0]]))
    slots = [(range(2), 2), (range(1, 3), 0), (range(3, 4), 3), (range(4), 5), (range(0), 0)]
    for some, learned in slots:
        assert batches.learned(some) == learned
        assert learned == sum(int(batches[slot].loss.sum()) for slot in some)


def test_a_line_has_no_padding_and_tells_dialogues_by_their_positions():
    made = line_up([SHORT, LONG])
    assert made["input_ids"].tolist() == [[5, 6, 1, 2, 3, 4, 5]]
    assert made["labels"].tolist() == [[IGNORED, 6, IGNORED, 2, IGNORED, 4, 5]]
    assert made["position_ids"].tolist() == [[0, 1, 0, 1, 0, 1, 2]]
    assert {str(tensor.dtype) for tensor in made.values()} == {"torch.int64"}
    assert made.keys() == collate(PADDING)([SHORT, LONG]).keys()
