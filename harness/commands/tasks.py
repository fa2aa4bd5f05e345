"""`ultralink-bench tasks list | audit`: list benchmarks; find damaged prompts."""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness import show
from leaderboard.table import Table, text_table
from tasks import registry

if TYPE_CHECKING:
    from tasks.grading.program_audit import AuditFinding
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
    """Print which correct solutions fail under damaged prompts; exit code 1 if one still fails.

    Raises:
        ConfigError: an unknown language or repair.
    """
    from harness.progress.terminal import TERMINAL
    from tasks import by_kind
    from tasks.grading.program_audit import audit, count_passed, ways

    benchmark = by_kind.programs(arguments.name)
    ran = ways(benchmark, arguments.repairs)
    languages = arguments.languages or benchmark.languages
    benchmark.check(languages)
    found = {}
    with TERMINAL.work("audit", len(languages), unit="languages") as meter:
        for language in languages:
            found[language] = audit(tuple(ran.values()), language, arguments.benchmarks)
            meter.add(1)
    failures = [row for language in languages for row in _failures(language, found[language])]
    if failures:
        names = ("language", "problem", "needs", *ran)
        show.print_tables(
            [text_table("Canonical solutions that fail", names, failures, wrap=names)]
        )
    show.print_tables([_audit_summary(found, tuple(ran))])
    if reasons := _contradictions(found):
        names = ("problem", "languages", "reason")
        title = "Texts that ask for what the test rejects"
        show.print_tables([text_table(title, names, reasons, wrap=names)])
    if benchmark.repairs:
        show.print_tables([_audit_rules(found, benchmark.repairs)])
    fails = any(count_passed(findings)[-1] < len(findings) for findings in found.values())
    return 1 if fails else 0


def _failures(language: str, findings: Sequence["AuditFinding"]) -> list[tuple[str, ...]]:
    """A row for each problem that fails under some prompt form, with the reason for each form."""
    from tasks.sandbox import ProgramOutcome

    return [
        (language, _number(f), " ".join(f.needed), *map(_reason, f.results))
        for f in findings
        if any(result.outcome is not ProgramOutcome.PASSED for result in f.results)
    ]


def _number(finding: "AuditFinding") -> str:
    """The problem's id without the benchmark's name."""
    return finding.problem_id.rpartition("/")[2]


def _reason(result: "ProgramResult") -> str:
    """Why a program failed, on one line and without its position in the text."""
    return (result.detail or result.outcome.value).partition("\n")[0].partition(" (<string>")[0]


def _audit_summary(found: Mapping[str, Sequence["AuditFinding"]], ways: Sequence[str]) -> Table:
    from tasks.grading.program_audit import count_passed

    rows = []
    for language, findings in found.items():
        contradicts = " ".join(_number(f) for f in findings if f.inconsistent)
        passed = map(str, count_passed(findings))
        rows.append((language, str(len(findings)), *passed, contradicts))
    names = ("language", "problems", *ways, "contradict the test")
    note = "the last column: problems whose text asks for what the test rejects; not repaired"
    return text_table("Canonical solutions that pass", names, rows, note, wrap=names)


def _contradictions(found: Mapping[str, Sequence["AuditFinding"]]) -> list[tuple[str, ...]]:
    """Each text that contradicts its test, with the languages that share the reason."""
    languages: dict[tuple[str, str], list[str]] = {}
    for language, findings in found.items():
        for finding in findings:
            if finding.contradiction:
                key = (_number(finding), finding.contradiction)
                languages.setdefault(key, []).append(language)
    ordered = sorted(languages.items(), key=lambda one: (len(one[0][0]), one[0]))
    return [(number, " ".join(where), reason) for (number, reason), where in ordered]


def _audit_rules(found: Mapping[str, Sequence["AuditFinding"]], rules: Sequence[str]) -> Table:
    rows = []
    for language, findings in found.items():
        counts = Counter(rule for finding in findings for rule in finding.needed)
        rows.append((language, *(str(counts[rule]) for rule in rules)))
    return text_table(
        "Prompts that need a repair", ("language", *rules), rows, wrap=("language", *rules)
    )
