"""Planted faults are found in the language and kind where they are; harmless changes are not."""

import random
from pathlib import Path

import msgspec
import pytest

from benchmarks.planted_changes import Planted, planted, read_rows, write_rows
from harness.gate.checking import Checked, check_change, row_reasons
from harness.gate.gate_config import GateLimits
from harness.gate.other_numbers import numbers_to, other_numbers, problems_of
from harness.gate.row_faults import Looked, faults_of, source_names, stale
from harness.progress.display import QUIET
from tasks.benchmarks.humaneval import read_english
from ultralink_data.checking.check import Examiner
from ultralink_data.checking.decontaminate.background import NO_BACKGROUND
from ultralink_data.checking.dedup import RowName
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset
from ultralink_data.whole.changed_rows import ChangedRow

AGAINST = ("humaneval",)


def leaks() -> dict[str, list[str]]:
    problem = read_english()["HumanEval/30"]
    return {"en_code": [problem.prompt, f"{problem.prompt}{problem.canonical_solution}"]}


def checked(baseline: Path, change: Planted, folder: Path) -> Checked:
    rows = read_rows(baseline)
    change.change(rows, random.Random(7))
    write_rows(rows, folder / "candidate")
    return check_change(baseline, folder / "candidate", AGAINST, None, QUIET)


HARMFUL = [change for change in planted(leaks()) if change.causes]
HARMLESS = [change for change in planted({}) if not change.causes]


@pytest.mark.parametrize("change", HARMFUL, ids=lambda change: change.name)
def test_a_planted_fault_is_named_with_its_place(baseline, change, tmp_path):
    reasons = row_reasons(checked(baseline, change, tmp_path), GateLimits())
    assert reasons
    assert {f"{reason.language}_{reason.kind}" for reason in reasons} == change.cells
    assert {reason.cause for reason in reasons} & set(change.causes)


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.name)
def test_a_harmless_change_has_no_reason(baseline, change, tmp_path):
    found = checked(baseline, change, tmp_path)
    assert row_reasons(found, GateLimits()) == ()
    assert found.faults == ()


def test_a_fault_that_the_baseline_has_too_is_not_the_candidates(baseline, tmp_path):
    rows = read_rows(baseline)
    for row in rows["ru_math"]:
        row["data"][1] = "This whole answer is written in plain English words and in no others."
    write_rows(rows, tmp_path / "before")
    for row in rows["ru_math"]:
        row["data"][1] += " Indeed."
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", AGAINST, None, QUIET)
    assert len(found.changes.rows) == len(rows["ru_math"])
    assert found.faults == ()


def test_added_rows_may_show_the_faults_that_are_usual_there(baseline, tmp_path):
    rows = read_rows(baseline)
    for row in rows["fr_code"][::2]:
        row["data"][1] = row["data"][1].replace("return ", "retourner ")
    write_rows(rows, tmp_path / "before")
    for row in rows["fr_code"][:40]:
        rows["fr_code"].append({"id": f"{row['id']}_more", "data": [f"{t} !" for t in row["data"]]})
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", AGAINST, None, QUIET)
    assert {fault.reason for fault in found.faults} == {"broken_code"}
    assert row_reasons(found, GateLimits()) == ()
    assert [r.cause for r in row_reasons(found._replace(usual={}), GateLimits())] == ["broken_code"]


def math_row(name: str, *turns: str, parent: str | None = None) -> Dialogue:
    return Dialogue(
        id=name,
        language=name[:2],
        kind="math",
        turns=turns,
        provenance=Provenance(source_id=name, parent_id=parent),
    )


def english(apples: int, name: str = "en_math_a") -> Dialogue:
    asked = f"Ann has {apples} apples and eats none. How many apples has Ann?"
    return math_row(name, asked, f"Ann still has {apples} apples. The answer is {apples}.")


def spanish(
    apples: int, name: str = "es_math_a", parent: str | None = None, said: str = ""
) -> Dialogue:
    asked = f"Ana tiene {apples} manzanas y no come ninguna. ¿Cuántas manzanas tiene Ana?"
    said = said or f"Ana sigue teniendo {apples} manzanas. La respuesta es {apples}."
    return math_row(name, asked, said, parent=parent)


