"""`ultralink-bench tasks list | audit`: what there is to evaluate, which prompts are damaged."""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness import show
from leaderboard.table import Table, text_table
from tasks import registry

if TYPE_CHECKING:
    from tasks.grading.humaneval_audit import AuditFinding
    from tasks.sandbox import ProgramResult


def list_tasks(arguments: argparse.Namespace) -> int:
    """Print every benchmark with its languages, protocols and metric."""
    rows = []
    for name in registry.names():
        task = registry.get(name)
        rows.append((name, task.metric, " ".join(task.languages), " ".join(task.protocols)))
    note = "the first protocol is the default; `ultralink-bench tasks show TASK` shows a prompt"
    names = ("task", "metric", "languages", "protocols")
    show.print_tables([text_table("Tasks", names, rows, note, wrap=names)])
    return 0


def audit_task(arguments: argparse.Namespace) -> int:
    """Print what damaged prompts do to right solutions; exit code 1 where one still fails.

    Raises:
        ConfigError: an unknown language or repair.
    """
    from tasks.benchmarks.humaneval import BENCHMARK
    from tasks.grading.humaneval_audit import audit

    chosen = arguments.repairs
    benchmark = BENCHMARK if chosen is None else BENCHMARK.repaired_by(chosen)
    languages = arguments.languages or benchmark.languages
    benchmark.check(languages)
    found = {x: audit(x, arguments.benchmarks, benchmark.rules) for x in languages}
    last = "all repairs" if chosen is None else ", ".join(chosen) or "no repairs"
    failures = [row for language in languages for row in _failures(language, found[language])]
    if failures:
        names = ("language", "problem", "needs", "as it is", "final newline only", last)
        show.print_tables(
            [text_table("Canonical solutions that fail", names, failures, wrap=names)]
        )
    show.print_tables([_audit_summary(found, last), _audit_rules(found, benchmark.repairs)])
    return 1 if any(_count_failed(findings) for findings in found.values()) else 0


def _count_failed(findings: Sequence["AuditFinding"]) -> int:
    from tasks.grading.humaneval_audit import count_passed

    passed = count_passed(findings)
    return passed.total - passed.repaired


def _failures(language: str, findings: Sequence["AuditFinding"]) -> list[tuple[str, ...]]:
    """A row for each problem that fails in one of the three ways, with the reason in each."""
    from tasks.sandbox import ProgramOutcome

    rows = []
    for f in findings:
        results = (f.as_is, f.newline, f.repaired)
        if any(result.outcome is not ProgramOutcome.PASSED for result in results):
            number = f.problem_id.split("/")[1]
            rows.append((language, number, " ".join(f.rules), *map(_reason, results)))
    return rows


def _reason(result: "ProgramResult") -> str:
    """Why a program failed, on one line; where in its text does not matter here."""
    return (result.detail or result.outcome.value).partition("\n")[0].partition(" (<string>")[0]


def _audit_summary(found: Mapping[str, Sequence["AuditFinding"]], last: str) -> Table:
    from tasks.grading.humaneval_audit import count_passed

    rows = []
    for language, findings in found.items():
        passed = count_passed(findings)
        numbers = (passed.total, passed.as_is, passed.newline, passed.repaired)
        contradicts = " ".join(f.problem_id.split("/")[1] for f in findings if f.contradicts)
        rows.append((language, *map(str, numbers), contradicts))
    names = ("language", "problems", "as is", "final newline only", last, "contradict the test")
    note = "the last column: problems whose text asks for what the test rejects; not repaired"
    return text_table("Canonical solutions that pass", names, rows, note, wrap=names)


def _audit_rules(found: Mapping[str, Sequence["AuditFinding"]], rules: Sequence[str]) -> Table:
    rows = []
    for language, findings in found.items():
        counts = Counter(rule.value for finding in findings for rule in finding.rules)
        rows.append((language, *(str(counts[rule]) for rule in rules)))
    return text_table(
        "Prompts that need a repair", ("language", *rules), rows, wrap=("language", *rules)
    )
