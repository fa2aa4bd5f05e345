"""`ultralink-bench grade TASK`: grade saved outputs of any benchmark, without a model."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import show
from harness.commands.grade_languages import in_languages
from harness.commands.protocols import protocol_of
from harness.commands.rejected_rows import keep_apart, rejected_path
from leaderboard.change_tables import count_table, list_table
from leaderboard.table import Table, text_table
from tasks import registry
from tasks.benchmark import Generation, Grade, Outcome
from tasks.grading.rejected import RejectedLine
from tasks.grading.saved_lines import other_language, saved_lines
from tasks.grading.stored_samples import Change
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.json_text import json_value
from ultralink_data.store.json_rows import explained
from ultralink_data.store.release import decode_lines, repeated_key


class SavedOutput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One saved output; a problem may have several. `hit_limit`: the token limit ended it.

    A number as `problem_id` is read as its decimal digits; `thinking` came apart from the output. A
    row that names another `language` than it is graded in is refused.
    """

    problem_id: str | int
    output: str
    hit_limit: bool = False
    thinking: str = ""
    language: str | None = None


_SHOWN = tuple(outcome for outcome in Outcome if outcome is not Outcome.UNJUDGED)
"""Possible outcomes here: outputs that need a judge have their own command."""


class OutcomeRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result of grading one output; rows are in the order of the outputs.

    `thinking` is what was cut from the output and not read.
    """

    problem_id: str
    outcome: Outcome
    extracted: str | None
    detail: str = ""
    thinking: str | msgspec.UnsetType = msgspec.UNSET


def outputs(arguments: argparse.Namespace) -> int:
    """Grade files of `SavedOutput`, one for each language; the exit code is the highest."""
    return in_languages(arguments, "outputs", _outputs)


def _outputs(arguments: argparse.Namespace) -> int:
    """Grade a file of `SavedOutput` and write one `OutcomeRow` each.

    Lines that cannot be graded are named and written apart; the exit code is then 3.

    Raises:
        ConfigError: unknown task, language or protocol, or an output that would overwrite an input.
        DataError: no row at all can be graded, or the outcomes to compare with are damaged.
    """
    task = registry.get(arguments.task)
    protocol = protocol_of(task, arguments.protocol)
    task.check([arguments.language], protocol)
    listed = task.problems(arguments.language, arguments.benchmarks)
    problems = {problem.problem_id: problem for problem in listed}
    out = _out(arguments)
    generations, rejected = read_outputs(arguments.outputs, set(problems), arguments.language)
    old = None if arguments.baseline is None else read_outcomes(arguments.baseline)
    grades = task.grades(problems, generations, protocol)
    rows = [
        OutcomeRow(
            problem_id=generation.problem_id,
            outcome=grade.outcome,
            extracted=grade.extracted,
            detail=grade.detail,
            thinking=grade.thinking or msgspec.UNSET,
        )
        for generation, grade in zip(generations, grades, strict=True)
    ]
    atomic.write_bytes(out, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    attempted = len({generation.problem_id for generation in generations})
    note = f"{attempted} of {len(problems)} problems; protocol {protocol}, version {task.version}"
    title = f"Outcomes of {task.name} {arguments.language}"
    replaced = task.replaced(arguments.language)
    kept = [
        grade
        for generation, grade in zip(generations, grades, strict=True)
        if generation.problem_id not in replaced
    ]
    show.print_paths([out, *keep_apart(arguments.outputs, out, rejected)])
    if old is not None:
        _print_changes(task.name, arguments.language, old, rows)
    show.print_tables([outcome_table(title, grades, note, kept=kept)])
    return 3 if rejected else 0


def _out(arguments: argparse.Namespace) -> Path:
    """The output path.

    Raises:
        ConfigError: it is one of the input files.
    """
    out: Path = arguments.out or Path(f"{arguments.outputs}_outcomes.jsonl")
    read = [path.resolve() for path in (arguments.outputs, arguments.baseline) if path]
    if out.resolve() in read or rejected_path(out).resolve() in read:
        raise ConfigError(f"{out} would overwrite what is read", hint="choose another file with -o")
    atomic.check_writable(out)
    return out


def read_outputs(
    path: Path, known: set[str], language: str
) -> tuple[list[Generation], list[RejectedLine]]:
    """The outputs of a file in a language, and its lines that cannot be graded.

    Raises:
        DataError: the file cannot be read, or no row can be graded.
    """
    found, rejected = [], []
    for number, line in enumerate(saved_lines(path), 1):
        if line.strip():
            try:
                found.append(_generation(line, known, language))
            except ValueError as error:  # of UTF-8, of JSON and of ours
                text = line.decode("utf-8", "replace")
                rejected.append(RejectedLine(line=number, reason=str(error), text=text))
    if not found:
        why = f"; line {rejected[0].line}: {rejected[0].reason}" if rejected else ""
        raise DataError(
            f"{path}: no row can be graded{why}",
            hint='write one {"problem_id": ..., "output": ...} a line',
        )
    return found, rejected


def _generation(line: bytes, known: set[str], language: str) -> Generation:
    """One line as a generation.

    Raises:
        ValueError: it cannot be graded; the message says why.
    """
    try:
        row = json_value(line, SavedOutput)
    except msgspec.DecodeError as error:
        raise ValueError(explained(str(error))) from error
    if (key := repeated_key(line)) is not None:
        raise ValueError(f"field `{key}` is given twice")
    if why := other_language(row.language, language):
        raise ValueError(why)
    problem_id = str(row.problem_id)
    if problem_id not in known:
        raise ValueError(f"unknown problem_id {row.problem_id!r}; they look like {min(known)!r}")
    return Generation(
        problem_id=problem_id, text=row.output, hit_limit=row.hit_limit, thinking=row.thinking
    )


def read_outcomes(path: Path) -> list[OutcomeRow]:
    """The rows that an earlier `grade` wrote.

    Raises:
        DataError: a bad line; names file and line.
    """
    return [row for _, row in decode_lines(path, OutcomeRow)]


def _print_changes(
    task: str, language: str, old: Sequence[OutcomeRow], new: Sequence[OutcomeRow]
) -> None:
    """Print what is graded differently, by problem and position among its samples."""
    before, after = _numbered(old), _numbered(new)
    changes = tuple(
        Change(
            run="",
            task=task,
            language=language,
            problem_id=key[0],
            index=key[1],
            old_outcome=before[key].outcome,
            old_extracted=before[key].extracted,
            outcome=row.outcome,
            extracted=row.extracted,
        )
        for key, row in after.items()
        if key in before
        and (before[key].outcome, before[key].extracted) != (row.outcome, row.extracted)
    )
    both = len(before.keys() & after.keys())
    show.print_tables([count_table([("", task, language, both, changes)])])
    if changes:
        show.print_tables([list_table(changes)])
    for name, count in (("old", len(before) - both), ("new", len(after) - both)):
        if count:
            show.warn(f"{count} samples stand in the {name} outcomes only; not compared")


def _numbered(rows: Sequence[OutcomeRow]) -> dict[tuple[str, int], OutcomeRow]:
    """Rows by problem and position among its samples."""
    seen: Counter[str] = Counter()
    found = {}
    for row in rows:
        found[row.problem_id, seen[row.problem_id]] = row
        seen[row.problem_id] += 1
    return found


def outcome_table(
    title: str, grades: Sequence[Grade], note: str, kept: Sequence[Grade] = ()
) -> Table:
    """A table of counts by outcome, which add up to n.

    `kept` are the grades of the problems that no later edition replaced, if some are: they get a
    row of their own.
    """
    names = (*(outcome.value for outcome in _SHOWN), "n", "correct (%)")
    if not 0 < len(kept) < len(grades):
        return text_table(title, names, [_counted(grades)], note)
    rows = [("all", *_counted(grades)), ("without replaced items", *_counted(kept))]
    return text_table(title, ("items", *names), rows, note)


def _counted(grades: Sequence[Grade]) -> tuple[str, ...]:
    counts = [sum(grade.outcome is outcome for grade in grades) for outcome in _SHOWN]
    return (*map(str, counts), str(len(grades)), f"{100 * counts[0] / len(grades):.1f}")
