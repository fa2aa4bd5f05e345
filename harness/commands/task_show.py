"""`ultralink-bench tasks show`: show the exact prompt, and how an answer is graded."""

import argparse
import sys
from typing import Any, Final

from harness import show
from harness.commands.protocols import protocol_of
from tasks import registry
from tasks.benchmark import Benchmark, Generation, Problem, Request
from ultralink_data.errors import ConfigError, DataError

_TITLES: Final = {
    None: "reference text for bits per byte",
    True: "right text of those to choose from",
    False: "wrong text",
}


def show_task(arguments: argparse.Namespace) -> int:
    """Print a prompt, character by character; grade the answer on standard input if there is one.

    Raises:
        ConfigError: an unknown task, language or protocol, or a problem out of range.
        DataError: standard input is not UTF-8.
    """
    task = registry.get(arguments.name)
    protocol = protocol_of(task, arguments.protocol)
    task.check([arguments.language], protocol)
    problems = task.problems(arguments.language, arguments.benchmarks)
    if not 0 <= arguments.problem < len(problems):
        raise ConfigError(
            f"--problem {arguments.problem}: {task.name} has {len(problems)} problems",
            hint=f"choose 0 to {len(problems) - 1}",
        )
    problem = problems[arguments.problem]
    request = task.request(problem, protocol)
    _print_facts(task, request, protocol, f"{len(problems)} in {arguments.language}")
    _print_text("prompt", request.prompt)
    for reference in task.measured(problem, protocol):
        _print_text(_TITLES[reference.right], reference.target)
    answer = read_answer()
    if answer:
        _print_grade(task, problem, answer, protocol)
    return 0


def _print_facts(task: Benchmark[Any], request: Request, protocol: str, problems: str) -> None:
    out = show.console()
    for name, value in (
        ("task", f"{task.name}, version {task.version}"),
        ("what", task.description),
        ("metric", _metrics(task)),
        ("languages", " ".join(task.languages)),
        ("protocols", f"{' '.join(task.protocols)} (shown: {protocol})"),
        ("problems", problems),
        ("problem", request.problem_id),
        ("asked as", "user message" if request.chat else "plain text to continue"),
        ("stops", " ".join(map(repr, request.stop)) or "none but the end of turn"),
        ("at most", f"{request.max_tokens} tokens"),
    ):
        out.print(f"{name:<10} {value}", soft_wrap=True)


def _metrics(task: Benchmark[Any]) -> str:
    """The metric of answers, and the primary metric if it differs."""
    other = "" if task.primary_metric == task.metric else f", primary: {task.primary_metric}"
    return task.metric + other


def _print_text(title: str, text: str) -> None:
    """Print a text unchanged; the console would turn its tabs into spaces."""
    show.console().rule(title)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def read_answer() -> str:
    """The text on standard input; "" if it is a terminal or closed.

    Raises:
        DataError: it is not UTF-8.
    """
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    try:
        return sys.stdin.read()
    except OSError:
        return ""  # not readable, as under a job scheduler: there is no answer
    except UnicodeDecodeError as error:
        raise DataError(
            f"the answer on standard input is not UTF-8 (byte {error.start})",
            hint="save it as UTF-8",
        ) from error


def _print_grade(task: Benchmark[Any], problem: Problem, text: str, protocol: str) -> None:
    """Grade `text` as an answer that ended by itself, and print the result."""
    if task.executes_code:
        task.prepare()
    answer = Generation(problem_id=problem.problem_id, text=text)
    (grade,) = task.grades({problem.problem_id: problem}, [answer], protocol)
    out = show.console()
    out.rule("grade of the answer on standard input")
    out.print(f"outcome    {grade.outcome.value}")
    rule = task.found_by(problem, text, protocol)
    cut = f"{len(grade.thinking)} characters, not read" if grade.thinking else ""
    for name, value in (("found by", rule), ("detail", grade.detail), ("thinking", cut)):
        if value:
            out.print(f"{name:<10} {value}", soft_wrap=True)
    if grade.extracted is None:
        out.print("extracted  nothing")
    elif "\n" in grade.extracted:
        _print_text("extracted", grade.extracted)
    else:
        out.print(f"extracted  {grade.extracted}", soft_wrap=True)
