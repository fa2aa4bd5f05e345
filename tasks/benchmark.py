"""The benchmark interface; the rows that an evaluation saves are in `tasks.saved_rows`.

A benchmark is one module of `tasks.benchmarks` that exports `BENCHMARK`, an object of a class
derived from `Benchmark`. It knows its problems, how to ask for an answer, how to grade one, what to
search for in training data, and where its files are; it runs no model. Grading is pure.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from tasks.index import GradedBy as GradedBy
from tasks.pins import PinnedSource, read_pins
from tasks.saved_rows import OVER_CONTEXT as OVER_CONTEXT
from tasks.saved_rows import REFUSED as REFUSED
from tasks.saved_rows import LikelihoodSample as LikelihoodSample
from tasks.saved_rows import Outcome as Outcome
from tasks.saved_rows import Sample as Sample
from tasks.saved_rows import count_outcomes as count_outcomes
from tasks.saved_rows import is_answered as is_answered
from ultralink_data.added_code import Returns, blame_methods
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.dialogue import Kind
from ultralink_data.errors import ConfigError, unknown_name

if TYPE_CHECKING:
    from ultralink_data.text.thinking import ReplyParts


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """The result of grading one generation; `thinking` is what was not read (see `Sample`)."""

    extracted: str | None
    outcome: Outcome
    detail: str = ""
    thinking: str = ""


ONLY_THINKING: Final = "the thinking never ends"
"""The `detail` of a generation without an answer that ends inside its thinking."""


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """One generation to grade; `hit_limit` if it ended at the token limit, not by itself.

    `failure` is the reason if there is no generation; it is then not graded. `thinking` came apart
    from the text.
    """

    problem_id: str
    text: str
    hit_limit: bool = False
    failure: str = ""
    thinking: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is asked for one problem.

    `prompt` is the user's message if `chat`, else the raw text to continue. Generation ends at any
    of `stop` or after `max_tokens` tokens.
    """

    problem_id: str
    prompt: str
    chat: bool
    stop: tuple[str, ...]
    max_tokens: int


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reference text to measure in bits per byte given `prompt` (see `Request`).

    `right` is None if it is the problem's only text, else whether it is the right one of several.
    """

    problem_id: str
    prompt: str
    target: str
    chat: bool
    right: bool | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem in one language; benchmarks add fields.

    `cluster` names what near copies share, the same in all languages: a template, say. They count
    as one problem (`harness.statistics.clusters`); a problem with "" is its own.
    """

    problem_id: str
    language: str
    cluster: str = ""


P = TypeVar("P", bound=Problem)

ChosenBy: TypeAlias = Literal["bits", "bits_per_byte"]
Translated: TypeAlias = Literal["", Kind]
CHOICE_ACCURACY: Final = "choice_accuracy"
"""The share of problems whose right text is the likeliest of several."""
BPB_METRICS: Final = ("bpb", "bpb_digits", "bpb_prose")
"""Bits per byte of the reference text, of its digits and of the rest."""


_RETURNS: Final = {
    "problems": Returns(Problem, many=True, unique="problem_id"),
    "request": Returns(Request),
    "reference": Returns(Reference, none=True),
    "references": Returns(Reference, many=True),
    "grade": Returns(Grade, many=True),
    "item": Returns(BenchmarkItem, none=True),
    "human_text": Returns(str),
    "found_by": Returns(str),
    "code": Returns(str, none=True),
    "solution": Returns(str),
    "template": Returns(str),
    "question": Returns(str),
}
"""What methods of a benchmark give, those of programs and judged ones included."""


