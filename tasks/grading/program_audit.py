"""What damaged prompts do to right solutions: every right solution of a benchmark, run.

Where each passes under an undamaged prompt, what fails under a damaged one is the damage's fault,
and what still fails under the repairs is ours.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tasks.program_benchmark import ProgramBenchmark, workers
from tasks.sandbox import Limits, Program, ProgramOutcome, ProgramResult, run_programs

AS_IS = "as it is"
"""The name of the first way to run a solution: under no repair."""


class AuditFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What the right solution of one problem does under one prompt.

    `needed` are the repairs that the prompt needs; `results` are by way, see `ways`.
    """

    problem_id: str
    needed: tuple[str, ...]
    results: tuple[ProgramResult, ...]
    inconsistent: bool
    contradiction: str = ""
    """Why it is inconsistent: its text asks for what the test rejects."""


def ways(
    benchmark: ProgramBenchmark[Any], repairs: Collection[str] | None = None
) -> dict[str, ProgramBenchmark[Any]]:
    """The benchmark as it is run, by the way's name: as it is, under some repairs, under `repairs`.

    `repairs` None are all; a benchmark without repairs is run in one way.

    Raises:
        ConfigError: an unknown repair.
    """
    if repairs is None:
        last, chosen = "all repairs", benchmark.repaired_by(benchmark.repairs)
    else:
        last, chosen = ", ".join(repairs) or "no repairs", benchmark.repaired_by(repairs)
    if not benchmark.repairs:
        return {AS_IS: chosen}
    some = {name: benchmark.repaired_by(only) for name, only in benchmark.audited_repairs.items()}
    return {AS_IS: benchmark.repaired_by(()), **some, last: chosen}


def audit(
    ran: Sequence[ProgramBenchmark[Any]], language: str, root: Path | None
) -> list[AuditFinding]:
    """Run every right solution under the prompts of a language, in each of these ways.

    Raises:
        ConfigError, PrerequisiteError, DataError: as `Benchmark.problems`, or no sandbox can be
            made here.
    """
    listed = [way.problems(language, root) for way in ran]
    programs = [
        [way.program(problem, way.solution(problem)) for problem in problems]
        for way, problems in zip(ran, listed, strict=True)
    ]
    # Most problems give one program in all ways: it runs once.
    results = _run([program for group in programs for program in group])
    inconsistent = ran[0].inconsistent(language)
    reasons = ran[0].contradictions(language)
    return [
        AuditFinding(
            problem_id=problem.problem_id,
            needed=ran[0].needed_repairs(problem),
            results=tuple(results[program] for program in by_way),
            inconsistent=problem.problem_id in inconsistent,
            contradiction=reasons.get(problem.problem_id, ""),
        )
        for problem, *by_way in zip(listed[0], *programs, strict=True)
    ]


def _run(programs: Sequence[Program]) -> dict[Program, ProgramResult]:
    distinct = list(dict.fromkeys(programs))
    return dict(zip(distinct, run_programs(distinct, Limits(), workers()), strict=True))


def count_passed(findings: Sequence[AuditFinding]) -> tuple[int, ...]:
    """How many right solutions pass, by way."""
    outcomes = zip(*(finding.results for finding in findings), strict=True)
    return tuple(
        sum(result.outcome is ProgramOutcome.PASSED for result in results) for results in outcomes
    )
