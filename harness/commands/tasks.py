"""`ultralink-bench tasks`: what is there to evaluate, and what exactly a model is asked."""

import argparse
from collections import Counter
from collections.abc import Sequence

from harness import show
from leaderboard.table import Cell, Column, Row, Table
from tasks import registry
from ultralink_data.errors import ConfigError, unknown_name


def list_tasks(arguments: argparse.Namespace) -> int:
    """Print every benchmark with its languages, protocols and metric."""
    rows = []
    for name in registry.names():
        task = registry.get(name)
        rows.append((name, task.metric, " ".join(task.languages), " ".join(task.protocols)))
    note = "the first protocol is the default; `ultralink-bench tasks show TASK` shows a prompt"
    names = ("task", "metric", "languages", "protocols")
    show.print_tables([_texts("Tasks", names, rows, note)])
    return 0


def audit_task(arguments: argparse.Namespace) -> int:
    """Print what damaged prompts do to right solutions; exit code 1 where a repair fails."""
    from tasks.humaneval import BENCHMARK, audit
    from tasks.sandbox import ProgramOutcome

    problems, summary, broken = [], [], 0
    for language in arguments.languages or BENCHMARK.languages:
        findings = audit(language, arguments.benchmarks)
        rules = Counter(rule.value for finding in findings for rule in finding.rules)
        passed = [
            sum(result.outcome is ProgramOutcome.PASSED for result in results)
            for results in ([f.as_is for f in findings], [f.repaired for f in findings])
        ]
        broken += len(findings) - passed[1]
        counts = ", ".join(f"{n} {rule}" for rule, n in sorted(rules.items()))
        contradicts = " ".join(f.problem_id.split("/")[1] for f in findings if f.contradicts)
        summary.append((language, *map(str, passed), counts, contradicts))
        problems += [
            (language, f.problem_id, " ".join(f.rules), f.as_is.detail or f.as_is.outcome.value)
            for f in findings
            if f.as_is.outcome is not ProgramOutcome.PASSED
        ]
    if problems:
        names = ("language", "problem", "repaired by", "as it is")
        show.print_tables([_texts("Canonical solutions that fail as they are", names, problems)])
    columns = ("language", "pass as is", "pass repaired", "prompts by rule", "contradict the test")
    show.print_tables([_texts("Audit of humaneval", columns, summary)])
    return 1 if broken else 0


def _texts(title: str, names: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> Table:
    cells = (Row(cells=tuple(Cell(text=text, raw=text) for text in row)) for row in rows)
    columns = tuple(Column(name=name, wrap=True) for name in names)
    return Table(title=title, columns=columns, rows=tuple(cells), notes=notes)


def show_task(arguments: argparse.Namespace) -> int:
    """Print one benchmark and one of its prompts, as a model reads it before a chat template."""
    task = registry.get(arguments.name)
    protocol = arguments.protocol or task.protocols[0]
    if protocol not in task.protocols:
        raise unknown_name(f"protocol of {task.name}", protocol, task.protocols)
    if arguments.language not in task.languages:
        raise unknown_name(f"language of {task.name}", arguments.language, task.languages)
    problems = task.problems(arguments.language, arguments.benchmarks)
    if not 0 <= arguments.problem < len(problems):
        raise ConfigError(
            f"--problem {arguments.problem}: {task.name} has {len(problems)} problems",
            hint=f"choose 0 to {len(problems) - 1}",
        )
    problem = problems[arguments.problem]
    request, reference = task.request(problem, protocol), task.reference(problem, protocol)
    out = show.console()
    for name, value in (
        ("task", f"{task.name}, version {task.version}"),
        ("what", task.description),
        ("metric", task.metric),
        ("languages", " ".join(task.languages)),
        ("protocols", f"{' '.join(task.protocols)} (shown: {protocol})"),
        ("problems", f"{len(problems)} in {arguments.language}"),
        ("problem", problem.problem_id),
        ("asked as", "user message" if request.chat else "plain text to continue"),
        ("stops", " ".join(map(repr, request.stop)) or "none but the end of turn"),
        ("at most", f"{request.max_tokens} tokens"),
    ):
        out.print(f"{name:<10} {value}", soft_wrap=True)
    out.rule("prompt")
    out.print(request.prompt, soft_wrap=True)
    if reference is not None:
        out.rule("reference text for bits per byte")
        out.print(reference.target, soft_wrap=True)
    return 0