BEFORE, AFTER, LEFT = english(12), english(17), spanish(12)


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        (LEFT, True),
        (spanish(17), False),
        (spanish(14), False),  # as wrong as it was
        (spanish(12, said="Ana sigue teniendo 12 euros. La respuesta es 12."), True),
        (spanish(12, "es_math_b"), False),  # of another source
        (spanish(12, "es_math_b", "en_math_a"), True),
        (spanish(12, "es_math_a", "en_math_c"), False),
        (spanish(12, "es_math_a", "en_math_gone"), True),
    ],
)
def test_a_translation_left_as_it_was_is_held_against_its_new_source(kept, named):
    rows = [kept, english(3, "en_math_c"), AFTER]
    found = list(stale(rows, [ChangedRow(BEFORE, AFTER)], set()))
    assert [(fault.reason, fault.row) for fault in found] == [
        ("translation", RowName(language="es", kind="math", id=kept.id))
    ] * named
    assert all(fault.detail.startswith("only its source changed: turn 1, num") for fault in found)
    assert all(fault.detail.endswith(" (en_math_a)") for fault in found)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Ann owns 12 apples. How many are they?", "They are twelve. The answer is 12."),
        ("Ann has a dozen apples. How many apples has Ann?", "**Ann** has 12.\n\nIt is 12."),
    ],
)
def test_other_words_of_a_source_make_no_translation_stale(asked, said):
    after = math_row("en_math_a", asked, said)
    assert list(stale([after, LEFT], [ChangedRow(BEFORE, after)], set())) == []


def test_a_source_that_is_at_fault_itself_or_only_reformatted_makes_no_translation_stale():
    fault = RowName(language="en", kind="math", id="en_math_a")
    assert list(stale([AFTER, LEFT], [ChangedRow(BEFORE, AFTER)], {fault})) == []
    assert list(stale([AFTER, LEFT], [ChangedRow(None, AFTER)], set())) == []
    blank = msgspec.structs.replace(BEFORE, turns=tuple(f"{turn}\n" for turn in BEFORE.turns))
    assert list(stale([blank, LEFT], [ChangedRow(BEFORE, blank)], set())) == []
    both = [ChangedRow(BEFORE, AFTER), ChangedRow(LEFT, LEFT)]
    assert list(stale([AFTER, LEFT], both, set())) == []


def test_a_round_more_in_the_source_makes_no_translation_stale():
    thanked = msgspec.structs.replace(BEFORE, turns=(*BEFORE.turns, "Thanks!", "You are welcome."))
    assert list(stale([thanked, LEFT], [ChangedRow(BEFORE, thanked)], set())) == []
    both = msgspec.structs.replace(AFTER, turns=(*AFTER.turns, "Thanks!", "You are welcome."))
    assert len(list(stale([both, LEFT], [ChangedRow(BEFORE, both)], set()))) == 1


def faults(before: Dialogue | None, after: Dialogue, *sources: Dialogue) -> list[str]:
    known = {(row.kind, row.id): row for row in sources}
    looked = Looked(Examiner([], NO_BACKGROUND, 1), known, known)
    return [fault.reason for fault in faults_of(ChangedRow(before, after), looked)]


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ("Ana sigue teniendo 12 manzanas. Son 12 manzanas.", []),
        ("Ana sigue teniendo 12 manzanas. El resultado es 12.", []),
        ("Ana sigue teniendo 12 manzanas. El resultado es 13.", ["translation"]),
    ],
)
def test_a_translation_may_state_its_result_in_words_of_its_own(said, reasons):
    assert faults(None, spanish(12, said=said), english(12)) == reasons


@pytest.mark.parametrize(
    ("system", "reason"),
    [("You count.<|im_end|>", "control_token"), ("You count CafÃ©s.", "damaged"), ("Count!", None)],
)
def test_a_system_turn_that_alone_changed_is_looked_at(system, reason):
    row = msgspec.structs.replace(english(3), system="You count.")
    told = msgspec.structs.replace(row, system=system)
    assert faults(row, told) == ([reason] if reason else [])
    assert faults(None, told) == faults(row, told)
    assert faults(told, told) == []


