"""When a checkpoint is due."""

import pytest

from train.checkpoint_pace import SECONDS, SHARE, CheckpointPace


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize(("every", "due"), [(3, [3, 6, 9]), (1, list(range(1, 10))), (-1, [])])
def test_steps_decide(every, due, clock):
    pace = CheckpointPace(every, clock)
    clock.now = 1e6
    assert [step for step in range(1, 10) if pace.is_due(step, 9)] == due


def test_the_clock_decides(clock):
    pace = CheckpointPace(0, clock)
    clock.now = SECONDS - 1
    assert not pace.is_due(1, 9)
    clock.now = SECONDS
    assert pace.is_due(2, 9)
    pace.saved(2, 0.5)
    assert pace.last == 2
    assert not pace.is_due(3, 9)
    clock.now += SECONDS
    assert pace.is_due(4, 9)


def test_checkpoints_that_take_long_are_written_less_often(clock):
    pace = CheckpointPace(0, clock)
    pace.saved(1, 30)
    clock.now = SHARE * 30 - 1
    assert not pace.is_due(2, 9)
    clock.now = SHARE * 30
    assert pace.is_due(3, 9)


def test_the_time_before_the_training_does_not_count(clock):
    pace = CheckpointPace(0, clock)
    clock.now = 10 * SECONDS
    pace.begin()
    assert not pace.is_due(1, 9)


def test_by_the_clock_none_is_written_after_the_last_step(clock):
    pace = CheckpointPace(0, clock)
    clock.now = 10 * SECONDS
    assert not pace.is_due(9, 9)
