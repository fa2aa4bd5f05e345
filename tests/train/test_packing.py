import copy
import random

import numpy as np
import pytest
from train_samples import dialogue, dialogues

from train.arrangement import fill
from train.dialogue_encoding import loss_mask
from train.packed import ARRAYS_FILE, COUNTS_FILE, Packed
from train.packing import pack, pack_texts
from train.rendering import Span
from ultralink_data.errors import DataError

LIMIT = 400  # tokens; the longest of `dialogues()` fits


def rows_of(packed):
    """Each segment's cell and tokens, sorted."""
    return sorted(
        (cell.language, cell.kind, tuple(packed.ids[start:end]))
        for index in range(packed.sequences)
        for cell, start, end in packed.segments(index)
    )


def test_every_row_is_there_once_and_whole(tokenizer):
    packed = pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml")
    alone = [
        rows_of(pack([row], tokenizer, max_tokens=LIMIT, template="chatml"))[0]
        for row in dialogues()
    ]
    assert rows_of(packed) == sorted(alone)
    assert packed.sequences < len(alone)
    assert packed.counts.truncated == packed.counts.dropped == 0


def test_no_sequence_is_over_the_limit_and_positions_start_at_0_in_each_row(tokenizer):
    packed = pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml")
    begin = 0
    for index in range(packed.sequences):
        ids, loss, positions = packed.sequence(index)
        assert len(ids) == len(loss) == len(positions) <= LIMIT
        expected = [np.arange(end - start) for _, start, end in packed.segments(index)]
        assert positions.tolist() == np.concatenate(expected).tolist()
        assert not loss[positions == 0].any()
        begin += len(ids)
    assert begin == len(packed.ids)


@pytest.mark.parametrize("order", ["length", "hash"])
def test_row_order_changes_nothing(tokenizer, tmp_path, order):
    rows = dialogues()
    shuffled = rows.copy()
    random.Random(3).shuffle(shuffled)
    for name, some in (("a", rows), ("b", shuffled)):
        pack(some, tokenizer, max_tokens=LIMIT, template="chatml", order=order).save(
            tmp_path / name
        )
    for file in (ARRAYS_FILE, COUNTS_FILE):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_without_packing_each_row_is_a_sequence(tokenizer):
    packed = pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml", packing=False)
    assert packed.sequences == len(dialogues())
    assert set(packed.sequence_segments) == {1}


def test_a_long_row_is_cut_at_its_end_and_counted(tokenizer):
    row = dialogue(2, turns=6)
    whole = pack([row], tokenizer, max_tokens=1000, template="chatml")
    limit = len(whole.ids) - 5
    cut = pack([row], tokenizer, max_tokens=limit, template="chatml", overlong="cut")
    assert cut.ids.tolist() == whole.ids[:limit].tolist()
    assert (whole.counts.truncated, cut.counts.truncated, cut.counts.rows) == (0, 1, 1)


def test_a_row_with_nothing_left_to_learn_is_dropped_and_counted(tokenizer):
    both = [dialogue(0), dialogue(2)]
    longer = pack(both[1:], tokenizer, max_tokens=500, template="chatml")
    limit = int(np.flatnonzero(longer.loss)[0])
    for extra, expected in ((0, (1, 1)), (1, (2, 0))):
        counts = pack(both, tokenizer, max_tokens=limit + extra, template="chatml").counts
        assert (counts.rows, counts.dropped) == expected
        assert counts.cells[0].over >= 1


def test_no_row_left_is_an_error(tokenizer):
    with pytest.raises(DataError, match="no row to train on: 1 given"):
        pack([dialogue(1)], tokenizer, max_tokens=4, template="chatml")


def test_counts_are_those_of_the_arrays(tokenizer):
    counts = pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml").counts
    english, chinese = counts.cells
    assert (english.language, english.kind, english.rows) == ("en", "math", 24)
    assert (chinese.language, chinese.kind, chinese.rows) == ("zh", "code", 9)
    alone = pack(
        [d for d in dialogues() if d.language == "zh"],
        tokenizer,
        max_tokens=LIMIT,
        template="chatml",
    )
    assert (len(alone.ids), int(alone.loss.sum())) == (chinese.tokens, chinese.loss_tokens)


