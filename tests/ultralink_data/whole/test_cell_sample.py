"""A sample of each language and kind."""

import random

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.whole.cell_sample import cell_sample


def numbered(language: str, number: int) -> Dialogue:
    name = f"{language}_{number}"
    return Dialogue(
        id=name,
        language=language,
        kind="math",
        turns=("q", "a"),
        provenance=Provenance(source_id=name),
    )


def test_the_same_rows_are_taken_in_whatever_order_they_come():
    rows = [numbered("en", n) for n in range(100)] + [numbered("fr", n) for n in range(3)]
    found = cell_sample(rows, 10)
    assert {cell: len(held) for cell, held in found.items()} == {
        ("en", "math"): 10,
        ("fr", "math"): 3,
    }
    assert len({row.id for row in found["en", "math"]}) == 10
    for seed in range(5):
        again = random.Random(seed).sample(rows, len(rows))
        assert cell_sample(again, 10) == found


def test_no_rows_have_no_cells():
    assert cell_sample([], 10) == {}
