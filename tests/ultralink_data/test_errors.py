"""The exception tree: two lines, exit codes, nearest names, and over a process border."""

import pickle

import pytest

from ultralink_data.errors import (
    BenchError,
    ConfigError,
    DataError,
    LLMError,
    PrerequisiteError,
    unknown_name,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(ConfigError, 2), (DataError, 3), (PrerequisiteError, 3), (LLMError, 3), (BenchError, 3)],
)
def test_exit_codes(kind, code):
    assert kind("what", hint="do").exit_code == code


def test_an_error_crosses_a_process_border_whole():
    error = pickle.loads(pickle.dumps(DataError("what", hint="do")))
    assert (type(error), error.message, error.hint) == (DataError, "what", "do")


def test_the_nearest_name_is_offered_first():
    error = unknown_name("profile", "startr", ["tiny", "starter", "small"])
    assert error.message == "unknown profile 'startr'"
    assert error.hint == "did you mean 'starter'? known: starter, small, tiny"


def test_where_nothing_is_near_all_are_named():
    assert unknown_name("task", "zzz", ["b", "a"]).hint == "known: a, b"
    assert unknown_name("task", "zzz", []).hint == "no task is registered"