def test_plain_texts_are_learned_whole_and_long_ones_split(tokenizer):
    texts = ["one two three " * 40, "安娜有12个苹果。", "short"]
    packed = pack_texts(texts, tokenizer, max_tokens=32)
    expected = sum(len(tokenizer(t)["input_ids"]) + 1 for t in texts)
    assert packed.counts.tokens == expected
    assert packed.counts.loss_tokens == expected - len(packed.segment_tokens)
    assert (packed.ids == tokenizer.eos_token_id).sum() == 3


def test_saved_is_loaded_again(tokenizer, tmp_path):
    packed = pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml")
    packed.save(tmp_path)
    loaded = Packed.load(tmp_path)
    assert loaded.counts == packed.counts
    assert rows_of(loaded) == rows_of(packed)
    assert sorted(p.name for p in tmp_path.iterdir()) == [COUNTS_FILE, ARRAYS_FILE]


@pytest.mark.parametrize("damage", ["cut", "other", "gone", "field"])
def test_a_damaged_folder_is_refused(tokenizer, tmp_path, damage):
    pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml").save(tmp_path)
    arrays, counts = tmp_path / ARRAYS_FILE, tmp_path / COUNTS_FILE
    if damage == "cut":
        arrays.write_bytes(arrays.read_bytes()[:-200])
    elif damage == "gone":
        arrays.unlink()
    elif damage == "field":
        counts.write_text(counts.read_text().replace('"sequences"', '"sequence"'))
    else:
        pack(dialogues()[:9], tokenizer, max_tokens=LIMIT, template="chatml").save(tmp_path / "x")
        (tmp_path / "x" / ARRAYS_FILE).rename(arrays)
    with pytest.raises(DataError, match="not a packed dataset"):
        Packed.load(tmp_path)


def test_a_token_that_reaches_into_an_answer_is_learned_only_over_blanks():
    offsets = np.array([[0, 3], [3, 6], [5, 8], [8, 8], [8, 10], [10, 12]])
    tight = loss_mask(offsets, [Span(4, 4, 10)])
    assert tight.tolist() == [False, False, True, False, True, False]
    blank = loss_mask(offsets, [Span(3, 4, 10)])
    assert blank.tolist() == [False, True, True, False, True, False]


@pytest.mark.parametrize("seed", range(3))
def test_filling_loses_nothing_and_leaves_little_room(seed):
    rng = np.random.default_rng(seed)
    lengths = np.clip(rng.lognormal(4.3, 0.5, 2000).astype(int), 1, 256).tolist()
    groups = fill(lengths, 256)
    assert sorted(i for group in groups for i in group) == list(range(2000))
    sums = [sum(lengths[i] for i in group) for group in groups]
    assert max(sums) <= 256
    assert sum(sums) / (256 * len(groups)) > 0.95


def marking(tokenizer):
    """A copy that, asked for special tokens, writes a BOS and an EOS of its own, as Llama's do."""
    from tokenizers.processors import TemplateProcessing

    changed = copy.deepcopy(tokenizer)
    changed.add_special_tokens({"bos_token": "<s>"})
    marks = [(t, changed.convert_tokens_to_ids(t)) for t in ("<s>", changed.eos_token)]
    changed.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"<s> $A {changed.eos_token}", special_tokens=marks
    )
    assert changed("x")["input_ids"][0] == changed.bos_token_id
    return changed


def test_a_tokenizer_adds_no_special_tokens_to_those_of_the_template(tokenizer):
    packed = pack(dialogues(), marking(tokenizer), max_tokens=LIMIT, template="chatml")
    assert (packed.ids == marking(tokenizer).bos_token_id).sum() == 0
    plain = pack(dialogues(), tokenizer, max_tokens=LIMIT, template="chatml")
    assert packed.ids.tolist() == plain.ids.tolist()


def test_a_plain_text_has_one_bos_and_one_eos_whatever_the_tokenizer_adds(tokenizer):
    ready = marking(tokenizer)
    packed = pack_texts(["short", "安娜有12个苹果。"], ready, max_tokens=64, packing=False)
    for index in range(2):
        ids, loss, _ = packed.sequence(index)
        assert (ids[0], ids[-1]) == (ready.bos_token_id, ready.eos_token_id)
        assert np.isin(ids, [ready.bos_token_id, ready.eos_token_id]).sum() == 2
        assert loss.tolist() == [False] + [True] * (len(ids) - 1)