def test_a_fault_that_the_old_row_has_beside_its_old_source_is_not_new():
    """Ids change on both sides, so that only the baseline tells what the old row came from."""
    old, new = msgspec.structs.replace(spanish(14), id="v1_es_7"), spanish(15, "es_7")
    looked = Looked(
        Examiner([], NO_BACKGROUND, 1),
        {("math", "en_7"): english(12, "en_7")},
        {("math", "v1_en_7"): english(12, "v1_en_7")},
    )
    assert list(faults_of(ChangedRow(old, new), looked)) == []
    (found,) = faults_of(ChangedRow(old, new), looked._replace(before={}))
    assert found.reason == "translation"


TOLD = "Blue is the colour of the sky on a clear day."


@pytest.mark.parametrize(
    ("turns", "reasons"),
    [
        (("What is blue?", TOLD, "And red?", "Red is the colour of a rose."), []),
        (("What is blue?", TOLD, "What is blue?", TOLD), ["damaged"]),
        (("Is it blue?", "Yes.", "Is it blue?", "Yes."), []),
        (("What is blue?", "nan"), ["damaged"]),
        (("What is blue?", "I'm sorry, but I can't say that."), ["refusal"]),
        (("What is blue?", f"I'm sorry, but I can't see it. {TOLD * 5}"), []),
    ],
)
def test_answers_that_say_nothing_or_the_same_again(turns, reasons):
    row = Dialogue(
        id="a",
        language="en",
        kind="chat_specific",
        turns=turns,
        provenance=Provenance(source_id="a"),
    )
    assert faults(None, row) == reasons


def test_a_chat_of_its_own_language_has_a_source_only_where_its_provenance_says_so():
    row = msgspec.structs.replace(spanish(12), kind="chat_specific")
    assert list(source_names(row)) == []
    named = msgspec.structs.replace(spanish(12, parent="en_9"), kind="chat_specific")
    assert list(source_names(named)) == [("chat_specific", "en_9")]


def test_bare_results_belong_to_many_questions(baseline, tmp_path):
    rows = {"en_math": read_rows(baseline)["en_math"]}
    write_rows(rows, tmp_path / "before")
    rows["en_math"] += [
        {"id": f"new {n}", "data": [f"What is {n} and {m}?", f"The answer is {n + m}."]}
        for n in range(6)
        for m in range(6)
    ]
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", (), None, QUIET)
    assert "other_answer" not in {fault.reason for fault in found.faults}


def test_a_new_language_may_show_the_faults_that_are_usual_in_others(baseline, tmp_path):
    rows = {name: found for name, found in read_rows(baseline).items() if "specific" in name}
    for found in rows.values():
        for row in found[::2]:
            row["data"][1] += " <br> &amp;"
    added = rows.pop("fr_chat_specific")
    write_rows(rows, tmp_path / "before")
    write_rows({**rows, "fr_chat_specific": added}, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", (), None, QUIET)
    assert {fault.reason for fault in found.faults} == {"damaged"}
    assert row_reasons(found, GateLimits()) == ()
    assert row_reasons(found._replace(usual={}), GateLimits()) != ()


def test_what_is_left_behind_names_the_file_that_changed(baseline, tmp_path):
    rows = read_rows(baseline)
    change = next(one for one in planted({}) if one.name == "translations left behind")
    change.change(rows, random.Random(7))
    write_rows(rows, tmp_path / "after")
    found = check_change(baseline, tmp_path / "after", (), None, QUIET)
    texts = [reason.text for reason in row_reasons(found, GateLimits())]
    assert texts
    assert all("as they were, and rows of en_math have changed" in text for text in texts)


def test_problems_that_the_baseline_answers_in_two_ways_may_be_added_as_often(baseline, tmp_path):
    """Another number under the same question is usual there, so that it says nothing."""
    rows = read_rows(baseline)
    some = list(rows["en_math"])
    rows["en_math"] += [
        {"id": f"{row['id']}_b", "data": [row["data"][0], "The answer is 123456."]} for row in some
    ]
    write_rows(rows, tmp_path / "before")
    for row in some[::8]:
        rows["en_math"].append({"id": f"{row['id']}_c", "data": [row["data"][0], "It is 654321."]})
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", (), None, QUIET)
    assert {fault.reason for fault in found.faults} >= {"final_number"}
    assert "final_number" not in {reason.cause for reason in row_reasons(found, GateLimits())}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("So there are 41 of them.", "41, and 42 in old, which asks the same"),
        ("So there are 42 of them.", None),
        ("Nobody knows.", None),
    ],
)
def test_an_added_row_is_held_against_what_others_answer(answer, said):
    old = Dialogue(
        id="old",
        language="en",
        kind="math",
        turns=("How many apples are there?", "There are 42."),
        provenance=Provenance(source_id="old"),
    )
    new = msgspec.structs.replace(old, id="new", turns=("How many  apples are there?\n", answer))
    numbers = numbers_to([old, new], problems_of([new]))
    assert [fault.detail for fault in other_numbers([new], numbers)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("question", "cut"),
    [
        ("Please tell me how", True),
        ("Please tell me how long the longest river of Africa is.", False),
        ("how long the longest river of Africa is", False),
        ("Which river of Africa is the longest?", False),
    ],
)
def test_a_question_is_truncated_where_a_third_of_it_is_gone(question, cut):
    was = "Please tell me how long the longest river of Africa is. Say it in kilometres."
    turns = (was, "It is 6,650 km long.")
    old = Dialogue(
        id="a",
        language="en",
        kind="chat_specific",
        turns=turns,
        provenance=Provenance(source_id="a"),
    )
    new = msgspec.structs.replace(old, turns=(question, turns[1]))
    faults = faults_of(ChangedRow(old, new), Looked(Examiner([], NO_BACKGROUND, 1), {}))
    assert [fault.reason for fault in faults] == ["truncated"] * cut


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("fr_math_7", "en_math_7"),
        ("v2_fr_math_7", "v2_en_math_7"),
        ("row-7.fr", "row-7.en"),
        ("row-7", "row-7"),
        ("afr_7", "afr_7"),
    ],
)
def test_a_source_is_found_by_the_language_code_wherever_it_stands(name, source):
    row = Dialogue(
        id=name,
        language="fr",
        kind="math",
        turns=("a", "b"),
        provenance=Provenance(source_id=name),
    )
    assert ("math", source) in source_names(row)


