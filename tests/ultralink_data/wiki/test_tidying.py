"""What markup leaves goes, and a first look misses none of it."""

import random

from ultralink_data.wiki import tidying


def test_a_line_that_looks_tidy_is_tidy():
    # What the first look takes for tidy is left as it is, whatever the patterns would do to it.
    rng = random.Random(3)
    letters = "aaa((（[[)）]] ,,;;:،؛，；、：/–—-。.\t\u00a0\u3000"
    for _ in range(20_000):
        line = "".join(rng.choices(letters, k=rng.randrange(1, 7)))
        assert tidying._tidy_line(line) == tidying._mended_line(line), repr(line)
