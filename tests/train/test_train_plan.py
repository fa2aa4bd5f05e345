import numpy as np
import pytest

from train.packed import Packed
from train.plan import EMPTY, plan, schedule, step_count
from train.train_config import TrainConfig
from train.warmup_note import warmup_note
from ultralink_data.errors import ConfigError


def steps(**options):
    return TrainConfig(sequences_per_step=4, micro_batch=1, **options)


def test_each_epoch_sees_every_sequence_once_in_another_order():
    order = schedule(8, steps(epochs=3), seed=1).reshape(3, 8)
    assert [sorted(epoch) for epoch in order.tolist()] == [list(range(8))] * 3
    assert len({tuple(epoch) for epoch in order.tolist()}) == 3


def test_epochs_leave_slots_of_the_last_step_empty():
    order = schedule(7, steps(epochs=3), seed=1)
    assert order.shape == (6, 4)
    seen = np.bincount(order[order != EMPTY])
    assert seen.tolist() == [3] * 7
    assert (order.reshape(-1)[21:] == EMPTY).all()


def test_steps_fill_every_slot_and_balance_the_sequences():
    order = schedule(7, steps(steps=6), seed=1)
    assert order.shape == (6, 4)
    assert (order != EMPTY).all()
    assert set(np.bincount(order.reshape(-1)).tolist()) == {3, 4}


def test_more_steps_go_on_in_the_same_order():
    assert (schedule(7, steps(steps=9), 5)[:4] == schedule(7, steps(steps=4), 5)).all()


@pytest.mark.parametrize("length", [{"steps": 10**20}, {"epochs": 10**20}, {"epochs": 10**9}])
def test_a_training_that_no_memory_holds_is_refused(length):
    with pytest.raises(ConfigError, match="steps of 4 sequences are more than the 1,000,000,000"):
        schedule(7, steps(**length), seed=1)


def test_the_seed_alone_gives_the_order():
    config = steps(steps=6)
    assert (schedule(30, config, 0) == schedule(30, config, 0)).all()
    assert (schedule(30, config, 0) != schedule(30, config, 1)).any()


@pytest.mark.parametrize(("sequences", "expected"), [(1, 1), (4, 3), (5, 4), (8, 6)])
def test_step_count_rounds_up(sequences, expected):
    assert step_count(sequences, steps(epochs=3)) == expected


def test_the_plan_of_whole_epochs_is_a_multiple_of_the_counts(packed_folder):
    packed = Packed.load(packed_folder)
    found = plan(packed, steps(epochs=2), seed=0)
    assert found.epochs == 2
    assert found.tokens == 2 * packed.counts.tokens
    for seen, cell in zip(found.cells, packed.counts.cells, strict=True):
        assert (seen.language, seen.kind) == (cell.language, cell.kind)
        doubled = (2 * cell.rows, 2 * cell.tokens, 2 * cell.loss_tokens)
        assert (seen.rows, seen.tokens, seen.loss_tokens) == doubled


@pytest.mark.parametrize(
    ("number", "ratio", "told"),
    [
        (1, 0.04, "nothing is learned: the only step is the first of the warm-up"),
        (1, 0.0, None),
        (2, 0.04, None),  # one step of warm-up, then one at the peak
        (2, 0.6, "all 2 steps are warm-up: the learning rate rises from 0 to 50% of its peak"),
        (20, 1.0, "all 20 steps are warm-up: the learning rate rises from 0 to 95% of its peak"),
        (80, 0.1, None),
    ],
)
def test_steps_that_are_all_warm_up_are_told(number, ratio, told):
    found = warmup_note(number, steps(steps=number, warmup_ratio=ratio))
    assert len(found) == (told is not None)
    assert not told or found[0].startswith(told)