class Benchmark(ABC, Generic[P]):
    """A benchmark. Class attributes describe it in listings and task versions.

    `metric` names the share of correct samples in tables; `protocols` the ways to ask, the default
    first; `version` changes whenever a prompt, an extraction rule or a grade may; `executes_code`
    is true if grading runs a model's code, in the sandbox; `repairs` names the repairs of damaged
    problems, which can be switched off; `temperatures` gives, by protocol, the default temperature
    for several samples per problem.

    `primary` is the metric of the task's primary endpoint, "" for `metric`; `graded_by` says what
    `grade NAME` takes; `checked_by_default` is true if `data check` looks for its problems by
    default, `evaluated_by_default` if `eval` asks them; `profile_protocols` gives, by profile, the
    protocol of its experiments if it is not the default; `demonstrations` is how many problems the
    reference variant of an experiment answers if its profile asks for none; `chosen_by` says which
    of several reference texts is the likeliest: the one with the fewest bits, or the fewest per
    byte; `human_translations` is the kind of text that people translated from English into its
    languages (see `human_text`), "" where nobody did.

    The command line reads `name`, `graded_by`, `checked_by_default`, `evaluated_by_default` and
    `human_translations` from the source of the module without importing it (see `tasks.index`):
    they are literals.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    description: ClassVar[str]
    metric: ClassVar[str]
    protocols: ClassVar[tuple[str, ...]]
    languages: ClassVar[tuple[str, ...]]
    executes_code: ClassVar[bool] = False
    repairs: ClassVar[tuple[str, ...]] = ()
    temperatures: ClassVar[Mapping[str, float]] = {}
    primary: ClassVar[str] = ""
    graded_by: ClassVar[GradedBy] = "outputs"
    checked_by_default: ClassVar[bool] = False
    evaluated_by_default: ClassVar[bool] = False
    profile_protocols: ClassVar[Mapping[str, str]] = {}
    demonstrations: ClassVar[int] = 0
    chosen_by: ClassVar[ChosenBy] = "bits"
    human_translations: ClassVar[Translated] = ""

    def __init_subclass__(cls) -> None:
        """A bug in a benchmark's file is stated with file and line; see `added_code`."""
        super().__init_subclass__()
        blame_methods(cls, "benchmark", _RETURNS)

    @property
    def primary_metric(self) -> str:
        """The metric of the task's primary endpoint; only one, so that there is only one test."""
        return self.primary or self.metric

    @property
    def judged(self) -> bool:
        """Whether grading is left to a judge; `metric` then comes from the judge's verdicts."""
        return self.graded_by == "judge"

    def protocol_in(self, profile: str) -> str:
        """The protocol that experiments of a profile use."""
        return self.profile_protocols.get(profile, self.protocols[0])

    @abstractmethod
    def problems(self, language: str, root: Path | None) -> list[P]:
        """All problems of a language, in the same order in every language.

        They are sorted by `problem_id`, with numbers in it compared as numbers.

        Benchmark files are searched for as in `tasks.files.locate(root, ...)`.

        Raises:
            PrerequisiteError: a benchmark file is missing (names it, the places searched, how to
            get it).
            DataError: a benchmark file is damaged (file and line).
        """

    @abstractmethod
    def request(self, problem: P, protocol: str) -> Request:
        """What the model is asked."""

    def reference(self, problem: P, protocol: str) -> Reference | None:
        """The reference text for bits per byte; None if the benchmark has none."""
        return None

    def references(self, problem: P, protocol: str) -> tuple[Reference, ...]:
        """The texts whose likelihood is measured: `reference` alone, or several to choose from.

        If there are several, exactly one has `right` true, the others false.
        """
        found = self.reference(problem, protocol)
        return () if found is None else (found,)

    def measured(self, problem: P, protocol: str) -> tuple[Reference, ...]:
        """`references`, checked.

        Raises:
            ConfigError: of several texts not exactly one is right.
        """
        texts = self.references(problem, protocol)
        right = sum(bool(text.right) for text in texts)
        if len(texts) > 1 and right != 1:
            raise ConfigError(
                f"{self.name}: of the {len(texts)} texts of problem {problem.problem_id} in "
                f"{problem.language}, {right} are right",
                hint="`references` gives exactly one of them `right=True`, the others False",
            )
        return texts

    def asked(self, problem: P, protocol: str) -> tuple[Request | Reference | None, ...]:
        """Everything a model is given for one problem, to be hashed; None means no reference."""
        return (self.request(problem, protocol), *(self.measured(problem, protocol) or (None,)))

    def item(self, problem: P) -> BenchmarkItem | None:
        """What `data check` searches for in training rows; None if there is nothing."""
        return None

    def human_text(self, problem: P) -> str:
        """The text that people translated: what `item` says is the question.

        Raises:
            ConfigError: the benchmark says that there are translations, and not where.
        """
        found = self.item(problem)
        if found is None:
            raise ConfigError(
                f"benchmark {self.name}: human_translations is {self.human_translations!r}, but "
                f"`item` gives nothing for problem {problem.problem_id}",
                hint="write `item` or `human_text` in its class",
            )
        return found.question

    def pinned(self) -> PinnedSource | None:
        """The files that `tasks fetch` downloads; None if the benchmark needs none.

        They are listed in a TOML file beside the benchmark's module, with the same name.

        Raises:
            DataError: the list is damaged.
        """
        path = Path(sys.modules[type(self).__module__].__file__ or "").with_suffix(".toml")
        return read_pins(path) if path.is_file() else None

    @abstractmethod
    def grade(
        self, problems: Mapping[str, P], generations: Sequence[Generation], protocol: str
    ) -> list[Grade]:
        """Grade saved generations, in order; pure except for the sandbox of code benchmarks.

        `protocol` is the one used to ask, which determines the form of an answer.
        """

    def grades(
        self, problems: Mapping[str, P], generations: Sequence[Generation], protocol: str
    ) -> list[Grade]:
        """`grade` of what each generation answers, its thinking cut, with one grade for each.

        Raises:
            ConfigError: `grade` returned more or fewer: each would go to another generation.
        """
        from ultralink_data.text.thinking import ReplyParts, split_reply

        if self.reads_thinking(protocol):
            parts = [ReplyParts(g.text, "", open=False, complete=False) for g in generations]
        else:
            parts = [split_reply(g.text) for g in generations]
        answers = [_answer(*pair) for pair in zip(generations, parts, strict=True)]
        found = self.grade(problems, answers, protocol)
        if len(found) != len(generations):
            raise ConfigError(
                f"{type(self).__name__}.grade returned {len(found)} grades for "
                f"{len(generations)} generations",
                hint="return one grade for each generation, in their order",
            )
        return [_told(*one) for one in zip(found, generations, parts, strict=True)]

    def reads_thinking(self, protocol: str) -> bool:
        """Whether grading under `protocol` reads all of a reply, as another program's grader."""
        return False

    def found_by(self, problem: P, text: str, protocol: str) -> str:
        """Which extraction rule finds the answer in `text`; "" if rules do not apply."""
        return ""

    def repaired_by(self, repairs: Collection[str]) -> "Benchmark[P]":
        """This benchmark with only these of its repairs in force.

        Raises:
            ConfigError: the benchmark has no such repair.
        """
        for name in repairs:
            raise unknown_name(f"repair of {self.name}", name, self.repairs)
        return self

    def check(self, languages: Collection[str], protocol: str | None = None) -> None:
        """Check names before anything runs.

        Raises:
            ConfigError: an unknown language or protocol; offers the nearest names.
        """
        if protocol is not None and protocol not in self.protocols:
            raise unknown_name(f"protocol of {self.name}", protocol, self.protocols)
        for language in languages:
            if language not in self.languages:
                raise unknown_name(f"language of {self.name}", language, self.languages)

    def inconsistent(self, language: str) -> frozenset[str]:
        """Ids of problems whose text, in this language, asks for what grading rejects."""
        return frozenset()

    def replaced(self, language: str) -> frozenset[str]:
        """Ids of problems that a later edition of the benchmark replaced, in this language."""
        return frozenset()

    def prepare(self) -> None:
        """Check the prerequisites of grading, before a model runs.

        Raises:
            PrerequisiteError: something is missing; says what and how to get it.
        """

    def limits_in_force(self) -> tuple[str, ...]:
        """What isolates the programs that grading runs, for the record; () if it runs none."""
        return ()


def _answer(generation: Generation, parts: "ReplyParts") -> Generation:
    """The part of a generation that is graded; a limit after its marked end did not cut it."""
    if parts.answer == generation.text:
        return generation
    hit_limit = generation.hit_limit and not parts.complete
    return msgspec.structs.replace(generation, text=parts.answer, hit_limit=hit_limit)


def _told(grade: Grade, generation: Generation, parts: "ReplyParts") -> Grade:
    """The grade with what was not read, and with that as its reason if it was all."""
    from ultralink_data.text.thinking import with_thinking

    thinking = with_thinking(generation.thinking, parts.thinking)
    if not thinking:
        return grade
    silent = grade.outcome is Outcome.NO_ANSWER and not parts.answer.strip()
    detail = ONLY_THINKING if silent else grade.detail
    return msgspec.structs.replace(grade, thinking=thinking, detail=detail)
