"""Regular expressions that every supported Python matches rightly."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("ultralink_data", "tasks", "train", "leaderboard", "harness", "benchmarks")
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")
"""`(...)*+` and `(?>...)`: one character's `x*+` is another operation, and is sound."""


def places(source: str) -> list[int]:
    """Lines with a possessive quantifier over a group, or with an atomic group.

    Python 3.11 reads memory that it never set in the former, so that a match now and then has the
    wrong groups (CPython issue 101955, mended in 3.12.8 and 3.13.1, never in 3.11).
    """
    return [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_no_pattern_has_a_possessive_group(room: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / room).rglob("*.py")
        for line in places(path.read_text("utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        (r"((?:[^`]++|`(?!``))*+)", [1]),
        (r"(?:ab)?+", [1]),
        (r"(?:ab){2,3}+", [1]),
        (r"(?>ab)", [1]),
        (r"[^`]++(?: ++[a-z]++)*", []),
        (r"\)*+", []),
    ],
)
def test_what_is_a_possessive_group(pattern: str, lines: list[int]) -> None:
    assert places(f're.compile(r"{pattern}")') == lines
