import json

import pytest
from culture_samples import verdict

from ultralink_data.culture.criteria import CRITERIA
from ultralink_data.culture.prompt import LONGEST_QUOTE
from ultralink_data.culture.verdict_reply import check_verdict, read_verdict
from ultralink_data.stage.json_reply import BadReplyError

TURNS = ("I live in Zu\u0308rich,\n near  the lake.", "A nice place! It has `code` too.")


def changed(**fields: object) -> str:
    return json.dumps(json.loads(verdict(places="near the lake")) | fields)


@pytest.mark.parametrize(
    "text",
    [
        verdict(places="near the lake"),
        json.dumps(json.loads(verdict(places="near the lake")), indent=2),
        f"```json\n{verdict(places='near the lake')}\n```",
        f"```\n{verdict(places='near the lake')}\n```",
        f"Here is the verdict:\n\n```json\n{verdict(places='near the lake')}\n```\nThat is all.",
        f"<think>Or {{}}? No.</think>\n{verdict(places='near the lake')}",
    ],
)
def test_a_whole_object_counts_bare_or_in_one_fence(text):
    assert [(x.name, x.evidence) for x in read_verdict(text, TURNS)] == [
        ("places", "near the lake")
    ]


@pytest.mark.parametrize(
    "quote", ["I live in Zürich,", "I live in Zu\u0308rich", " Zürich, near\nthe lake. "]
)
def test_quotes_are_compared_after_nfc_and_with_single_spaces(quote):
    (found,) = read_verdict(verdict(places=quote), TURNS)
    assert found.evidence == " ".join(quote.replace("u\u0308", "ü").split())


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("", "not_json"),
        ("I'm sorry, I cannot judge this.", "not_json"),
        ("Total Score: 0", "not_json"),
        (verdict() + " and more", "not_json"),
        (verdict() + verdict(), "not_json"),
        (verdict()[:-20], "not_json"),
        ("[" * 100_000, "not_json"),
        (verdict()[:-1] + ', "places": {"evidence": "", "score": 0}}', "wrong_form"),
        (verdict().replace("{", '{"evidence": "x", ', 2), "wrong_form"),
        (changed(places={"evidence": float("nan"), "score": 0}), "wrong_form"),
        (f"```\n{verdict()}\n```\n```\n{verdict()}\n```", "not_json"),
        (f"[{verdict()}]", "wrong_form"),
        ('"no"', "wrong_form"),
        ("{}", "missing_criterion"),
        (json.dumps({k: v for k, v in json.loads(verdict()).items() if k != "places"}),
         "missing_criterion"),
        (changed(total=0), "wrong_form"),
        (changed(places={"evidence": "near the lake", "score": 2}), "wrong_form"),
        (changed(places={"evidence": "near the lake", "score": "1"}), "wrong_form"),
        (changed(places={"evidence": "near the lake", "score": True}), "wrong_form"),
        (changed(places={"score": 0}), "wrong_form"),
        ('{"\\ud83d": 1}', "wrong_form"),
        (changed(**{"\ud83d": 1}), "wrong_form"),
        (changed(places={"evidence": "", "score": 0, "\ud83d": 0}), "wrong_form"),
        (changed(places={"evidence": "\ud83d\ud83d", "score": 1}), "invented_quote"),
        (changed(places={"evidence": "", "score": 0, "why": "none"}), "wrong_form"),
        (changed(places={"evidence": None, "score": 0}), "wrong_form"),
        (changed(places={"evidence": "near the lake", "score": 0}), "quote_without_score"),
        (changed(places={"evidence": "  ", "score": 1}), "score_without_quote"),
        (verdict(places="near the sea"), "invented_quote"),
        (verdict(places="the lake. A nice place"), "invented_quote"),
        (verdict(places="NEAR THE LAKE"), "invented_quote"),
        (verdict(places="a"), "invented_quote"),
        (verdict(places="a" * (LONGEST_QUOTE + 1)), "long_quote"),
    ],
)  # fmt: skip
def test_anything_else_is_no_verdict(text, check):
    failure = check_verdict(text, TURNS)
    assert failure is not None
    assert failure.check == check
    assert failure.detail.encode()  # it goes to the model, and into the reject
    with pytest.raises(BadReplyError):
        read_verdict(text, TURNS)


def test_findings_stand_in_the_order_of_the_criteria():
    quotes = dict.fromkeys(reversed(CRITERIA), "nice place")
    assert [x.name for x in read_verdict(verdict(**quotes), TURNS)] == list(CRITERIA)
