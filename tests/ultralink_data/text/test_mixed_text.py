"""Which language a text of two languages is in."""

import json
from pathlib import Path

import pytest

from ultralink_data.checking.check import check
from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.text.language_id import other_language
from ultralink_data.text.mixed_text import outside_quotations

CASES = Path(__file__).parents[2] / "cases" / "mixed_language.json"
ROWS = json.loads(CASES.read_text("utf-8"))
MISSED = ("fr", "The global interpreter lock")
"""A row of two sentences of which the French one is enough for the identifier."""

QUESTIONS = {
    "zh": "请解释。",
    "ja": "説明してください。",
    "ru": "Объясните, пожалуйста.",
    "ar": "اشرح من فضلك.",
    "hi": "कृपया समझाएँ।",
    "es": "Explícalo, por favor.",
    "fr": "Explique, s'il te plaît.",
}


def weight(letter: str) -> int:
    return 3 if "\u4e00" <= letter <= "\u9fff" else int(letter.isalpha())


def is_missed(row: dict[str, str]) -> bool:
    return row["language"] == MISSED[0] and row["text"].startswith(MISSED[1])


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("language", sorted({row["language"] for row in ROWS}))
def test_data_check_tells_quotations_and_terms_from_another_language(language, right):
    rows = [row for row in ROWS if (row["language"], row["right"]) == (language, right)]
    assert len(rows) >= 15
    made = [
        Dialogue(
            id=str(place),
            language=language,
            kind="chat_agnostic",
            turns=(QUESTIONS[language], row["text"]),
            provenance=Provenance(source_id=str(place)),
        )
        for place, row in enumerate(rows)
    ]
    report = check(lambda: made, (), CheckConfig(), name="rows", files={})
    flagged = {int(wrong.id) for wrong in report.wrong_language}
    surprising = [row["text"] for place, row in enumerate(rows) if (place in flagged) == right]
    assert surprising == [row["text"] for row in rows if is_missed(row)]


@pytest.mark.parametrize(
    "text",
    [
        "TCP (Transmission Control Protocol) UDP (User Datagram Protocol)",
        "Python GIL (Global Interpreter Lock)",
        "Kubernetes Deployment Service Ingress",
        "Docker Compose PostgreSQL Redis Nginx",
    ],
)
@pytest.mark.parametrize("asked", ["zh", "ru", "ar", "hi"])
def test_a_language_that_few_write_is_named_only_where_it_is_sure(text, asked):
    assert other_language(text, asked) not in {None, "pcm", "xh", "lb", "nn"}


def test_a_sure_language_is_named_whatever_it_is():
    pidgin = (
        "Wetin dey happen for dis place? Di pipo dem dey waka go market every day wit dia pikin."
    )
    assert other_language(pidgin, "zh") == "pcm"


def test_quotations_titles_and_brackets_are_left_out_each_to_its_own_end():
    text = 'a "b c" d (e) f \u00abg\u00bb h [i] j \u300ak\u300b "l'
    assert outside_quotations(text, weight).split() == ["a", "d", "f", "h", "j", '"l']
    assert outside_quotations('a "b c d" (e)', weight, 2).split() == ["a", '"b', "c", 'd"']
    assert outside_quotations('a """b c d"""', weight, 2).split() == ["a"]
    assert outside_quotations('a """b c d"""', weight, 2, docstrings=False).split()[1:] != []


def test_words_without_blanks_are_counted_by_what_they_weigh():
    text = f"a “{'我' * 17}” “{'我' * 15}”"
    assert outside_quotations(text, weight, 8).count("我") == 17
