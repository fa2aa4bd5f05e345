"""Dialogues grounded in documents: question, answer, and follow-ups in depth or breadth.

After UltraLink (arXiv 2402.04588, section 3.1): from a passage a model writes a first question and
its answer; further questions go deeper into the last answer or turn to another side of the subject,
with even odds; before each, the dialogue stops with a probability that starts at 0.1 and doubles.
The prompts are our own and are in the language files. Unlike upstream's, every reply is checked.
"""

import hashlib
import re
from functools import cache
from random import Random

import msgspec

from ultralink_data import languages
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.documents import Passage
from ultralink_data.errors import ConfigError
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.grounding.reply_checks import check_answer, check_question
from ultralink_data.languages.sections import Ground
from ultralink_data.llm.client import Message
from ultralink_data.stage.asking import (
    Chat,
    Check,
    CheckFailedError,
    Questioner,
    derived_random,
)
from ultralink_data.stage.outcome import ENDED_AT, RowOutcome
from ultralink_data.stage.spelled_marks import refused_for_marks
from ultralink_data.text.tokens import estimate_tokens

_MARK = re.compile(r"\{(\w+)\}")


def follow_ups(random: Random, stop_probability: float, max_rounds: int) -> list[str]:
    """Which follow-up questions a dialogue gets, `deeper` or `broader`, drawn in advance."""
    drawn: list[str] = []
    stop = stop_probability
    while len(drawn) < max_rounds - 1 and random.random() >= stop:
        drawn.append("deeper" if random.random() < 0.5 else "broader")
        stop *= 2
    return drawn


def prompts(language: str) -> Ground:
    """The prompts of a language.

    Raises:
        ConfigError: an unknown language, or one whose file has none.
    """
    found = languages.get(language).ground
    if found is None:
        raise ConfigError(
            f"language {language!r} has no prompts for grounded dialogues",
            hint=f"fill the section `ground` of ultralink_data/languages/{language}.py",
        )
    return found


@cache
def prompt_version(language: str) -> str:
    """Hash of the prompts of a language; part of the provenance of every dialogue."""
    return hashlib.sha256(msgspec.json.encode(prompts(language))).hexdigest()[:12]


async def ground(
    passage: Passage, chat: Chat, config: GroundConfig, *, model: str
) -> RowOutcome[Dialogue]:
    """Make one dialogue from a passage.

    A dialogue whose follow-up fails its checks, or is refused, keeps the rounds before it; one
    whose first question or answer fails is rejected.

    A passage with control tokens is rejected before anything is asked.

    Raises:
        ConfigError: the language has no prompts.
        LLMError: a request failed.
    """
    name = "the passage"
    marked = refused_for_marks(passage, (name, passage.title), (name, passage.text))
    if marked is not None:
        return RowOutcome(rejected=marked)
    random = derived_random(config.asking.seed, passage.id)
    questioner = Questioner(chat, passage.id, config.asking)
    writer = _Writer(passage, questioner, config)
    mended: tuple[str, ...] = ()
    try:
        await writer.round("first_question")
        for kind in follow_ups(random, config.stop_probability, config.max_rounds):
            if not writer.has_room():
                mended = (f"{ENDED_AT}full_context",)
                break
            await writer.round(kind)
    except CheckFailedError as error:
        if not writer.turns:
            return RowOutcome(
                rejected=error.rejected(passage.id, passage.language),
                failed_checks=tuple(questioner.failed_checks),
                spent=questioner.spent,
            )
        mended = (f"{ENDED_AT}{error.failure.check}",)
    dialogue = Dialogue(
        id=passage.id,
        language=passage.language,
        kind="chat_specific",
        turns=tuple(writer.turns),
        provenance=Provenance(
            source_id=passage.page_id,
            model=model,
            prompt_version=prompt_version(passage.language),
        ),
    )
    return RowOutcome(
        accepted=(dialogue,),
        failed_checks=tuple(questioner.failed_checks),
        mended=mended,
        spent=questioner.spent,
    )


class _Writer:
    """An unfinished dialogue: `turns` holds complete rounds only."""

    def __init__(self, passage: Passage, questioner: Questioner, config: GroundConfig) -> None:
        self._passage = passage
        self._questioner = questioner
        self._config = config
        self._prompts = prompts(passage.language)
        self.turns: list[str] = []

    async def round(self, kind: str) -> None:
        """Ask for a question of this kind and its answer."""
        number = len(self.turns) // 2
        code = self._passage.language
        about = f"{self._passage.title}\n{self._passage.text}"
        question = await self._ask(
            f"question{number}",
            (Message(role="user", content=self._prompt(kind)),),
            self._config.question_reply_tokens,
            lambda text: check_question(
                text,
                code,
                instruction=self._instruction(kind),
                about=about,
                earlier=self.turns[::2],
            ),
        )
        form = "answer" if self._config.with_document else "answer_without_document"
        prompt = self._fill(form, question=question)
        answer = await self._ask(
            f"answer{number}",
            (*self._before(), Message(role="user", content=prompt)),
            self._config.answer_reply_tokens,
            lambda text: check_answer(
                text,
                code,
                instruction=self._instruction(form),
                about=about,
                question=question,
                earlier=self.turns[1::2],
                minimum=self._config.answer_tokens,
            ),
        )
        self.turns += (question, answer)

    def has_room(self) -> bool:
        """Whether another round leaves the passage a quarter of the context, or all it needs."""
        code = self._passage.language
        room = self._config.context_tokens - estimate_tokens(" ".join(self.turns), code)
        needed = estimate_tokens(self._passage.text, code)
        return room >= min(needed, self._config.context_tokens // 4)

    async def _ask(
        self, step: str, messages: tuple[Message, ...], max_tokens: int, check: Check
    ) -> str:
        return await self._questioner.ask(step, messages, max_tokens=max_tokens, check=check)

    def _before(self) -> tuple[Message, ...]:
        """The rounds so far as messages: a follow-up is often clear only after them."""
        return tuple(
            Message(role="assistant" if place % 2 else "user", content=turn)
            for place, turn in enumerate(self.turns)
        )

    def _prompt(self, kind: str) -> str:
        names = (self._prompts.user, self._prompts.assistant)
        dialogue = "\n".join(f"{names[place % 2]}: {x}" for place, x in enumerate(self.turns))
        return self._fill(kind, dialogue=dialogue, title=self._passage.title)

    def _instruction(self, field: str) -> str:
        """A prompt's own words, without its placeholders."""
        return _MARK.sub(" ", self._prompts.prompt(field))

    def _fill(self, field: str, **values: str) -> str:
        """The prompt filled in, in one pass: values are not searched for placeholders."""
        prompt = self._prompts.prompt(field)
        # A question's prompt holds the rounds so far; an answer's has them as messages before it.
        rounds = () if "dialogue" in values else self.turns
        values["document"] = self._cut(" ".join((*values.values(), *rounds)))
        pieces = _MARK.split(prompt)
        return "".join(values[piece] if place % 2 else piece for place, piece in enumerate(pieces))

    def _cut(self, used: str) -> str:
        """The passage, its end cut where passage and dialogue exceed the context limit."""
        language = self._passage.language
        room = self._config.context_tokens - estimate_tokens(used, language)
        text = self._passage.text
        size = estimate_tokens(text, language)
        room = max(room, 0)
        return text if size <= room else text[: len(text) * room // size]
