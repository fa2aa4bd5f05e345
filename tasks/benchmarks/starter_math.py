"""The held-out math problems of the starter set.

A proxy for models of a million parameters; never call it MGSM. The questions have the form of the
training rows, but other templates and numbers (see `ultralink_data.starter.math`).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from tasks.benchmark import Benchmark, Generation, Grade, Problem, Reference, Request
from tasks.grading.answer_phrases import answer_phrases
from ultralink_data.errors import unknown_name
from ultralink_data.starter.starter_languages import LANGUAGES

if TYPE_CHECKING:
    from ultralink_data.starter.math import MathProblem

EVALUATION_SEED: Final = 20240207
"""Fixed, so that every run gets the same questions; training seeds are small numbers."""
PER_TEMPLATE: Final = 1
MAX_TOKENS: Final = 256


class StarterMathProblem(Problem, frozen=True, kw_only=True):
    """One question with its worked solution."""

    question: str
    solution: str
    answer: int


class StarterMath(Benchmark[StarterMathProblem]):
    """Math word problems of the starter set."""

    name: ClassVar[str] = "starter_math"
    version: ClassVar[str] = "6"
    description: ClassVar[str] = "synthetic math word problems of the starter set, held out"
    metric: ClassVar[str] = "exact_match"
    protocols: ClassVar[tuple[str, ...]] = ("chat",)
    languages: ClassVar[tuple[str, ...]] = LANGUAGES
    # Accuracy is at its floor for models of this size; bits per byte still tell them apart.
    primary: ClassVar[str] = "bpb"

    def problems(self, language: str, root: Path | None) -> list[StarterMathProblem]:
        """The held-out problems; `root` is not used: the starter set needs no files.

        Raises:
            ConfigError: the starter set is not written in this language.
        """
        from ultralink_data.starter.dialogues import math_turns

        if language not in self.languages:
            raise unknown_name("language of starter_math", language, self.languages)
        made = []
        for problem in _held_out():
            question, solution = math_turns(problem, language)
            made.append(
                StarterMathProblem(
                    problem_id=problem.problem_id,
                    language=language,
                    cluster=problem.template_id,
                    question=question,
                    solution=solution,
                    answer=problem.answer,
                )
            )
        return made

    def request(self, problem: StarterMathProblem, protocol: str) -> Request:
        """The bare question, as in training.

        Raises:
            ConfigError: unknown protocol.
        """
        if protocol not in self.protocols:
            raise unknown_name("protocol of starter_math", protocol, self.protocols)
        return Request(
            problem_id=problem.problem_id,
            prompt=problem.question,
            chat=True,
            stop=(),
            max_tokens=MAX_TOKENS,
        )

    def reference(self, problem: StarterMathProblem, protocol: str) -> Reference:
        """The worked solution with its closing sentence."""
        request = self.request(problem, protocol)
        return Reference(
            problem_id=problem.problem_id, prompt=request.prompt, target=problem.solution, chat=True
        )

    def grade(
        self,
        problems: Mapping[str, StarterMathProblem],
        generations: Sequence[Generation],
        protocol: str,
    ) -> list[Grade]:
        """Compare the final number with the right one, by the rules of `answer_extract`."""
        from tasks.grading.answer_extract import grade_number

        grades = []
        for generation in generations:
            problem = problems[generation.problem_id]
            phrases = answer_phrases(problem.language)
            gold = Fraction(problem.answer)
            read = (generation.text, generation.hit_limit, phrases, gold, problem.question)
            grades.append(grade_number(*read))
        return grades

    def found_by(self, problem: StarterMathProblem, text: str, protocol: str) -> str:
        """The rule of `answer_extract`."""
        from tasks.grading.answer_extract import rule_of

        return rule_of(text, answer_phrases(problem.language), problem.question)


@cache
def _held_out() -> "tuple[MathProblem, ...]":
    from ultralink_data.starter.math import math_problems
    from ultralink_data.starter.starter_languages import closings

    problems = math_problems(EVALUATION_SEED, "held_out", PER_TEMPLATE, closings())
    return tuple(sorted(problems, key=lambda problem: problem.problem_id))


BENCHMARK = StarterMath()
