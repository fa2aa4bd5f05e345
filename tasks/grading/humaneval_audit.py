"""Run every canonical solution of HumanEval under a language's prompts to find damaged prompts.

All pass under the English prompts, so a failure under a translated prompt is the translation's
fault, and a failure that remains after the repairs is ours.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from tasks.benchmarks.humaneval import HumanEval, workers
from tasks.benchmarks.humaneval_repair import ALL_RULES, Rule
from tasks.sandbox import Limits, Program, ProgramOutcome, ProgramResult, run_programs


class AuditFinding(msgspec.Struct, frozen=True, kw_only=True):
    """How the canonical solution of one problem does under one prompt.

    `rules` are the repairs that the prompt needs. `as_is` uses the upstream prompt, `newline` adds
    only the final newline, `repaired` uses the repairs of the audit.
    """

    problem_id: str
    rules: tuple[Rule, ...]
    as_is: ProgramResult
    newline: ProgramResult
    repaired: ProgramResult
    contradicts: bool


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """How many of `total` canonical solutions pass; fields as in `AuditFinding`."""

    total: int
    as_is: int
    newline: int
    repaired: int


def audit(
    language: str, root: Path | None, repairs: Collection[Rule] = ALL_RULES
) -> list[AuditFinding]:
    """Run every canonical solution under the prompts of a language; findings in problem order.

    Raises:
        ConfigError, PrerequisiteError, DataError: as in `HumanEval.problems`, or no sandbox can be
            made here.
    """
    ways = [HumanEval(rules) for rules in ((), (Rule.FINAL_NEWLINE,), repairs)]
    listed = [way.problems(language, root) for way in ways]
    programs = [
        [way.program(problem, problem.canonical_solution) for problem in problems]
        for way, problems in zip(ways, listed, strict=True)
    ]
    # Most problems give the same program all three times, so it runs only once.
    results = _run([program for group in programs for program in group])
    return [
        AuditFinding(
            problem_id=problem.problem_id,
            rules=problem.diagnosis.rules,
            as_is=results[as_is],
            newline=results[newline],
            repaired=results[repaired],
            contradicts=problem.contradicts,
        )
        for problem, as_is, newline, repaired in zip(listed[0], *programs, strict=True)
    ]


def _run(programs: Sequence[Program]) -> dict[Program, ProgramResult]:
    distinct = list(dict.fromkeys(programs))
    return dict(zip(distinct, run_programs(distinct, Limits(), workers()), strict=True))


def count_passed(findings: Sequence[AuditFinding]) -> Passed:
    """The numbers of a language's summary."""

    def passed(results: list[ProgramResult]) -> int:
        return sum(result.outcome is ProgramOutcome.PASSED for result in results)

    return Passed(
        total=len(findings),
        as_is=passed([finding.as_is for finding in findings]),
        newline=passed([finding.newline for finding in findings]),
        repaired=passed([finding.repaired for finding in findings]),
    )
