"""`ultralink-bench tasks`: what is there to evaluate, and what exactly a model is asked."""

import argparse

from harness import show
from leaderboard.table import Cell, Column, Row, Table
from tasks import registry
from ultralink_data.errors import ConfigError, unknown_name


def list_tasks(arguments: argparse.Namespace) -> int:
    """Print every benchmark with its languages, protocols and metric."""
    rows = []
    for name in registry.names():
        task = registry.get(name)
        texts = (name, task.metric, " ".join(task.languages), " ".join(task.protocols))
        rows.append(Row(cells=tuple(Cell(text=text, raw=text) for text in texts)))
    columns = tuple(Column(name=n, wrap=True) for n in ("task", "metric", "languages", "protocols"))
    note = "the first protocol is the default; `ultralink-bench tasks show TASK` shows a prompt"
    show.print_tables([Table(title="Tasks", columns=columns, rows=tuple(rows), notes=(note,))])
    return 0


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
