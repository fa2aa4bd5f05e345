"""Stage two: English dialogues into another language, turn by turn, accepted only after checks.

After UltraLink (arXiv 2402.04588, section 3.2), whose translations nothing checks. A chat is
translated turn by turn, each with the earlier turns and their translations as context, so that the
number of turns is right by construction and only a failed turn is asked again (docs/decisions/010).
The prompts are our own and are in the language files.
"""

import hashlib
from functools import cache

import msgspec

from ultralink_data import languages
from ultralink_data.dialogue import Dialogue, Kind, Provenance
from ultralink_data.llm.client import Message
from ultralink_data.stage.asking import (
    Chat,
    Check,
    CheckFailedError,
    Failure,
    Questioner,
    Verify,
)
from ultralink_data.stage.outcome import Rejected, RowOutcome
from ultralink_data.stage.spelled_marks import refused_for_marks
from ultralink_data.text.tokens import estimate_tokens
from ultralink_data.translation.checks import check_turn
from ultralink_data.translation.meaning import UNREAD, Reader
from ultralink_data.translation.task import check_turns
from ultralink_data.translation.translate_config import Names, TranslateConfig
from ultralink_data.translation.turns import SourceTurn, passages_to_correct

_REPLY_ROOM = 100
"""Tokens that a reply may have beyond its share of the source's."""


class TranslationTask(msgspec.Struct, frozen=True, kw_only=True):
    """A dialogue and its target language: the row of the stage."""

    id: str
    language: str
    dialogue: Dialogue


def task(dialogue: Dialogue, language: str) -> TranslationTask:
    """The task of translating a dialogue; its id holds the language."""
    return TranslationTask(id=f"{language}/{dialogue.id}", language=language, dialogue=dialogue)


@cache
def prompt_version(language: str, names: Names) -> str:
    """Hash of the prompts into a language; part of the provenance of every dialogue."""
    prompts = (languages.get(language).translate, names)
    return hashlib.sha256(msgspec.json.encode(prompts)).hexdigest()[:12]


async def translate(
    row: TranslationTask, chat: Chat, config: TranslateConfig, *, model: str
) -> RowOutcome[Dialogue]:
    """Translate one dialogue; one turn without a reply that passes rejects it.

    Raises:
        ConfigError: an unknown language.
        LLMError: a request failed.
    """
    source = row.dialogue
    if source.language != "en":
        return _rejected(row, "not_english", f"it is in {source.language!r}")
    if source.system:
        return _rejected(row, "system_turn", "no prompt translates a system turn")
    named = ((f"turn {place} of the source", turn) for place, turn in enumerate(source.turns))
    marked = refused_for_marks(row, *named)
    if marked is not None:
        return RowOutcome(rejected=marked)
    longest = max(estimate_tokens(turn, "en") for turn in source.turns)
    if longest > config.max_turn_tokens:
        return _rejected(row, "long_turn", f"a turn has {longest} tokens")
    questioner = Questioner(chat, row.id, config.asking)
    reader = Reader(chat, config.asking, config.reading)
    turns: list[str] = []
    try:
        while len(turns) < len(source.turns):
            turns.append(await _turn(row, turns, questioner, reader, config))
        failure = check_turns(source.turns, turns)
        if failure is not None:
            raise CheckFailedError("dialogue", failure, "\n".join(turns))
    except CheckFailedError as error:
        return RowOutcome(
            rejected=error.rejected(row.id, row.language),
            failed_checks=(*questioner.failed_checks, *reader.failed_checks),
            spent=questioner.spent + reader.spent,
        )
    provenance = Provenance(
        source_id=source.provenance.source_id,
        parent_id=source.id,
        model=model,
        prompt_version=prompt_version(row.language, config.names),
    )
    dialogue = Dialogue(
        id=row.id,
        language=row.language,
        kind=source.kind,
        turns=tuple(turns),
        provenance=provenance,
    )
    return RowOutcome(
        accepted=(dialogue,),
        failed_checks=(*questioner.failed_checks, *reader.failed_checks),
        mended=(UNREAD,) if reader.unread else (),
        spent=questioner.spent + reader.spent,
    )


