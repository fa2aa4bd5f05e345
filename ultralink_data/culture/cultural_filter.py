"""The cultural filter: English conversations about one culture are not translated.

Source: arXiv 2402.04588, section 3.2, and OpenBMB/UltraLink sift_sharegpt.py, commit 6f967d8.
Keywords first, then a model by seven criteria; a conversation is kept at a total of 0. Unlike
upstream, the reply is one checked object with quotes instead of free text searched for "Total
Score: 0", a failed request is not a verdict, a long conversation is judged in windows instead of
being left out, and every verdict is kept.
"""

from collections.abc import Sequence
from functools import partial

import msgspec

from ultralink_data.culture.criteria import CultureVerdict, first_of_each
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.culture.keywords import keyword_findings
from ultralink_data.culture.prompt import messages, schema
from ultralink_data.culture.verdict_reply import check_verdict, read_verdict
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.grounding.passages import split_text
from ultralink_data.stage.asking import Chat, CheckFailedError, Questioner
from ultralink_data.stage.outcome import Finding, Rejected, RowOutcome
from ultralink_data.stage.spelled_marks import refused_for_marks
from ultralink_data.text.tokens import estimate_tokens

LANGUAGE = "en"
KIND = "chat_agnostic"

Turn = tuple[str, str]
"""Speaker and text."""


class JudgedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation and the result of judging it: a verdict, or a reject if there is none."""

    dialogue: Dialogue
    verdict: CultureVerdict | None
    rejected: Rejected | None

    @property
    def id(self) -> str:
        """The dialogue's."""
        return self.dialogue.id

    @property
    def language(self) -> str:
        """The dialogue's."""
        return self.dialogue.language


def require_filterable(dialogue: Dialogue) -> None:
    """Math, code and chats about documents are never culture-filtered, as in the paper.

    Raises:
        DataError: another kind than chat_agnostic, or another language than English.
    """
    if dialogue.kind != KIND or dialogue.language != LANGUAGE:
        raise DataError(
            f"row {dialogue.id!r} is {dialogue.kind} in {dialogue.language!r}; only English rows "
            f"of kind {KIND} are culture-filtered",
            hint="remove the other rows first: they are translated or kept without this filter",
        )


async def judge(dialogue: Dialogue, chat: Chat, config: FilterConfig) -> RowOutcome[CultureVerdict]:
    """The verdict on one conversation: keywords, then the model, window by window.

    Judging stops as soon as more criteria than the threshold are found, to save cost. A
    conversation without a valid reply to some window is rejected, as is one with control tokens or
    thinking in its text, before anything is asked.

    Raises:
        LLMError: a request failed.
    """
    marked = _marked(dialogue)
    if marked is not None:
        return RowOutcome(rejected=marked)
    found = judge_by_keywords(dialogue) if config.keywords else None
    if found is not None and (found.total > config.threshold or not config.model):
        return RowOutcome(accepted=(found,))
    questioner = Questioner(chat, dialogue.id, config.asking)
    findings = list(found.findings) if found is not None else []
    parts = windows(dialogue.turns, config.window_tokens)
    judged = 0
    try:
        for number, part in enumerate(parts):
            findings += await _judge_window(questioner, number, part, config)
            judged += 1
            if len(first_of_each(findings)) > config.threshold:
                break
    except CheckFailedError as error:
        return RowOutcome(
            rejected=error.rejected(dialogue.id, dialogue.language),
            failed_checks=tuple(questioner.failed_checks),
            spent=questioner.spent,
        )
    verdict = CultureVerdict(
        id=dialogue.id,
        language=dialogue.language,
        by="model",
        complete=judged == len(parts),
        findings=first_of_each(findings),
    )
    return RowOutcome(
        accepted=(verdict,),
        failed_checks=tuple(questioner.failed_checks),
        spent=questioner.spent,
    )


def judge_unasked(dialogue: Dialogue) -> RowOutcome[CultureVerdict]:
    """The outcome where keywords alone decide: the same conversations are rejected unjudged."""
    marked = _marked(dialogue)
    if marked is not None:
        return RowOutcome(rejected=marked)
    return RowOutcome(accepted=(judge_by_keywords(dialogue),))


def _marked(dialogue: Dialogue) -> Rejected | None:
    """The reject of a conversation whose text holds control tokens or thinking."""
    named = ((f"turn {place}", turn) for place, turn in enumerate(dialogue.turns))
    return refused_for_marks(dialogue, *named)


def judge_by_keywords(dialogue: Dialogue) -> CultureVerdict:
    """The verdict by keywords alone."""
    return CultureVerdict(
        id=dialogue.id,
        language=dialogue.language,
        by="keywords",
        complete=False,
        findings=keyword_findings(dialogue.turns),
    )


async def _judge_window(
    questioner: Questioner, number: int, part: Sequence[Turn], config: FilterConfig
) -> tuple[Finding, ...]:
    texts = [text for _, text in part]
    reply = await questioner.ask(
        f"culture{number}",
        messages(part),
        max_tokens=config.reply_tokens,
        check=partial(check_verdict, turns=texts),
        schema=schema() if config.structured else None,
    )
    return read_verdict(reply, texts)


def windows(turns: Sequence[str], limit: int) -> list[list[Turn]]:
    """The conversation in parts of at most `limit` tokens, cut between turns where possible.

    A turn over the limit is cut at paragraphs, sentences, or anywhere, in this order; joined, the
    parts of a turn are the turn.
    """
    parts: list[list[Turn]] = []
    size = 0
    for place, turn in enumerate(turns):
        speaker = "assistant" if place % 2 else "user"
        for piece in split_text(turn, LANGUAGE, limit):
            tokens = estimate_tokens(piece, LANGUAGE)
            if not parts or size + tokens > limit:
                parts.append([])
                size = 0
            parts[-1].append((speaker, piece))
            size += tokens
    return parts


def decide(row: JudgedRow, config: FilterConfig) -> RowOutcome[Dialogue]:
    """Keep a conversation, or reject it with the criteria and their evidence."""
    verdict = row.verdict
    if verdict is None:
        if row.rejected is None:
            raise ValueError(f"row {row.id!r} has neither a verdict nor a reject")
        return RowOutcome(rejected=row.rejected)
    if verdict.total <= config.threshold:
        return RowOutcome(accepted=(row.dialogue,))
    detail = "; ".join(f"{finding.name}: {finding.evidence!r}" for finding in verdict.findings)
    rejected = Rejected(
        id=row.id,
        language=row.language,
        reason="keyword" if verdict.by == "keywords" else "cultural",
        detail=detail,
        findings=verdict.findings,
    )
    return RowOutcome(rejected=rejected)
