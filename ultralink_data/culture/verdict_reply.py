"""Reads the cultural filter's reply: strict in form, every quote must be in the conversation."""

import unicodedata
from collections.abc import Sequence

import msgspec

from ultralink_data.culture.criteria import CRITERIA, Criterion, Score
from ultralink_data.culture.prompt import LONGEST_QUOTE
from ultralink_data.stage.asking import Failure
from ultralink_data.stage.json_reply import BadReplyError, bad_reply, read_object
from ultralink_data.stage.outcome import Finding


class ReadReply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reply says about one criterion."""

    evidence: str
    score: Score


def check_verdict(text: str, turns: Sequence[str]) -> Failure | None:
    """Whether `read_verdict` takes the reply."""
    try:
        read_verdict(text, turns)
    except BadReplyError as error:
        return error.failure
    return None


def read_verdict(text: str, turns: Sequence[str]) -> tuple[Finding, ...]:
    """The criteria that a reply says hold for a conversation, in their order, with quotes.

    Raises:
        BadReplyError: no JSON object of the requested form, a 1 without a quote, a 0 with one, or a
            quote that is in no turn (after NFC, white space as one space).
    """
    judged = read_object(text, dict[Criterion, ReadReply])
    missing = [criterion for criterion in CRITERIA if criterion not in judged]
    if missing:
        raise bad_reply("missing_criterion", f"it lacks {', '.join(missing)}")
    said = [folded(turn) for turn in turns]
    findings = []
    for criterion in CRITERIA:
        score, quote = judged[criterion].score, folded(judged[criterion].evidence)
        if not score and quote:
            raise bad_reply("quote_without_score", f"{criterion} has evidence and the score 0")
        if not score:
            continue
        _check_quote(criterion, quote, said)
        findings.append(Finding(name=criterion, evidence=quote))
    return tuple(findings)


def _check_quote(criterion: str, quote: str, said: Sequence[str]) -> None:
    if not quote:
        raise bad_reply("score_without_quote", f"{criterion} has the score 1 and no evidence")
    if len(quote) > LONGEST_QUOTE:
        raise bad_reply(
            "long_quote", f"the evidence of {criterion} is over {LONGEST_QUOTE} characters"
        )
    if len(quote) < 2 or not any(quote in turn for turn in said):
        wrong = f"the evidence of {criterion} is not in the conversation: {quote[:80]!r}"
        raise bad_reply("invented_quote", f"{wrong}; copy it letter by letter, or give the score 0")


def folded(text: str) -> str:
    """The text in NFC, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
