"""Points are evenly spaced, the last is the end, and a training has as many steps as points."""

import pytest

from train.points import Point, point_name, point_steps, read_point
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
