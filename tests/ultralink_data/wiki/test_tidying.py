"""What markup leaves goes, and a first look misses none of it."""

import random

from ultralink_data.wiki import tidying


def test_lines_are_tidied_each_by_itself_and_the_first_look_misses_none():
    rng = random.Random(3)
    letters = "aaa((（[[)）]] ,,;;:،؛，；、：/–—-。.\t\u00a0\u3000"
    for _ in range(20_000):
        lines = ["".join(rng.choices(letters, k=rng.randrange(7))) for _ in range(3)]
        expected = "\n".join(map(tidying._mended, lines))
        assert tidying._with_tidy_lines("\n".join(lines)) == expected, lines
