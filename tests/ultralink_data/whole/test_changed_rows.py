"""Rows are matched by name and then by content."""

import msgspec
import pytest

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.whole.changed_rows import Changes, changes, plain, removed_rows


def row(name: str, *turns: str) -> Dialogue:
    return Dialogue(
        id=name, language="en", kind="math", turns=turns, provenance=Provenance(source_id=name)
    )


def compared(before: list[Dialogue], after: list[Dialogue]) -> Changes:
    return changes(before, after)


def counts(found: Changes) -> dict[str, int]:
    (cell,) = found.cells
    names = ("before", "after", "changed", "reformatted", "added", "removed", "renamed")
    return {name: getattr(cell, name) for name in names if getattr(cell, name)}


def test_new_names_of_the_same_rows_are_no_change():
    found = compared(
        [row("a", "q", "r"), row("b", "s", "t")], [row("c", "s", "t"), row("d", "q", "r")]
    )
    assert found.none
    assert counts(found) == {"before": 2, "after": 2, "renamed": 2}


def test_another_system_turn_is_a_change():
    told = msgspec.structs.replace(row("a", "q", "r"), system="Be short.")
    assert counts(compared([row("a", "q", "r")], [told])) == {"before": 1, "after": 1, "changed": 1}
    assert compared([told], [msgspec.structs.replace(told, id="b")]).none


def test_a_second_copy_under_a_new_name_is_added():
    found = compared([row("a", "q", "r")], [row("b", "q", "r"), row("c", "q", "r")])
    assert counts(found) == {"before": 1, "after": 2, "added": 1, "renamed": 1}
    assert [changed.after.id for changed in found.rows] == ["c"]


def test_changed_removed_and_added_rows_are_told_apart():
    before = [row("a", "q", "r"), row("b", "s", "t"), row("c", "u", "v")]
    found = compared(before, [row("a", "q", "R"), row("c", "u ", "v"), row("e", "w", "x")])
    assert counts(found) == {
        "before": 3,
        "after": 3,
        "changed": 2,
        "reformatted": 1,
        "added": 1,
        "removed": 1,
    }
    assert [(one.before and one.before.id, one.after.id) for one in found.rows] == [
        ("a", "a"),
        ("c", "c"),
        (None, "e"),
    ]
    assert not found.none


@pytest.mark.parametrize(
    "turns",
    [
        ("What is 2 + 3?", "It is 6."),
        ("What is 2  + 3?\n", "It is"),
        ("Tell me: 2 + 3", "It is 5."),
        ("It is 5.", "What is 2 + 3?"),
    ],
    ids=["answer", "answer and blanks", "question", "turns swapped"],
)
def test_a_row_that_was_changed_and_renamed_at_once_has_come_from_the_old_one(turns):
    before = [row("a", "What is 2 + 3?", "It is 5."), row("b", "s", "t"), row("c", "u", "v")]
    after = [row("x", *turns), row("y", "s", "t"), row("z", "w", "x")]
    found = compared(before, after)
    assert {(one.before and one.before.id, one.after.id) for one in found.rows} == {
        ("a", "x"),
        (None, "z"),
    }
    assert counts(found) == {
        "before": 3,
        "after": 3,
        "changed": 1,
        "renamed": 1,
        "added": 1,
        "removed": 1,
    }
    assert [gone.id for gone in removed_rows(before, after)] == ["c"]


def test_a_question_that_several_rows_ask_tells_none_of_them():
    before = [row("a", "Hello", "Hi"), row("b", "Hello", "Good day")]
    found = compared(before, [row("x", "Hello", "Welcome"), row("y", "Hello", "Bye")])
    assert [one.before for one in found.rows] == [None, None]
    assert counts(found) == {"before": 2, "after": 2, "added": 2, "removed": 2}


def test_a_removed_row_alone_is_a_change():
    found = compared([row("a", "q", "r"), row("b", "s", "t")], [row("a", "q", "r")])
    assert not found.none
    assert found.cells[0].lost == 0.5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a  b\n\nc\n", "a b c", True),
        ("a b", "ab", False),
        (
            "x\n```python\ndef f():\n    return 1\n```",
            "x ```python\ndef f():\n    return 1\n```",
            False,
        ),
        ("x\n```\n  a\n```\n", "x\n\n```\n  a\n```", True),
        ("x\n```\n  a\n```", "x\n```\na\n```", False),
    ],
)
def test_blanks_say_nothing_outside_of_fenced_code(one, other, same):
    assert (plain((one,)) == plain((other,))) is same
