"""A benchmark in one module, graded by programs: functions to write, some prompts damaged.

`test_graded_kinds.py` copies it into `tasks/benchmarks/`.
"""

from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from tasks.benchmark import GradedBy, Problem, Reference, Request
from tasks.program_benchmark import ProgramBenchmark
from tasks.sandbox import Program
from ultralink_data.errors import unknown_name

DOCSTRINGS = {
    "en": ("Twice x.", "The square of x.", "Whether x is even."),
    "fr": ("Le double de x.", "Le carré de x.", "Si x est pair."),
}
FUNCTIONS = (("twice", "2 * x", 8), ("square", "x * x", 16), ("even", "x % 2 == 0", True))
MISSING_COLON = "missing_colon"


class FunctionProblem(Problem, frozen=True, kw_only=True):
    """One function; `prompt` ends where its body begins."""

    prompt: str
    body: str
    function: str
    test: str
    damaged: bool


class OwnPrograms(ProgramBenchmark[FunctionProblem]):
    """Three functions; the second one's French prompt lacks a colon."""

    name: ClassVar[str] = "functions"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "three functions"
    metric: ClassVar[str] = "pass@1"
    protocols: ClassVar[tuple[str, ...]] = ("body", "bare")
    profile_protocols: ClassVar[dict[str, str]] = {"tiny": "bare"}
    languages: ClassVar[tuple[str, ...]] = ("en", "fr")
    graded_by: ClassVar[GradedBy] = "programs"
    repairs: ClassVar[tuple[str, ...]] = (MISSING_COLON,)

    def __init__(self, in_force: Collection[str] = (MISSING_COLON,)) -> None:
        self.in_force = tuple(in_force)

    def repaired_by(self, repairs: Collection[str]) -> "OwnPrograms":
        """These repairs alone."""
        for name in repairs:
            if name not in self.repairs:
                raise unknown_name("repair of functions", name, self.repairs)
        return OwnPrograms(repairs)

    def problems(self, language: str, root: Path | None) -> list[FunctionProblem]:
        """All three."""
        self.check((language,))
        return [
            FunctionProblem(
                problem_id=f"functions/{place}",
                language=language,
                prompt=f'def {name}(x):\n    """{DOCSTRINGS[language][place]}"""\n',
                body=f"    return {value}\n",
                function=name,
                test=f"def check(candidate):\n    assert candidate(4) == {result}\n",
                damaged=language == "fr" and place == 1,
            )
            for place, (name, value, result) in enumerate(FUNCTIONS)
        ]

    def request(self, problem: FunctionProblem, protocol: str) -> Request:
        """The text to continue."""
        self.check((), protocol)
        return Request(
            problem_id=problem.problem_id,
            prompt=problem.prompt,
            chat=False,
            stop=("\ndef",),
            max_tokens=8,
        )

    def reference(self, problem: FunctionProblem, protocol: str) -> Reference:
        """The right body."""
        return Reference(
            problem_id=problem.problem_id,
            prompt=problem.prompt,
            target=problem.body,
            chat=False,
        )

    def code(self, problem: FunctionProblem, text: str, protocol: str) -> str | None:
        """A body; asked for `bare`, an expression alone; a question is none."""
        if "?" in text:
            return None
        return text if protocol == "body" else f"    return {text.strip()}\n"

    def program(self, problem: FunctionProblem, code: str) -> Program:
        """Prompt and body."""
        broken = problem.damaged and MISSING_COLON not in self.in_force
        prompt = problem.prompt.replace("):", ")") if broken else problem.prompt
        return Program(source=prompt + code, test=problem.test, entry_point=problem.function)

    def solution(self, problem: FunctionProblem) -> str:
        """The right body."""
        return problem.body

    def needed_repairs(self, problem: FunctionProblem) -> tuple[str, ...]:
        """The colon, where it is missing."""
        return self.repairs if problem.damaged else ()

    def inconsistent(self, language: str) -> frozenset[str]:
        """In French the third text is said to contradict its test."""
        return frozenset({"functions/2"} if language == "fr" else ())


BENCHMARK = OwnPrograms()
