"""Settings of `grade` for programs are checked when they are made."""

import math
import re

import pytest

from tasks.grading.program_config import ProgramConfig


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("k", (), "k must be numbers of samples, such as 1,10,100, got ()"),
        ("k", (10, 0), "k must be numbers of samples, such as 1,10,100, got (10, 0)"),
        ("timeout", 0.0, "timeout must be seconds, more than 0, got 0"),
        ("timeout", -0.5, "timeout must be seconds, more than 0, got -0.5"),
        ("timeout", math.inf, "timeout must be seconds, more than 0, got inf"),
        ("timeout", math.nan, "timeout must be seconds, more than 0, got nan"),
        ("workers", 0, "workers must be 1 or more, got 0"),
    ],
)
def test_a_value_out_of_range_stands_in_the_message(field, value, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        ProgramConfig(**{field: value})


def test_the_least_of_each_is_taken():
    found = ProgramConfig(k=(1,), timeout=0.001, workers=1)
    assert (found.k, found.timeout, found.workers) == ((1,), 0.001, 1)
    assert ProgramConfig().workers is None
