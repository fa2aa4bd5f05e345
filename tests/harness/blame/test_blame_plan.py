"""The plan of `blame`: it follows the command as far as the store goes, and trains nothing."""

import re

import pytest
from blame_rows import ROWS, backwards

from harness.blame.blame_plan import (
    NotStored,
    StoredTrainer,
    ToDo,
    change_table,
    group_table,
    work_plan,
)
from harness.blame.changed_units import Undoable, sorted_into_units
from harness.blame.subset_training import Lost, WithoutChanges
from harness.engine.artefact_store import MARKER, Marker, Store
from ultralink_data.completion import read_marker

LOST = Lost("starter_math", "zh")
CHANGES = [Undoable(row, backwards(row)) for row in ROWS]
PARTS = (ToDo("trainings of the search", 0, 6), ToDo("trainings of the proof", 0, 4))


def texts(table):
    """The cells of a table, by their first."""
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}


def models(tmp_path):
    """The trainings that the store has, the base model among them."""
    store = Store(tmp_path / "runs")
    found = [read_marker(store.path(*key) / MARKER, Marker) for key in store.all_keys()]
    return sorted(one.key for one in found if one.stage in ("base", "train"))


def test_a_plan_trains_nothing_and_follows_what_is_stored(trainer_of, tmp_path):
    planned = trainer_of(StoredTrainer)
    with pytest.raises(NotStored):
        planned.old_and_new()
    assert models(tmp_path) == []
    table = work_plan(planned, PARTS, None)
    found = texts(table)
    assert found["base models"][:2] == ["0", "1"]
    assert found["trainings of OLD and NEW"][:2] == ["0", "4"]
    assert found["trainings of OLD and NEW"][2].startswith("8 steps, ")
    assert found["trainings of the search"][:2] == ["0", "at most 6"]
    assert found["trainings of the search"][2].startswith("12 steps, ")
    assert found["trainings of the search"][2].endswith(" 48 texts scored")
    assert found["trainings of the search"][3] == "not measured"
    assert table.notes[0] == "0 of 29 trainings and evaluations are cached, 29 to do at most"
    assert "no such base models, trainings and evaluations were measured" in table.notes[-1]

    real = trainer_of(scratch="made")
    real.old_and_new()
    one = WithoutChanges("one", CHANGES[:20], (7,))
    proof = WithoutChanges("blamed", [], (0, 1))  # nothing undone: the new dataset itself
    real.without([one], LOST)
    real.without([proof], LOST)
    before = models(tmp_path)

    again = trainer_of(StoredTrainer, "again")
    old, new = again.old_and_new()
    assert (len(old.runs), len(new.runs)) == (2, 2)
    again.without([one], LOST)
    other = WithoutChanges("other", CHANGES[:21], (7,))
    with pytest.raises(NotStored):
        again.without([other], LOST)
    again.without([proof], LOST)
    assert (again.searched, again.proved, again.proof) == (1, 2, 2)
    each = WithoutChanges("each", CHANGES[:3], (0, 1))
    with pytest.raises(NotStored):
        again.without([proof, each], LOST)
    assert again.proof == 4
    assert models(tmp_path) == before
    table = work_plan(again, (ToDo("trainings of the search", again.searched, 5),), LOST)
    found = texts(table)
    assert found["trainings of OLD and NEW"][:2] == ["4", "0"]
    assert found["trainings of the search"][:2] == ["1", "at most 5"]
    assert re.fullmatch(r"\d+ s", found["trainings of the search"][3])
    assert table.notes[0] == "11 of 21 trainings and evaluations are cached, 10 to do at most"
    assert re.fullmatch(
        r"expected time: about \d+ s, one at a time, as measured on this machine", table.notes[-1]
    )


def test_changed_rows_and_groups_are_counted():
    changes = [*CHANGES[:-3], *(Undoable(None, one.after) for one in CHANGES[-3:])]
    units = sorted_into_units(changes, [])
    counts = texts(change_table(units))
    assert sum(int(text) for row in change_table(units).rows for text in _numbers(row)) == len(ROWS)
    assert len(counts) == 2
    assert sum(int(row.cells[3].text) for row in change_table(units).rows) == 3
    groups = texts(group_table(units))
    assert sum(int(of[0]) for of in groups.values()) == len(units.suspects)
    assert groups["language"][0] == "2"
    assert groups["change"] == ["1", "3"] or groups["change"][0] == "2"
    assert groups["nothing: all changed rows"] == ["1", f"{len(ROWS)}"]
    assert next(iter(groups)) == "nothing: all changed rows"


def _numbers(row):
    return [cell.text for cell in row.cells[2:]]