def _rejected(row: TranslationTask, reason: str, detail: str) -> RowOutcome[Dialogue]:
    return RowOutcome(
        rejected=Rejected(id=row.id, language=row.language, reason=reason, detail=detail)
    )


async def _turn(
    row: TranslationTask,
    done: list[str],
    questioner: Questioner,
    reader: Reader,
    config: TranslateConfig,
) -> str:
    """The translation of the turn after those that are done."""
    source, language, place = row.dialogue, row.language, len(done)
    turn = source_turn(source.turns, place, language, source.kind)
    # The source's name is the same for every target language, and so is its reply in the cache.
    names = (f"meaning/{source.id}/turn{place}", f"meaning/{row.id}/turn{place}")

    async def verify(reply: str) -> Failure | None:
        text = unwrapped(reply)
        failure = await reader.compare(names, (turn.text, text), language)
        if failure is None or failure.check != UNREAD:
            return failure
        if not config.keep_unread:
            raise CheckFailedError(f"turn{place}", failure, text)
        return None

    return await ask_translation(
        questioner,
        f"turn{place}",
        messages(source.turns[: place + 1], done, language, source.kind, config),
        turn.text,
        lambda text: check_turn(turn, text),
        config,
        verify if config.check_meaning else None,
    )


def source_turn(turns: tuple[str, ...], place: int, language: str, kind: Kind) -> SourceTurn:
    """A turn as the checks know it."""
    asked = passages_to_correct(turns[place - 1]) if place % 2 else ()
    return SourceTurn(
        text=turns[place], language=language, kind=kind, user=place % 2 == 0, answers=asked
    )


async def ask_translation(
    questioner: Questioner,
    step: str,
    asked: tuple[Message, ...],
    text: str,
    check: Check,
    config: TranslateConfig,
    verify: Verify | None = None,
) -> str:
    """A translation of `text` that passes `check`, without the marks around it.

    Raises:
        CheckFailedError: no attempt passed.
    """

    def checked(reply: str) -> Failure | None:
        return check(unwrapped(reply))

    room = int(config.reply_factor * estimate_tokens(text, "en")) + _REPLY_ROOM
    reply = await questioner.ask(step, asked, max_tokens=room, check=checked, verify=verify)
    return unwrapped(reply)


def unwrapped(reply: str) -> str:
    """A reply without the marks around the text, which models tend to repeat."""
    text = reply.strip()
    if text.startswith("<text>"):
        text = text.removeprefix("<text>").removesuffix("</text>").strip()
    return text


def messages(
    turns: tuple[str, ...],
    done: list[str],
    language: str,
    kind: Kind,
    config: TranslateConfig,
) -> tuple[Message, ...]:
    """The request for the last of `turns`, with as many of those before it as the context holds."""
    first = len(done)
    room = config.context_tokens
    while first:
        room -= estimate_tokens(turns[first - 1], "en")
        room -= estimate_tokens(done[first - 1], language)
        if room < 0:
            break
        first -= 1
    said: list[Message] = []
    for place in range(first, len(turns)):
        opening = (
            instruction(language, kind, config.names)
            if place == first
            else languages.get(language).translate.next_turn
        )
        said.append(Message(role="user", content=f"{opening}\n\n<text>\n{turns[place]}\n</text>"))
        if place < len(done):
            said.append(Message(role="assistant", content=done[place]))
    return tuple(said)


def instruction(language: str, kind: Kind, names: Names) -> str:
    """The instructions for translating a kind of text into a language."""
    prompts = languages.get(language).translate
    rules = [prompts.math if kind == "math" else prompts.code if kind == "code" else prompts.chat]
    if kind == "math":
        rules = [rules[0].replace("{answer_line}", prompts.answer_line.replace("{answer}", "..."))]
    if kind != "code":
        rules.append(prompts.keep_names if names == "keep" else prompts.localise_names)
    listed = "\n".join(f"- {rule}" for rule in rules)
    return f"{prompts.instruction}\n{listed}\n\n{prompts.closing}"
