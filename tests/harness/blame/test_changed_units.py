"""The changes between two datasets, their groups, and the new dataset with some undone."""

import msgspec
import pytest

from harness.blame.changed_units import Suspect, changed_units, rows_with, write_with
from harness.building.dialogue_files import dialogues
from harness.progress.display import QUIET
from ultralink_data.errors import DataError
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

OLD = [row for row in starter_dialogues(0, 2) if row.language in ("en", "fr")]
PLAIN = msgspec.structs.replace


def spoiled(row):
    """The row with an answer that says nothing."""
    return PLAIN(row, turns=(row.turns[0], "...", *row.turns[2:]))


@pytest.fixture
def sides(tmp_path):
    """French math spoiled and written by a model, three rows added, English code gone."""
    new = []
    for row in OLD:
        if (row.language, row.kind) == ("fr", "math"):
            model = PLAIN(row.provenance, model="mt", prompt_version="2")
            row = PLAIN(spoiled(row), provenance=model)
        if (row.language, row.kind) != ("en", "code"):
            new.append(row)
    first = OLD[0]
    new += [
        PLAIN(first, id=f"en_math_new_{n}", turns=(f"What is {n} + 1?", f"{n + 1}"))
        for n in range(3)
    ]
    for name, rows in (("old", OLD), ("new", new)):
        dataset.write(tmp_path / name, rows, recipe="test")
    return tmp_path / "old", tmp_path / "new"


def named(units, words):
    """The rows of the group of this name."""
    at = [one.words() for one in units.suspects].index(words)
    return units.rows(units.groups.members[at])


def test_groups_are_named_by_what_their_changes_share(sides):
    units = changed_units(*sides, QUIET)
    french = [row for row in OLD if (row.language, row.kind) == ("fr", "math")]
    code = [row for row in OLD if (row.language, row.kind) == ("en", "code")]
    assert units.groups.rows.sum() == len(french) + len(code) + 3
    assert {one.row.id for one in named(units, "fr")} == {row.id for row in french}
    assert {one.row.id for one in named(units, "code")} == {row.id for row in code}
    assert len(named(units, "change added")) == 3
    assert len(named(units, "all changed rows")) == units.groups.rows.sum()
    assert len(named(units, "template math_apples_bowl")) == 2
    template = Suspect((("language", "fr"), ("template", "math_apples_bowl")))
    assert template.words() == "fr, template math_apples_bowl"


def test_each_set_of_rows_has_one_name_and_the_chances_add_up(sides):
    units = changed_units(*sides, QUIET)
    sets = {tuple(of) for of in units.groups.members}
    assert len(sets) == len(units.suspects) == len(units.groups.prior)
    assert units.groups.prior.sum() == pytest.approx(1.0)
    assert (units.groups.prior > 0).all()
    # Written by "mt 2" are just the French rows: the shorter name stands.
    assert "fr" in [one.words() for one in units.suspects]
    assert "writer mt 2" not in [one.words() for one in units.suspects]


def test_all_undone_is_the_old_dataset_and_nothing_undone_the_new_one(sides, tmp_path):
    units = changed_units(*sides, QUIET)
    everything = named(units, "all changed rows")
    back = {(r.language, r.kind, r.id): r.turns for r in rows_with(sides[1], everything)}
    assert back == {(r.language, r.kind, r.id): r.turns for r in dialogues(sides[0])}
    same = [(r.id, r.turns) for r in rows_with(sides[1], [])]
    assert same == [(r.id, r.turns) for r in dialogues(sides[1])]
    write_with(tmp_path / "less", sides[1], named(units, "code"))
    less = {row.id for row in dialogues(tmp_path / "less")}
    assert less == {row.id for row in OLD} | {f"en_math_new_{n}" for n in range(3)}


def test_a_fault_of_the_checks_is_a_group(tmp_path):
    other = {row.id[3:]: row for row in OLD if row.language == "en"}
    new = [
        PLAIN(row, turns=(row.turns[0], other[row.id[3:]].turns[1]))
        if (row.language, row.kind) == ("fr", "math") and row.id.endswith("1")
        else PLAIN(row, turns=(f"{row.turns[0]} ", *row.turns[1:]))
        for row in OLD
    ]
    for name, rows in (("old", OLD), ("new", new)):
        dataset.write(tmp_path / name, rows, recipe="test")
    units = changed_units(tmp_path / "old", tmp_path / "new", QUIET)
    names = [one.words() for one in units.suspects]
    faults = [name for name in names if name.startswith("fault ")]
    assert faults
    found = {one.row.id for name in faults for one in named(units, name)}
    assert len(found) > 10
    assert all(name.startswith("fr_math") and name.endswith("1") for name in found)


def test_a_facet_with_a_value_for_each_row_is_left_out_and_named(tmp_path):
    new = [
        PLAIN(
            row,
            turns=(f"{row.turns[0]} ", *row.turns[1:]),
            provenance=PLAIN(row.provenance, model=f"model {n}"),
        )
        for n, row in enumerate(OLD)
    ]
    for name, rows in (("old", OLD), ("new", new)):
        dataset.write(tmp_path / name, rows, recipe="test")
    assert changed_units(tmp_path / "old", tmp_path / "new", QUIET).left_out == ("writer",)


def test_equal_datasets_and_bad_rows_are_told(sides):
    with pytest.raises(DataError, match="hold the same rows"):
        changed_units(sides[0], sides[0], QUIET)
    file = next((sides[1]).glob("fr_math.jsonl"))
    (sides[1] / "manifest.json").unlink(missing_ok=True)
    file.write_text('{"id": "x"}\n', "utf-8")
    with pytest.raises(DataError, match=r"fr_math\.jsonl"):
        changed_units(*sides, QUIET)
