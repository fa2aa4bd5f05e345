"""The rows of a step whose loss is no number get the ids that they have in the dataset."""

import pytest

from harness.commands.bad_rows import ids_of, naming_rows
from train.bad_loss import StepRow, read_rows, write_rows
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.store import dataset

TURNS = {
    "one": ("How many\napples?", "Twelve apples."),
    "two": ("How many pears?", "Seven.", "And plums?", "None."),
    "again": ("How many pears?", "Seven."),
}


def dialogue(name, kind="math"):
    source = Provenance(source_id=name)
    return Dialogue(id=name, language="en", kind=kind, turns=TURNS[name], provenance=source)


def row(text, *, bad=True):
    return StepRow(bad=bad, sequence=3, language="en", kind="math", tokens=9, text=text)


ROWS = [
    row("<|user|> How many apples?\n<|assistant|>Twelve apples.</s>"),
    row("[INST] And plums? [/INST] None.</s>"),  # a piece of a dialogue that was split
    row("user: How many pears? assistant: Seven."),
    row("user: How many kiwis? assistant: Three."),
    row("user: How many apples? assistant: Twelve apples.", bad=False),
]


def test_a_row_is_found_by_a_question_and_its_answer():
    every = [dialogue(name) for name in TURNS]
    assert ids_of(ROWS[:4], every) == [("one",), ("two",), ("two", "again"), ()]
    assert ids_of(ROWS[:1], [dialogue("one", "chat_agnostic")]) == [()]


def test_the_file_of_a_failed_step_gets_them_and_the_error_goes_on(tmp_path):
    dataset.write(tmp_path / "data", [dialogue("one"), dialogue("two")], recipe="test", parents=[])
    file = tmp_path / "work" / "run" / "step-4-rows.jsonl"
    write_rows(file, ROWS)
    failed = DataError("the loss is nan", hint="see the file")
    with pytest.raises(DataError) as caught, naming_rows(tmp_path / "data", tmp_path / "work"):
        raise failed
    assert caught.value is failed
    found = read_rows(file)
    assert [one.ids for one in found] == [("one",), ("two",), ("two",), (), ()]
    assert [one.text for one in found] == [one.text for one in ROWS]


def test_other_errors_touch_nothing(tmp_path):
    file = tmp_path / "run" / "step-4-rows.jsonl"
    write_rows(file, ROWS)
    with pytest.raises(ConfigError), naming_rows(tmp_path / "none", tmp_path):
        raise ConfigError("diverged", hint="lower it")
    assert read_rows(file) == ROWS
