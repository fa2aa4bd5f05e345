"""Each character has one pattern."""

from itertools import groupby

import pytest

from ultralink_data.text.byte_patterns import byte_patterns


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("ab 12.", [("ascii words", 2), ("blanks", 1), ("digits", 2), ("marks", 1)]),
        ("né", [("ascii words", 1), ("other words", 1)]),
        (
            "x\n```python\na = 1\n```\ny",
            [("ascii words", 1), ("blanks", 1), ("code", 19), ("blanks", 1), ("ascii words", 1)],
        ),
        ("```\nnever closed 1", [("code", 18)]),
        ("\u0915\u093e\u0663", [("other words", 2), ("digits", 1)]),
        ("\u4e00\u3002", [("other words", 1), ("marks", 1)]),
    ],
)
def test_the_patterns_of_a_text(text, runs):
    found = byte_patterns(text)
    assert len(found) == len(text)
    assert [(name, len(list(run))) for name, run in groupby(found)] == runs
