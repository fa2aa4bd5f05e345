"""What is cut from a reply before it is read, and what looks like it and is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from ultralink_data.text.thinking import answer_of, split_reply, with_thinking
from ultralink_data.text.turn_end import own_turn

UNITS = {"<think>": False, "</think>": False, "<answer>": False, "a<think>b": True, "<": True}
CASES = json.loads((Path(__file__).parents[2] / "cases" / "thinking.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['reason']}")
def test_a_reply_is_parted(case: dict[str, Any]) -> None:
    parts = split_reply(case["text"])
    assert (parts.answer, parts.thinking) == (case["answer"], case["thinking"])
    assert (parts.open, parts.complete) == (case.get("open", False), case.get("complete", False))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['reason']}")
def test_cutting_twice_cuts_no_more(case: dict[str, Any]) -> None:
    answer = split_reply(case["text"]).answer
    assert answer_of(answer) == answer


def test_indentation_of_code_after_thinking_stays() -> None:
    assert answer_of("<think>so</think>\n    return a + b") == "    return a + b"
    assert (
        answer_of("<think>so</think>\n\n    x = 1\n    return x\n") == "    x = 1\n    return x\n"
    )


def test_only_thinking_leaves_answers_in_tags_and_later_turns() -> None:
    text = "<answer>18</answer><|im_end|>"
    parts = split_reply(f"<think>17</think>{text}", only_thinking=True)
    assert (parts.answer, parts.thinking) == (text, "17")


def test_a_reply_of_nothing_but_tags_has_an_answer_or_none() -> None:
    found = {unit: split_reply(unit * 20_000).answer.strip() for unit in UNITS}
    assert {unit: bool(answer) for unit, answer in found.items()} == UNITS


def test_thinking_from_two_places_is_told_once() -> None:
    assert with_thinking("", "cut") == "cut"
    assert with_thinking("apart", "") == "apart"
    assert with_thinking("so", "so") == "so"
    assert with_thinking("one and so", "so") == "one and so"
    assert with_thinking("apart", "cut") == "apart\n\ncut"


def test_the_end_of_a_turn_is_marked_or_not() -> None:
    assert own_turn("18") == ("18", False)
    assert own_turn("18<eos>") == ("18", True)
    assert own_turn("<s> 18") == ("<s> 18", False)
