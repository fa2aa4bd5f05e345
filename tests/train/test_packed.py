"""The packed form by hand: three rows in two sequences."""

import msgspec
import numpy as np
import pytest

from train.packed import ARRAYS_FILE, COUNTS_FILE, CellCount, PackCounts, Packed
from train.plan import plan
from train.train_config import TrainConfig
from ultralink_data.errors import DataError, PrerequisiteError

CELLS = (
    CellCount(language="en", kind="math", rows=2, tokens=5, loss_tokens=2, truncated=1, dropped=3),
    CellCount(language="zh", kind="code", rows=1, tokens=4, loss_tokens=3, truncated=2, dropped=5),
)


def packed(**changes):
    arrays = {
        "ids": np.array([1, 2, 3, 4, 5, 6, 7, 8, 9], np.int32),
        "loss": np.array([0, 1, 1, 0, 1, 1, 1, 0, 0], bool),
        "segment_tokens": np.array([3, 4, 2], np.int32),
        "segment_cell": np.array([0, 1, 0], np.int32),
        "sequence_segments": np.array([2, 1], np.int32),
        "counts": PackCounts(cells=CELLS, sequences=2, max_tokens=8, tokenizer="t"),
    }
    return Packed(**(arrays | changes))


def test_counts_add_up_over_cells():
    counts = packed().counts
    assert (counts.rows, counts.tokens, counts.loss_tokens) == (3, 9, 5)
    assert (counts.truncated, counts.dropped) == (3, 8)


def test_a_sequence_is_its_segments_with_positions_of_their_own():
    first, second = packed().sequence(0), packed().sequence(1)
    assert first.ids.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert first.loss.tolist() == [False, True, True, False, True, True, True]
    assert first.positions.tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert (second.ids.tolist(), second.positions.tolist()) == ([8, 9], [0, 1])
    assert first.positions.dtype == np.int32


def test_bounds_are_starts_and_the_end():
    assert packed().segment_bounds.tolist() == [0, 3, 7, 9]
    assert packed().sequence_bounds.tolist() == [0, 2, 3]
    assert packed().sequences == 2


def test_segments_have_their_cell_and_tokens():
    assert list(packed().segments(0)) == [(CELLS[0], 0, 3), (CELLS[1], 3, 7)]
    assert list(packed().segments(1)) == [(CELLS[0], 7, 9)]


def test_saved_and_loaded_again_is_the_same_and_leaves_nothing_beside(tmp_path):
    folder = tmp_path / "new" / "folder"
    packed().save(folder)
    packed().save(folder)
    assert sorted(path.name for path in folder.iterdir()) == [COUNTS_FILE, ARRAYS_FILE]
    again = Packed.load(folder)
    assert again.counts == packed().counts
    for name in ("ids", "loss", "segment_tokens", "segment_cell", "sequence_segments"):
        found, expected = getattr(again, name), getattr(packed(), name)
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()
    text = (folder / COUNTS_FILE).read_text()
    assert text.endswith("\n}\n")
    assert '\n  "sequences": 2' in text


OTHER_COUNTS = {
    "sequences": msgspec.structs.replace(packed().counts, sequences=3),
    "tokens": msgspec.structs.replace(
        packed().counts, cells=(CELLS[0], msgspec.structs.replace(CELLS[1], tokens=5))
    ),
    "rows": msgspec.structs.replace(
        packed().counts, cells=(CELLS[0], msgspec.structs.replace(CELLS[1], rows=2))
    ),
    "loss": msgspec.structs.replace(
        packed().counts, cells=(CELLS[0], msgspec.structs.replace(CELLS[1], loss_tokens=2))
    ),
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"loss": np.zeros(8, bool)}, "loss mask"),
        ({"segment_tokens": np.array([3, 4, 3], np.int32)}, "segments do not add up"),
        ({"sequence_segments": np.array([1, 1], np.int32)}, "sequences do not add up"),
        ({"segment_cell": np.array([0, 1], np.int32)}, "sequences do not add up"),
        *(({"counts": counts}, "the counts are") for counts in OTHER_COUNTS.values()),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_named(tmp_path, changes, said):
    packed(**changes).save(tmp_path)
    with pytest.raises(DataError, match=rf"^{tmp_path} is not a packed dataset: {said}") as caught:
        Packed.load(tmp_path)
    assert "pack again" in caught.value.hint


def test_what_cannot_be_read_says_why(tmp_path):
    with pytest.raises(DataError, match=r"is not a packed dataset: .*No such file"):
        Packed.load(tmp_path)
    packed().save(tmp_path)
    (tmp_path / ARRAYS_FILE).write_bytes(b"no archive")
    with pytest.raises(DataError, match="is not a packed dataset: "):
        Packed.load(tmp_path)


def test_a_disk_that_cannot_be_written_is_no_traceback(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PrerequisiteError, match=str(tmp_path / "file")):
        packed().save(tmp_path / "file" / "folder")


def test_a_plan_counts_each_row_as_often_as_its_sequence_is_seen():
    config = TrainConfig(steps=3, sequences_per_step=1, micro_batch=1)
    found = plan(packed(), config, seed=0)
    (first, second) = found.cells
    times = second.rows, 3 - second.rows  # how often each of the two sequences is seen
    assert set(times) == {1, 2}
    assert (found.sequences, found.epochs, found.steps) == (3, 1.5, 3)
    assert (first.rows, first.tokens) == (3, 3 * times[0] + 2 * times[1])
    assert second.tokens == 4 * times[0]
    assert (first.loss_tokens, second.loss_tokens) == (2 * times[0], 3 * times[0])
    assert (found.rows, found.tokens) == (3 + times[0], first.tokens + second.tokens)
    assert found.loss_tokens == first.loss_tokens + second.loss_tokens
    assert (first.language, second.kind) == ("en", "code")
