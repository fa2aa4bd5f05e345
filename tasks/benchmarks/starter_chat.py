"""The held-out chats of the starter set: everyday questions that belong to no one culture.

A proxy for models of a million parameters; never call it OMGEval. Nobody judges what an answer
says: its likelihood is measured, and generated answers are graded by their language alone, which is
what rows in the wrong language spoil first. The texts stand in `starter_chat/CODE.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from tasks.benchmark import Benchmark, Generation, Grade, Outcome, Problem, Reference, Request
from ultralink_data import languages
from ultralink_data.errors import DataError, unknown_name
from ultralink_data.starter.starter_languages import LANGUAGES

MAX_TOKENS: Final = 96
FOLDER: Final = Path(__file__).with_suffix("")


class StarterChatProblem(Problem, frozen=True, kw_only=True):
    """One question with its written answer."""

    question: str
    answer: str


class _Exchange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a file."""

    question: str
    answer: str


class StarterHeldOutChats(Benchmark[StarterChatProblem]):
    """Held-out chats of the starter set."""

    name: ClassVar[str] = "starter_chat"
    version: ClassVar[str] = "2"
    description: ClassVar[str] = "everyday questions of the starter set, held out, of no culture"
    metric: ClassVar[str] = "right_language"
    protocols: ClassVar[tuple[str, ...]] = ("chat",)
    languages: ClassVar[tuple[str, ...]] = LANGUAGES
    primary: ClassVar[str] = "bpb"

    def problems(self, language: str, root: Path | None) -> list[StarterChatProblem]:
        """The held-out chats; `root` is not used: the starter set needs no files.

        Raises:
            ConfigError: the starter set is not written in this language.
            DataError: the file of the language is damaged.
        """
        if language not in self.languages:
            raise unknown_name("language of starter_chat", language, self.languages)
        return [
            StarterChatProblem(
                problem_id=f"starter-chat/{name}",
                language=language,
                question=text.question,
                answer=text.answer,
            )
            for name, text in sorted(_exchanges(language).items())
        ]

    def request(self, problem: StarterChatProblem, protocol: str) -> Request:
        """The bare question, as in training.

        Raises:
            ConfigError: unknown protocol.
        """
        if protocol not in self.protocols:
            raise unknown_name("protocol of starter_chat", protocol, self.protocols)
        return Request(
            problem_id=problem.problem_id,
            prompt=problem.question,
            chat=True,
            stop=(),
            max_tokens=MAX_TOKENS,
        )

    def reference(self, problem: StarterChatProblem, protocol: str) -> Reference:
        """The written answer."""
        request = self.request(problem, protocol)
        return Reference(
            problem_id=problem.problem_id, prompt=request.prompt, target=problem.answer, chat=True
        )

    def grade(
        self,
        problems: Mapping[str, StarterChatProblem],
        generations: Sequence[Generation],
        protocol: str,
    ) -> list[Grade]:
        """Whether each answer is in the language of its question, cut off or not."""
        return [_grade(problems[g.problem_id].language, g.text) for g in generations]


def _grade(language: str, text: str) -> Grade:
    from ultralink_data.text.language_id import other_language

    if not any(character.isalpha() for character in text):
        return Grade(extracted=None, outcome=Outcome.NO_ANSWER)
    other = other_language(text, language)
    outcome = Outcome.CORRECT if other is None else Outcome.WRONG
    return Grade(extracted=other or languages.get(language).translate.english_name, outcome=outcome)


@cache
def _exchanges(language: str) -> dict[str, _Exchange]:
    """The chats of a language by id."""
    path = FOLDER / f"{language}.toml"
    try:
        return msgspec.convert(
            tomllib.loads(path.read_text(encoding="utf-8")), dict[str, _Exchange]
        )
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}", hint="install the package again") from error


BENCHMARK = StarterHeldOutChats()
