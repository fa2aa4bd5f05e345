"""Points are evenly spaced, the last is the end, and a training has as many steps as points."""

import pytest

from train.points import Point, even_points, point_name, point_steps, read_point
from ultralink_data.errors import ConfigError


def test_points_are_even_and_the_last_is_the_end():
    assert point_steps(160, 4) == (40, 80, 120, 160)
    assert point_steps(100, 3) == (33, 66, 100)
    assert point_steps(7, 7) == (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("points", [1, 0, -3])
def test_a_single_point_is_no_course_of_training(points):
    with pytest.raises(ConfigError, match=rf"checkpoints {points}: .* at least 2"):
        point_steps(160, points)


def test_more_points_than_steps_are_refused_with_the_number_of_steps():
    with pytest.raises(ConfigError, match="checkpoints 5: a training has only 4 steps"):
        point_steps(4, 5)


def test_a_folder_says_where_in_its_training_it_was(tmp_path):
    (tmp_path / "_point.json").write_text('{"step": 40, "steps": 160}')
    assert read_point(tmp_path) == Point(step=40, steps=160)
    assert point_name(2) == "point-2"


@pytest.mark.parametrize(
    ("shares", "points", "which"),
    [
        ((0.25, 0.5, 1.0), 4, (1, 2, 4)),
        ((1.0,), 1, (1,)),
        ((0.5, 0.05), 20, (1, 10)),
        ((1 / 3, 2 / 3), 3, (1, 2)),
        ((0.01, 1), 100, (1, 100)),
        ((0.5, 0.5), 2, (1,)),
    ],
)
def test_shares_are_some_of_even_points(shares, points, which):
    assert even_points(shares) == (points, which)


@pytest.mark.parametrize("shares", [(0.0,), (1.01,), (-0.5, 1.0), (float("nan"),)])
def test_what_is_no_share_of_a_training_is_refused(shares):
    with pytest.raises(ConfigError, match=r"--eval-at .*: a share of a training is above 0"):
        even_points(shares)


@pytest.mark.parametrize("shares", [(0.0001,), (1 / 7, 1 / 11, 1 / 13)])
def test_shares_that_no_hundred_points_hold_are_refused(shares):
    with pytest.raises(ConfigError, match="no 100 even points"):
        even_points(shares)
