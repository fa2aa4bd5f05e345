"""Rows that do not fit a training are told in the plan and in the report, counted by variant."""

import json
from types import SimpleNamespace

import pytest

from harness.experiment import cut_rows
from harness.experiment.packed_facts import CutCell


def cell(language, rows, cut, lost, split=0, kind="chat_agnostic"):
    return CutCell(language=language, kind=kind, rows=rows, cut=cut, lost=lost, split=split)


def asked(monkeypatch, overlong="split", **cells):
    """What plan and report say of variants with these cells."""
    monkeypatch.setattr(cut_rows, "cut_cells", lambda made: cells[made])
    variants = [SimpleNamespace(name=name) for name in cells]
    config = SimpleNamespace(train=SimpleNamespace(max_tokens=384, overlong=overlong))
    experiment = SimpleNamespace(variants=variants, of=lambda variant: config)
    made = {f"pack/{name}": name for name in cells}
    return cut_rows.cut_notes(experiment, made), cut_rows.cut_caveats(experiment, made)


@pytest.mark.parametrize(
    ("cells", "plan", "report"),
    [
        ((cell("en", 100, 0, 0),), "", False),
        (
            (cell("en", 900, 2, 0), cell("fr", 100, 1, 0)),
            "x: of 1,000 rows 3 cut at the end (most in en chat_agnostic: 2 of 900)",
            False,
        ),
        (
            (cell("en", 40, 0, 0), cell("fr", 30, 5, 10)),
            "x: of 80 rows 5 cut at the end and 10 left out, as no answer is left "
            "(most in fr chat_agnostic: 15 of 40)",
            True,
        ),
        (
            (cell("en", 999, 0, 1),),
            "x: of 1,000 rows 1 left out, as no answer is left (most in en chat_agnostic: 1 of "
            "1,000)",
            True,
        ),
    ],
)
def test_the_plan_counts_them_and_the_report_where_they_matter(monkeypatch, cells, plan, report):
    notes, caveats = asked(monkeypatch, x=cells)
    told = f"longer than train.max_tokens (384): {plan}"
    assert notes == ((told,) if plan else ())
    assert caveats == (notes if report else ())


def test_split_dialogues_are_told_in_the_plan_alone(monkeypatch):
    notes, caveats = asked(monkeypatch, x=(cell("en", 90, 0, 0, split=40),))
    said = "longer than train.max_tokens (384): x: 40 dialogues split"
    assert (notes, caveats) == ((said,), ())


def test_split_cut_and_left_out_stand_in_one_sentence(monkeypatch):
    notes, caveats = asked(monkeypatch, x=(cell("en", 90, 3, 2, split=40),))
    assert notes == caveats
    assert "x: 40 dialogues split, of 92 rows 3 cut at the end and 2 left out, as" in notes[0]


def test_dropped_dialogues_are_left_out_for_no_other_reason(monkeypatch):
    notes, _ = asked(monkeypatch, overlong="drop", x=(cell("en", 90, 0, 2),))
    assert "2 left out (most in en" in notes[0]


def test_variants_whose_rows_all_fit_are_not_named(monkeypatch):
    notes, _ = asked(monkeypatch, a=(cell("en", 9, 0, 0),), b=(cell("en", 9, 1, 0),))
    assert len(notes) == 1
    assert "b: of 9 rows 1 cut" in notes[0]
    assert "a:" not in notes[0]


def test_long_chats_of_a_dataset_are_told(finished):
    """Of six chats one has a question that fills the sequence, and two have answers too long."""
    long = "river " * 400
    chats = [("Hello?", "Hi."), ("And you?", "Well."), ("What?", "That."), ("Tell.", long)]
    chats += [("More.", long), (long, "Short.")]
    for folder, rows in (("old", chats), ("new", chats[:3])):
        (finished.home / folder).mkdir()
        lines = (json.dumps({"id": f"c{n}", "data": row}) for n, row in enumerate(rows))
        (finished.home / folder / "en_chat_agnostic.jsonl").write_text("\n".join(lines) + "\n")
    words = ("run", "--data", "old", "new", "--profile", "tiny", "--languages", "en")
    plan = " ".join(finished(*words, "--tasks", "starter_chat", "--dry-run").ok().out.split())
    assert (
        "longer than train.max_tokens (256): old: of 6 rows 2 cut at the end and 1 left out, as no "
        "answer is left (most in en chat_agnostic: 3 of 6)" in plan
    )
    assert "new: of" not in plan
