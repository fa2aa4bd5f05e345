"""Odd conversations are mended or dropped with a reason."""

import pytest

from ultralink_data import sources
from ultralink_data.sources.reading import SourceRow, read
from ultralink_data.sources.sharegpt import SOURCE, ShareGptRow, ShareGptTurn, is_english

Q = "What is the capital of a country that has none?"
A = "There is no such thing as far as anyone knows today."


def converted(*turns: tuple[str, str], row_id: str = "abc_3"):
    data = ShareGptRow(
        id=row_id,
        conversations=tuple(ShareGptTurn(speaker=s, value=v) for s, v in turns),
    )
    return sources.convert(
        SourceRow(id=f"sharegpt:{row_id}", place="line 1", data=data), "sharegpt"
    )


@pytest.mark.parametrize(
    ("turns", "kept", "mended"),
    [
        ([("human", Q), ("gpt", A)], (Q, A), ()),
        ([("user", Q), ("chatgpt", A)], (Q, A), ("renamed_speaker",)),
        ([("gpt", A), ("human", Q), ("gpt", A)], (Q, A), ("first_answer_dropped",)),
        ([("human", Q), ("gpt", A), ("human", Q)], (Q, A), ("last_question_dropped",)),
        ([("human", Q), ("human", "And?"), ("gpt", A)], (f"{Q}\n\nAnd?", A), ("merged_turns",)),
        ([("human", Q), ("human", Q), ("gpt", A)], (Q, A), ("merged_turns",)),
        ([("human", Q), ("gpt", A), ("human", " "), ("gpt", A)], (Q, A), ("ended_at_empty_turn",)),
        ([("human", Q), ("gpt", A + "\u200b")], (Q, A), ("invisible_characters",)),
        ([("human", Q), ("gpt", "One<br>two `<br>`")], (Q, "One\ntwo `<br>`"), ("html_breaks",)),
        ([("human", Q), ("gpt", "|a<br>b|")], (Q, "|a b|"), ("html_breaks",)),
        (
            [("system", "*conversation is shared from [**X**](y)*"), ("human", Q), ("gpt", A)],
            (Q, A),
            ("banner_dropped",),
        ),
        (
            [("human", Q), ("gpt", A), ("human", "번역해서 보여줘"), ("gpt", A)],
            (Q, A),
            ("ended_at_other_language",),
        ),
    ],
)
def test_odd_conversations_are_mended(turns, kept, mended):
    outcome = converted(*turns)
    (dialogue,) = outcome.accepted
    assert dialogue.turns == kept
    assert outcome.mended == mended
    assert (dialogue.id, dialogue.kind) == ("sharegpt:abc_3", "chat_agnostic")
    assert dialogue.provenance.source_id == "sharegpt:abc"


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([], "no_turns"),
        ([("system", "*conversation is shared from [**X**](y)*")], "no_turns"),
        ([("human", Q)], "one_turn"),
        ([("gpt", A), ("human", Q)], "one_turn"),
        ([("human", ""), ("gpt", A)], "empty_turn"),
        ([("system", "You are a pirate."), ("human", Q), ("gpt", A)], "system_turn"),
        ([("human", Q), ("bing", A)], "other_speaker"),
        ([("human", Q), ("gpt", "<div><p>Hello</p></div>")], "html"),
        ([("human", "Напишите мне об этом"), ("gpt", A)], "not_english"),
    ],
)
def test_what_cannot_be_mended_falls_out(turns, reason):
    outcome = converted(*turns)
    assert outcome.rejected is not None
    assert outcome.rejected.reason == reason


def test_html_in_code_is_code():
    code = "```html\n<div><p>a</p></div>\n```"
    assert converted(("human", Q), ("gpt", code)).accepted[0].turns == (Q, code)


def test_every_line_of_the_sample_is_accounted_for(benchmarks):
    rows = list(read(benchmarks / "sharegpt" / "sharegpt_sample.jsonl", SOURCE))
    outcomes = [sources.convert(row, "sharegpt") for row in rows]
    assert len(outcomes) == 420
    odd = [o.rejected.reason if o.rejected else o.mended for o in outcomes[400:]]
    assert odd == [
        "no_turns",
        "no_turns",
        "no_turns",
        ("first_answer_dropped", "ended_at_empty_turn"),
        ("ended_at_empty_turn",),
        ("merged_turns",),
        ("last_question_dropped",),
        "no_turns",
        "other_speaker",
        "other_speaker",
        "not_english",
        "not_english",
        ("ended_at_other_language",),
        ("ended_at_other_language",),
        "not_english",
        ("first_answer_dropped",),
        ("first_answer_dropped",),
        ("invisible_characters", "ended_at_empty_turn"),
        ("first_answer_dropped",),
        ("first_answer_dropped",),
    ]
    whole = outcomes[:400]
    assert sum("first_answer_dropped" in o.mended for o in whole) == 76
    assert [n for n, o in enumerate(whole, 1) if o.rejected] == []
    texts = [turn for o in outcomes for d in o.accepted for turn in d.turns]
    assert not [text for text in texts if "\u200b" in text]


def test_pasted_code_in_short_turns_is_not_judged_by_its_language():
    assert is_english("npm ERR! code ELIFECYCLE")
    assert not is_english("Расскажи")
