"""Reads the cultural filter's reply: strict in form, every quote must be in the conversation."""

import json
import re
import unicodedata
from collections.abc import Sequence

import msgspec

from ultralink_data.culture.criteria import CRITERIA, Criterion, Score
from ultralink_data.culture.prompt import LONGEST_QUOTE
from ultralink_data.stage.asking import Failure
from ultralink_data.stage.outcome import Finding
from ultralink_data.text.thinking import split_reply

_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n(.*?)\n?[ \t]*```", re.S)


class ReadReply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reply says about one criterion."""

    evidence: str
    score: Score


class BadReplyError(Exception):
    """A reply that is not a verdict; `failure` names the check and says what is wrong."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


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
    judged = _decoded(text)
    missing = [criterion for criterion in CRITERIA if criterion not in judged]
    if missing:
        raise _bad("missing_criterion", f"it lacks {', '.join(missing)}")
    said = [folded(turn) for turn in turns]
    findings = []
    for criterion in CRITERIA:
        score, quote = judged[criterion].score, folded(judged[criterion].evidence)
        if not score and quote:
            raise _bad("quote_without_score", f"{criterion} has evidence and the score 0")
        if not score:
            continue
        _check_quote(criterion, quote, said)
        findings.append(Finding(name=criterion, evidence=quote))
    return tuple(findings)


def _check_quote(criterion: str, quote: str, said: Sequence[str]) -> None:
    if not quote:
        raise _bad("score_without_quote", f"{criterion} has the score 1 and no evidence")
    if len(quote) > LONGEST_QUOTE:
        raise _bad("long_quote", f"the evidence of {criterion} is over {LONGEST_QUOTE} characters")
    if len(quote) < 2 or not any(quote in turn for turn in said):
        wrong = f"the evidence of {criterion} is not in the conversation: {quote[:80]!r}"
        raise _bad("invented_quote", f"{wrong}; copy it letter by letter, or give the score 0")


def folded(text: str) -> str:
    """The text in NFC, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _decoded(text: str) -> dict[Criterion, ReadReply]:
    """The object of a reply, which is all of it but thinking, or its one code fence."""
    text = split_reply(text, only_thinking=True).answer
    fences = _FENCE.findall(text)
    whole = text.strip()
    if not whole.startswith("{") and len(fences) == 1:
        whole = fences[0].strip()
    try:
        found: object = json.loads(whole, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _bad("not_json", "it is not one JSON object and nothing else") from None
    try:
        return msgspec.convert(found, dict[Criterion, ReadReply])
    except msgspec.ValidationError as error:
        raise _bad("wrong_form", f"it has not the form asked for: {error}") from None
    except UnicodeEncodeError:  # half of a pair of surrogates, which no text can hold
        raise _bad("wrong_form", "a name in it is no text") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of these pairs; a name given twice would be ambiguous."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _bad("wrong_form", "a name occurs twice in it")
    return found


def _bad(check: str, detail: str) -> BadReplyError:
    return BadReplyError(Failure(check, detail))
