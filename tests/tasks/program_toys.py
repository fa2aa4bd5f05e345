"""A benchmark of three programs in one module, which runs where there is no sandbox."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from tasks.benchmark import Problem, Request
from tasks.program_benchmark import ProgramBenchmark
from tasks.sandbox import Program, ProgramOutcome, ProgramResult
from ultralink_data.errors import unknown_name

NAMES = ("toy/0", "toy/1", "toy/2")


class ToyPrograms(ProgramBenchmark[Problem]):
    """Answers are code after "code:"; without `mend` the second problem's program is broken."""

    name: ClassVar[str] = "toy"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "toys"
    metric: ClassVar[str] = "pass@1"
    protocols: ClassVar[tuple[str, ...]] = ("chat", "raw")
    languages: ClassVar[tuple[str, ...]] = ("en", "fr")
    repairs: ClassVar[tuple[str, ...]] = ("mend", "gloss")
    audited_repairs: ClassVar[Mapping[str, tuple[str, ...]]] = {"gloss only": ("gloss",)}

    def __init__(self, rules: Collection[str] = ("mend", "gloss")) -> None:
        self.rules = tuple(rules)

    def problems(self, language: str, root: Path | None) -> list[Problem]:
        kept = NAMES if root is None else NAMES[:1]
        return [Problem(problem_id=name, language=language) for name in kept]

    def request(self, problem: Problem, protocol: str) -> Request:
        prompt = f"{protocol}: {problem.problem_id}"
        return Request(
            problem_id=problem.problem_id, prompt=prompt, chat=True, stop=(), max_tokens=9
        )

    def code(self, problem: Problem, text: str, protocol: str) -> str | None:
        if protocol == "raw":
            return text
        return text.removeprefix("code:") if text.startswith("code:") else None

    def program(self, problem: Problem, code: str) -> Program:
        broken = problem.problem_id == "toy/1" and "mend" not in self.rules
        source = f"{problem.language} {problem.problem_id} {code}{' broken' if broken else ''}"
        return Program(source=source, test="t", entry_point="f")

    def solution(self, problem: Problem) -> str:
        return "right"

    def needed_repairs(self, problem: Problem) -> tuple[str, ...]:
        return ("mend",) if problem.problem_id == "toy/1" else ()

    def inconsistent(self, language: str) -> frozenset[str]:
        return frozenset({"toy/2"}) if language == "fr" else frozenset()

    def repaired_by(self, repairs: Collection[str]) -> "ToyPrograms":
        for name in repairs:
            if name not in self.repairs:
                raise unknown_name("repair of toy", name, self.repairs)
        return ToyPrograms(repairs)


class Runner:
    """Stands for the sandbox: a program passes if its source ends in "right"; keeps what it ran."""

    def __init__(self) -> None:
        self.programs: list[str] = []
        self.seconds: list[float] = []
        self.workers: list[int] = []

    def __call__(
        self,
        programs: Sequence[Program],
        limits: Any,
        workers: int,
        on_done: Any = None,
        packages: Any = None,
    ) -> list[ProgramResult]:
        self.programs += [program.source for program in programs]
        self.seconds.append(limits.wall_seconds)
        self.workers.append(workers)
        if on_done is not None:
            on_done(len(programs))
        ends = {True: ProgramOutcome.PASSED, False: ProgramOutcome.FAILED}
        return [
            ProgramResult(
                outcome=ends[program.source.endswith("right")], detail=program.source[-3:]
            )
            for program in programs
        ]


def lines(*rows: object) -> bytes:
    """Rows as JSON, one a line."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