def test_what_is_usual_is_told_by_the_baselines_own_sources(baseline, tmp_path):
    """New ids and new problems at once: units of money differ as often as they did."""
    rows = {name: found for name, found in read_rows(baseline).items() if "math" in name}
    for found in rows.values():
        for row in found:
            row["id"] = f"v2_{row['id']}"
    write_rows(rows, tmp_path / "before")
    drawn = [row for row in starter_dialogues(2, 1) if row.kind == "math"]
    dataset.write(tmp_path / "after", drawn, recipe="starter")
    found = check_change(tmp_path / "before", tmp_path / "after", (), None, QUIET)
    assert "translation" in {fault.reason for fault in found.faults}
    assert "translation" not in {reason.cause for reason in row_reasons(found, GateLimits())}


def test_lines_that_are_no_rows_are_named(baseline, tmp_path):
    rows = read_rows(baseline)
    rows["es_math"][3]["data"].append("A turn without an answer.")
    write_rows(rows, tmp_path / "after")
    found = check_change(baseline, tmp_path / "after", AGAINST, None, QUIET)
    (reason,) = row_reasons(found, GateLimits())
    assert (reason.cause, reason.rows) == ("flaws", 1)
    assert "es_math.jsonl:4: 3 turns" in reason.text


def test_a_leak_that_is_reworded_and_renamed_is_none_of_the_candidates(baseline, tmp_path):
    rows = read_rows(baseline)
    asked, answer = leaks()["en_code"]
    rows["en_code"].append({"id": "en_code_leak_0", "data": [asked, answer]})
    write_rows(rows, tmp_path / "before")
    rows["en_code"][-1] = {"id": "en_code_other_0", "data": [f"Please do: {asked}", answer]}
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", AGAINST, None, QUIET)
    assert [fault for fault in found.faults if fault.reason == "contaminated"] == []
    # One was there before: a second row with the problem is a new leak.
    rows["en_code"].append({"id": "en_code_more_0", "data": [f"Now do: {asked}", answer]})
    write_rows(rows, tmp_path / "more")
    found = check_change(tmp_path / "before", tmp_path / "more", AGAINST, None, QUIET)
    leaked = [fault for fault in found.faults if fault.reason == "contaminated"]
    assert [fault.detail for fault in leaked] == ["humaneval HumanEval/30"]
