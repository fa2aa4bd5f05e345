"""Fenced blocks are found, and found in time where thousands are open."""

import re
import time

import pytest

from ultralink_data.text.damage import damage
from ultralink_data.text.fences import pieces


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("no code", []),
        ("a\n```python\nx\n```\nb", ["```python\nx\n```"]),
        ("  ```\nx\n\t``` \nb```\n", ["  ```\nx\n\t``` "]),
        ("```\n```python\n```\n```\nleft open", ["```\n```python\n```"]),
        ("```a\n```b\n````\n", []),
        ("```\r\nx\r\n```", ["```\r\nx\r\n```"]),
    ],
)
def test_a_block_goes_from_its_first_line_to_the_next_bare_one(text, blocks):
    found = list(pieces(text))
    assert [piece.text for piece in found if piece.fenced] == blocks
    assert "".join(piece.text for piece in found) == text
    assert [piece.fenced for piece in found[::2]] == [False] * (len(blocks) + 1)


@pytest.mark.parametrize("unit", ["```python\n", "```\n", "``` x ", "`", "\\(", "\\[\\("])
def test_a_text_that_is_four_times_as_long_takes_no_sixteen_times_as_long(unit):
    def seconds(units: int) -> float:
        text = unit * units
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            damage(text)
            assert len(list(pieces(text))) >= 1
            best = min(best, time.process_time() - began)
        return best

    assert seconds(80_000) < 9 * seconds(20_000) + 0.05


def test_blocks_are_those_of_a_pattern_for_whole_blocks():
    whole = re.compile(r"^[ \t]*```.*?^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)
    parts = ("```", "```py", "\n", "\n", " ", "a", "`")
    for number in range(7**5):
        text = "".join(parts[number // 7**place % 7] for place in range(5)) + "\n```\nb"
        fenced = [piece.text for piece in pieces(text) if piece.fenced]
        assert fenced == whole.findall(text), repr(text)
