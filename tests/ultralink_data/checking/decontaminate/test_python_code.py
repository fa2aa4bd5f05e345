"""Programs are found where the plain patterns find them, only sooner."""

import random
import re

from ultralink_data.checking.decontaminate.python_code import _LOOKS_LIKE, FENCE, _looks_like

_LAZY_FENCE = re.compile(r"```[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:```|\Z)", re.S)
_FENCE_PIECES = ["`", "``", "```", "```py\n", "\n", " ", "x", "def f():\n", "~~~", "`a`", "c++ "]
_HEAD_PIECES = ["def ", "def f(", "async ", "\n", " ", "\t", "x", "f(a)", "):", ":", "undef ", "->"]


def test_fenced_blocks_end_at_the_first_fence_or_with_the_text():
    rng, found = random.Random(1), 0
    for _ in range(20_000):
        text = "".join(rng.choices(_FENCE_PIECES, k=rng.randrange(1, 12)))
        blocks = FENCE.findall(text)
        assert blocks == _LAZY_FENCE.findall(text), repr(text)
        found += len(blocks)
    assert found > 1000


def test_the_head_of_a_function_is_found_wherever_it_stands():
    rng, found = random.Random(2), 0
    for _ in range(20_000):
        text = "".join(rng.choices(_HEAD_PIECES, k=rng.randrange(1, 10)))
        has_head = _LOOKS_LIKE.search(text) is not None
        assert _looks_like(text) == has_head, repr(text)
        found += has_head
    assert found > 1000
