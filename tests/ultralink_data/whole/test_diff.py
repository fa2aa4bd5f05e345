"""What changed between two datasets: counts that add up, moves, examples."""

import random

import msgspec
import pytest
from dialogue_samples import dialogue, parallel

from ultralink_data.dialogue import Provenance
from ultralink_data.store.sort import row_key
from ultralink_data.whole.diff import CUT, CellDiff, DatasetSide, diff

ROWS = sorted(
    (
        msgspec.structs.replace(row, turns=(f"question {row.id}", f"answer {row.id}"))
        for row in parallel(6)
    ),
    key=row_key,
)
replace = msgspec.structs.replace


def compared(before, after, **options):
    return diff(sorted(before, key=row_key), sorted(after, key=row_key), **options)


def counts(found):
    """Counts that are not zero, by cell."""
    names = ("changed", "relabelled", "removed", "added", "moved_out", "moved_in")
    return {
        f"{cell.language}_{cell.kind}": {n: getattr(cell, n) for n in names if getattr(cell, n)}
        for cell in found.cells
        if any(getattr(cell, n) for n in names)
    }


def test_equal_sets_have_no_change():
    found = compared(ROWS, random.Random(0).sample(ROWS, len(ROWS)), show=3)
    assert found.equal
    assert (counts(found), found.examples) == ({}, ())
    assert sum(cell.same for cell in found.cells) == len(ROWS)


def test_added_and_removed_rows_are_counted_in_their_cells():
    zh_math = [row for row in ROWS if (row.language, row.kind) == ("zh", "math")]
    without = [row for row in ROWS if row not in zh_math[:2]]
    assert counts(compared(ROWS, without)) == {"zh_math": {"removed": 2}}
    assert counts(compared(without, ROWS)) == {"zh_math": {"added": 2}}
    assert not compared(ROWS, without).equal


def test_other_turns_are_a_change_and_another_origin_a_label():
    first, second = ROWS[0], ROWS[1]
    other = [
        replace(first, turns=(first.turns[0], "another answer")),
        replace(second, provenance=Provenance(source_id="elsewhere")),
        *ROWS[2:],
    ]
    cell = f"{first.language}_{first.kind}"
    changes = {}
    for row, what in ((first, "changed"), (second, "relabelled")):
        changes.setdefault(f"{row.language}_{row.kind}", {})[what] = 1
    found = compared(ROWS, other)
    assert counts(found) == changes
    assert cell in changes
    assert not found.equal


def test_another_system_turn_is_a_change():
    told = [replace(row, system="Be short.") for row in ROWS]
    found = compared(told, [replace(told[0], system="Be kind."), *told[1:]])
    assert sum(cell.changed for cell in found.cells) == 1
    assert compared(told, told).equal
    assert sum(cell.changed for cell in compared(ROWS, told).cells) == len(ROWS)


def test_a_row_under_another_id_or_kind_has_moved():
    first, last = ROWS[0], ROWS[-1]
    renamed = replace(first, id="new name")
    other_kind = replace(last, kind="code" if last.kind == "math" else "math")
    found = compared(ROWS, [renamed, *ROWS[1:-1], other_kind])
    moved = counts(found)
    assert sum(cell.get("moved_out", 0) for cell in moved.values()) == 2
    assert sum(cell.get("moved_in", 0) for cell in moved.values()) == 2
    assert not any("added" in cell or "removed" in cell for cell in moved.values())


def test_a_text_that_occurs_twice_moves_once():
    text = ("q", "a")
    before = [dialogue("1", turns=text)]
    after = [dialogue("2", turns=text), dialogue("3", turns=text)]
    assert counts(compared(before, after)) == {
        "en_math": {"added": 1, "moved_in": 1, "moved_out": 1}
    }


def test_a_translation_is_not_a_move():
    before, after = [dialogue("1", "fr")], [dialogue("1", "es")]
    assert counts(compared(before, after)) == {"fr_math": {"removed": 1}, "es_math": {"added": 1}}


def test_turns_tokens_and_lengths_are_those_of_either_side():
    before = [dialogue(str(n), turns=("q" * 4, "a" * 4 * n)) for n in range(1, 11)]
    (cell,) = compared(before, before[:5]).cells
    assert (cell.before.turns, cell.after.turns) == (10, 5)
    assert (cell.before.tokens, cell.after.tokens) == (65, 20)
    assert (cell.before.lengths, cell.after.lengths) == ((2, 6, 10), (2, 4, 6))


def test_examples_are_cut_chosen_from_everywhere_and_the_same_each_time():
    long = [replace(row, turns=("x" * 5000, "y")) for row in ROWS]
    found = compared(ROWS, long, show=4)
    assert [x.what for x in found.examples] == ["changed"] * 4
    assert all(len(x.after) <= CUT + 10 for x in found.examples)
    assert len({(x.language, x.kind) for x in found.examples}) > 1
    assert compared(ROWS, long, show=4) == found


def test_an_example_of_a_change_opens_at_the_difference():
    before = [dialogue(turns=("q", "same " * 50 + "seven apples"))]
    after = [dialogue(turns=("q", "same " * 50 + "eight apples"))]
    (example,) = compared(before, after, show=1).examples
    assert example.before.startswith("turn 2: …")
    assert "seven apples" in example.before
    assert "eight apples" in example.after
    longer = [dialogue(turns=(*before[0].turns, "more?", "yes"))]
    (example,) = compared(before, longer, show=1).examples
    assert (example.before, example.after) == ("turn 3: (no turn)", "turn 3: more?")


def test_rows_out_of_order_or_twice_are_refused():
    for rows, said in ((ROWS[::-1], "not sorted"), ([ROWS[0], ROWS[0]], "occurs twice in")):
        with pytest.raises(ValueError, match=said):
            diff(rows, [])


def test_counts_that_do_not_add_up_are_refused():
    side = DatasetSide(rows=3, turns=3, tokens=9, lengths=(3, 3, 3))
    with pytest.raises(ValueError, match="do not add up"):
        CellDiff(
            language="en",
            kind="math",
            before=side,
            after=side,
            same=1,
            changed=0,
            relabelled=0,
            removed=1,
            added=2,
            moved_out=0,
            moved_in=0,
        )


@pytest.mark.parametrize("seed", range(20))
def test_random_edits_are_found(seed):
    dice = random.Random(seed)
    after, wanted = [], {"changed": 0, "removed": 0, "added": 0}
    for row in ROWS:
        what = dice.choice(("same", "same", "changed", "removed"))
        if what == "changed":
            after.append(replace(row, turns=(*row.turns, "more", f"text {row.id}")))
        elif what == "same":
            after.append(row)
        if what in wanted:
            wanted[what] += 1
    for n in range(dice.randrange(4)):
        after.append(dialogue(f"new{n}", turns=(f"new {n}", "a")))
        wanted["added"] += 1
    found = compared(ROWS, after)
    for name, count in wanted.items():
        assert sum(getattr(cell, name) for cell in found.cells) == count
