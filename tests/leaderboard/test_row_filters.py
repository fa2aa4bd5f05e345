"""Filters of scores."""

import pytest
from score_examples import row

from leaderboard.row_filters import filter_rows, row_conditions
from ultralink_data.errors import ConfigError

ROWS = [
    row("small", 0.1, "zh", profile="small", note="floor"),
    row("Large-7B", 0.5, "en", profile="paper-lm", task="humaneval", metric="pass@1"),
    row("theirs", 0.7, "zh", origin="published", source="README, table 1"),
]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (None, ["small", "Large-7B", "theirs"]),
        ("task=humaneval", ["Large-7B"]),
        ("language=zh", ["small", "theirs"]),
        ("language=zh,origin=own", ["small"]),
        ("metric!=pass@1", ["small", "theirs"]),
        ("profile=small", ["small"]),
        ("profile=full", ["Large-7B", "theirs"]),
        ("profile=paper-lm", ["Large-7B"]),
        ("model=large", ["Large-7B"]),
        ("text=table 1", ["theirs"]),
        ("text=floor", ["small"]),
        ("origin=imported", []),
        ("language=non-en", []),
    ],
)
def test_rows_that_are_left(words, left):
    assert [one.model for one in filter_rows(ROWS, row_conditions(words))] == left


@pytest.mark.parametrize(
    ("words", "said", "near"),
    [
        ("task=humanevel", "unknown task 'humanevel'", "'humaneval'"),
        ("language=zhh", "unknown language 'zhh'", "'zh'"),
        ("profile=smal", "unknown profile 'smal'", "'small'"),
        ("origin=publish", "unknown origin 'publish'", "'published'"),
        ("metric=pass1", "unknown metric 'pass1'", "'pass@1'"),
    ],
)
def test_a_name_that_no_row_has_is_an_error_with_the_nearest(words, said, near):
    with pytest.raises(ConfigError) as caught:
        filter_rows(ROWS, row_conditions(words))
    assert caught.value.message == said
    assert f"did you mean {near}?" in caught.value.hint


def test_no_row_at_all_is_no_error():
    assert filter_rows([], row_conditions("task=mgsm")) == []
