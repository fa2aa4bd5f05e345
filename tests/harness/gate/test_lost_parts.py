"""What a changed row has lost beside the baseline's; what may go is no loss."""

import re
import unicodedata

import pytest

from harness.gate.lost_parts import lost_parts
from ultralink_data.dialogue import Dialogue, Provenance

RIVER, LONG = "Which river of Africa is the longest of all?", "It is the Nile, of some 6,650 km."
AND, AMAZON = "And which one of South America is?", "That is the Amazon, of some 6,400 km."
LAST, DANUBE = "Is the Danube longer than either?", "No, it is not half as long as they are."
WHOLE = (RIVER, LONG, AND, AMAZON, LAST, DANUBE)


def row(*turns: str, system: str = "") -> Dialogue:
    return Dialogue(
        id="a",
        language="en",
        kind="chat_specific",
        turns=turns,
        provenance=Provenance(source_id="a"),
        system=system,
    )


def reasons(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    return [reason for reason, _ in lost_parts(row(*before), row(*after))]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ((RIVER, LONG), "truncated"),
        ((LAST, DANUBE), "truncated"),
        ((RIVER, LONG, LAST, DANUBE), "truncated"),  # the round between
        ((LONG, AND, AMAZON, LAST), "roles_swapped"),
        ((LONG, RIVER, AMAZON, AND, DANUBE, LAST), "roles_swapped"),
        ((RIVER, "\n".join(WHOLE[1:])), "roles_swapped"),
        ((RIVER, LONG, AND, " ".join(WHOLE[3:])), "roles_swapped"),
        ((RIVER, LONG, AND, "That is the Amazon,"), "truncated"),
        ((*WHOLE, "Thanks!", "You are welcome."), None),
        (tuple(f"{turn}\n" for turn in WHOLE), None),
        ((RIVER, LONG, AND, "That is the Paraná, of some 4,880 km."), None),
    ],
)
def test_turns_that_are_gone_or_joined(after, reason):
    assert reasons(WHOLE, after) == ([reason] if reason else [])


def test_a_round_that_was_there_twice_may_go_once():
    assert reasons((*WHOLE, LAST, DANUBE), WHOLE) == []


BEFORE = "Here is what I know of it. The longest river of Africa flows to the north for 6,650 km."


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("longest river of Africa flows to the north for 6,650 km.", "truncated"),
        ("what I know of it. The longest river of Africa flows to the north for 6,650 km.", None),
        ("The longest river of Africa flows to the north for 6,650 km.", None),
        (BEFORE.replace(" ", ""), "damaged"),
        (BEFORE.replace(" ", "  "), None),
        (f'["{BEFORE}"]', "damaged"),
        (f"['{BEFORE}']", "damaged"),
        (f'{{"answer": {{"text": "{BEFORE}"}}}}', "damaged"),
        (f'["{BEFORE}", 3]', None),
        (f"[{BEFORE}]", None),
    ],
)
def test_an_answer_whose_words_are_there_in_another_form(answer, reason):
    assert reasons((RIVER, BEFORE), (RIVER, answer)) == ([reason] if reason else [])


SPANISH = (
    "¿Cuál es? El río más largo de África es el Nilo: fluye hacia el norte, y así llega al mar."
)


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (SPANISH.lower(), "capitals"),
        (SPANISH.upper(), "small letters"),
        (re.sub(r"[^\w\s]", "", SPANISH), "marks"),
        (re.sub("\u0301", "", unicodedata.normalize("NFD", SPANISH)), "accents"),
        (unicodedata.normalize("NFD", SPANISH), ""),
        (SPANISH.replace(":", ","), ""),
        (SPANISH.replace("El", "el"), ""),
        (SPANISH.replace("Nilo", "Níger").lower(), ""),  # another text
    ],
)
def test_capitals_marks_and_accents_that_are_gone(answer, gone):
    found = list(lost_parts(row(RIVER, SPANISH), row(RIVER, answer)))
    assert found == ([("damaged", f"turn 2: its {gone} are gone")] if gone else [])


def test_a_question_is_cut_inside_a_sentence_only():
    asked = "Tell me of the rivers of Africa, one after another, please. Write a list of them all."
    assert reasons((asked, LONG), (asked[:-22], LONG)) == ["truncated"]
    assert reasons((asked, LONG), (asked.partition(" Write")[0], LONG)) == []


TOLD = "You are a geographer. Answer in one sentence, and give lengths in kilometres."


@pytest.mark.parametrize(
    ("system", "turns", "detail"),
    [
        (TOLD, (RIVER, LONG), None),
        ("", (RIVER, LONG), "its system turn is gone"),
        ("  ", (RIVER, LONG), "its system turn is gone"),
        ("", (f"{TOLD}\n\n{RIVER}", LONG), None),  # as templates without a system turn have it
        (TOLD[:21], (RIVER, LONG), f"system turn: 21 of {len(TOLD)} characters are left"),
        (TOLD + " Be kind.", (RIVER, LONG), None),
        ("You know all rivers.", (RIVER, LONG), None),  # another one, not a part
    ],
)
def test_a_system_turn_that_is_gone_or_cut(system, turns, detail):
    found = list(lost_parts(row(RIVER, LONG, system=TOLD), row(*turns, system=system)))
    assert found == ([("truncated", detail)] if detail else [])


def test_a_system_turn_is_told_once_beside_other_lost_parts():
    found = list(lost_parts(row(*WHOLE, system=TOLD), row(RIVER, LONG)))
    assert found == [("truncated", "2 of 6 turns are left")]
    lower = row(RIVER, SPANISH.lower())
    told = [reason for reason, _ in lost_parts(row(RIVER, SPANISH, system=TOLD), lower)]
    assert told == ["damaged", "truncated"]
