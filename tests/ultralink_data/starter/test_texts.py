"""What all starter texts have in common: spelling, no-break spaces, plausible numbers."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ultralink_data import languages
from ultralink_data.starter.chats import starter_chats
from ultralink_data.starter.code import code_problems
from ultralink_data.starter.math import LANGUAGES, load_texts, math_problems
from ultralink_data.starter.math_templates_table import TEMPLATES

CASES = Path(__file__).parents[2] / "cases"
PLAUSIBLE = json.loads((CASES / "plausible_numbers.json").read_text(encoding="utf-8"))
BY_ID = {template.id: template for template in TEMPLATES}
BRITISH = re.compile(
    r"\b(?:(?:col|hon|neighb|fav|lab|harb|flav|hum|rum|behavi|endeav)our\w*"
    r"|(?:apolog|organ|real|recogn|emphas|summar|memor|critic|special|minim|maxim|visual|modern"
    r"|symbol|util|final|normal|categor)is(?:e|es|ed|ing|ation)|(?:anal|paral)ys(?:e|es|ed|ing)"
    r"|(?:centi|kilo|milli)?metres?|(?:milli)?litres?|theatres?|centres?|fibres?|tyres?|licences?"
    r"|defence|programmes?|(?:travel|cancel|model|label|marvel)l(?:ed|ing|er|ers)|gr[e]y"
    r"|towards|practis\w+|e-mails?|storeys?|jewellery|cheques?|whilst|catalogues?|per cent"
    r"|pupils?|petrol|full stops?|times table of|\d+ (?:January|February|March|April|May|June"
    r"|July|August|September|October|November|December))\b",
    re.IGNORECASE,
)


@cache
def _texts(language: str) -> tuple[tuple[str, str], ...]:
    return tuple(_all_texts(language))


def _all_texts(language: str) -> Iterator[tuple[str, str]]:
    for template_id, text in load_texts(language).items():
        yield template_id, " ".join((text.question, *text.solution))
    for split in ("train", "held_out"):
        for problem in code_problems(split):
            yield problem.problem_id, problem.prompt[language].split('"""')[1].split("\n")[0]
    for chat in starter_chats(language):
        for turn in chat.turns:
            yield chat.chat_id, turn
    builder = languages.get(language).builder
    yield "builder", f"{builder.answer_sentence} {builder.code_reply}"


@pytest.mark.parametrize(
    "text",
    ["Each colour bends.", "It honours him.", "Apologise first.", "two centimetres", "16 October"],
)
def test_british_spelling_is_found(text: str) -> None:
    assert BRITISH.search(text)


def test_english_is_spelled_in_one_way() -> None:
    found = [(name, match[0]) for name, text in _texts("en") if (match := BRITISH.search(text))]
    assert found == []


def test_french_sets_off_double_marks_with_no_break_spaces_everywhere() -> None:
    for name, text in _texts("fr"):
        shown = re.sub(r"\{[^{}]*\}|https?://\S+", "#", text)
        assert not re.search(r"(?<![\u00a0\u202f])[?!;»%]", shown), (name, shown)
        assert not re.search(r"(?<![\u00a0\u202f\d]):(?!\d)", shown), (name, shown)
        assert not re.search(r"«(?!\u00a0)", shown), (name, shown)


@pytest.mark.parametrize("language", ["es", "ru"])
def test_percent_signs_keep_to_their_number(language: str) -> None:
    for name, text in _texts(language):
        assert not re.search(r"\d %", text), (name, text)


@pytest.mark.parametrize("language", ["en", "es", "ru", "zh"])
def test_other_languages_have_no_break_spaces_before_percent_signs_only(language: str) -> None:
    for name, text in _texts(language):
        assert not re.search(r"\u00a0(?!%)", text), (name, text)


@pytest.mark.parametrize("row", PLAUSIBLE, ids=lambda row: f"{row['template']}-{row['number']}")
def test_numbers_are_plausible(row: dict[str, str | int]) -> None:
    for values in _drawn()[str(row["template"])]:
        assert int(row["least"]) <= values[str(row["number"])] <= int(row["most"]), row["reason"]


def test_no_range_of_a_template_is_left_out_of_the_results() -> None:
    # A limit that names no step would be ignored in silence.
    for template in TEMPLATES:
        targets = {equation.target for equation in template.equations}
        assert {name for name, _ in template.limits} <= targets, template.id


@cache
def _drawn() -> dict[str, list[dict[str, int]]]:
    """All numbers of a dozen problems a template: those shown in English, and the results."""
    closings = dict.fromkeys(LANGUAGES, "{answer}")
    drawn: dict[str, list[dict[str, int]]] = defaultdict(list)
    for problem in (p for s in ("train", "held_out") for p in math_problems(0, s, 12, closings)):
        template = BY_ID[problem.template_id]
        shown = re.findall(r"\{([a-z])\}", load_texts("en")[template.id].question)
        numbers = map(int, re.findall(r"\d+", problem.question["en"]))
        values = dict(zip(shown, numbers, strict=True))
        for equation in template.equations:
            result = equation.solve(values)
            assert result is not None
            values[equation.target] = result
        drawn[template.id].append(values)
    return drawn
