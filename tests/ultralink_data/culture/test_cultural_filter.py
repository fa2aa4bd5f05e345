import asyncio

import pytest
from culture_samples import chat, verdict

from ultralink_data.culture.criteria import CultureVerdict
from ultralink_data.culture.cultural_filter import (
    JudgedRow,
    decide,
    judge,
    judge_by_keywords,
    require_filterable,
    windows,
)
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.errors import DataError
from ultralink_data.llm.client import ChatRequest, Reply
from ultralink_data.stage.outcome import Finding, RowOutcome
from ultralink_data.text.tokens import estimate_tokens


class Model:
    """Answers one after the other; `requests` are those asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.requests: list[ChatRequest] = []

    async def ask(self, request: ChatRequest) -> Reply:
        self.requests.append(request)
        text = self.answers.pop(0)
        return Reply(text=text, finish_reason="stop", prompt_tokens=10, completion_tokens=5)


def judged(
    model: Model, *turns: str, config: FilterConfig | None = None
) -> RowOutcome[CultureVerdict]:
    return asyncio.run(judge(chat("a", *turns), model, config or FilterConfig()))


def test_a_keyword_decides_without_a_request():
    model = Model()
    (found,) = judged(model, "Where is France?", "In Europe.").accepted
    assert (found.by, found.complete, found.score("places")) == ("keywords", False, 1)
    assert not model.requests


def test_without_keywords_the_model_judges_every_row():
    model = Model(verdict(places="France"))
    config = FilterConfig(keywords=False)
    (found,) = judged(model, "Where is France?", "In Europe.", config=config).accepted
    assert (found.by, found.complete) == ("model", True)
    assert found.findings == (Finding(name="places", evidence="France"),)


def test_a_quote_that_is_not_there_is_asked_for_again_with_what_was_wrong():
    model = Model(verdict(places="Paris"), verdict())
    outcome = judged(model, "How do I sleep well?", "Go to bed early.")
    assert outcome.accepted[0].total == 0
    assert outcome.failed_checks == ("invented_quote",)
    assert outcome.spent.replies == 2
    assert "'Paris'" in model.requests[1].messages[-1].content
    assert model.requests[0].temperature == 0
    assert model.requests[0].schema is not None


def test_a_row_without_a_valid_reply_is_rejected_with_the_last_one():
    model = Model(*["Total Score: 0"] * 3)
    outcome = judged(model, "How do I sleep well?", "Go to bed early.")
    assert outcome.rejected is not None
    assert outcome.rejected.reason == "not_json"
    assert outcome.rejected.output == "Total Score: 0"


def test_plain_replies_are_asked_for_without_a_schema():
    model = Model(verdict())
    judged(model, "Why?", "Because.", config=FilterConfig(structured=False))
    assert model.requests[0].schema is None


LONG = ("What is sleep? " * 20, "Rest of the body. " * 20, "And a dream?", "Pictures at night.")


def test_windows_hold_every_character_once_and_no_more_than_the_limit():
    for limit in (10, 60, 100, 10_000):
        parts = windows(LONG, limit)
        assert "".join(text for part in parts for _, text in part) == "".join(LONG)
        for part in parts:
            assert sum(estimate_tokens(text, "en") for _, text in part) <= limit
    assert len(windows(LONG, 10_000)) == 1
    assert [speaker for speaker, _ in windows(LONG, 10_000)[0]] == ["user", "assistant"] * 2


def test_a_long_conversation_is_judged_window_by_window_until_it_is_decided():
    config = FilterConfig(window_tokens=90)
    assert len(windows(LONG, 90)) == 3
    model = Model(verdict(), verdict(), verdict())
    (found,) = judged(model, *LONG, config=config).accepted
    assert (found.total, found.complete, len(model.requests)) == (0, True, 3)
    model = Model(verdict(), verdict(literature="Rest of the body."), verdict())
    (found,) = judged(model, *LONG, config=config).accepted
    assert (found.total, found.complete, len(model.requests)) == (1, False, 2)
    assert len({request.item for request in model.requests}) == 2


def test_a_threshold_counts_criteria_over_all_windows_once_each():
    config = FilterConfig(window_tokens=90, threshold=1)
    same = verdict(literature="sleep?"), verdict(literature="Rest"), verdict(literature="dream")
    (found,) = judged(Model(*same), *LONG, config=config).accepted
    assert (found.total, found.complete) == (1, True)
    row = JudgedRow(dialogue=chat("a", *LONG), verdict=found, rejected=None)
    assert decide(row, config).accepted == (row.dialogue,)
    assert decide(row, FilterConfig()).rejected is not None


def test_a_reject_names_criteria_and_evidence():
    dialogue = chat("a", "A poem on France", "No.")
    row = JudgedRow(dialogue=dialogue, verdict=judge_by_keywords(dialogue), rejected=None)
    rejected = decide(row, FilterConfig()).rejected
    assert rejected is not None
    assert rejected.reason == "keyword"
    assert rejected.detail == "places: 'France'; literature: 'poem'"
    assert [x.name for x in rejected.findings] == ["places", "literature"]


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        ("math", "en"),
        ("code", "en"),
        ("chat_specific", "en"),
        ("chat_agnostic", "es"),
    ],
)
def test_only_english_chats_are_culture_filtered(kind, language):
    with pytest.raises(DataError, match="only English rows"):
        require_filterable(chat("a", "Hi", "Hi", kind=kind, language=language))
    require_filterable(chat("a", "Hi", "Hi"))


@pytest.mark.parametrize(
    "fields", [{"threshold": 7}, {"window_tokens": 0}, {"keywords": False, "model": False}]
)
def test_a_configuration_out_of_range_is_refused(fields):
    with pytest.raises(ValueError, match=r"must be|nothing"):
        FilterConfig(**fields)
