"""`ultralink-bench grade TASK`: outcomes of saved outputs of any benchmark; no model runs."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import show
from leaderboard.table import Cell, Column, Row, Table
from tasks import registry
from tasks.benchmark import Generation, Grade, Outcome
from ultralink_data import atomic
from ultralink_data.errors import DataError, unknown_name
from ultralink_data.release import decode_lines


class OutputRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One saved output; a problem may have several. `hit_limit`: the token limit ended it."""

    problem_id: str
    output: str
    hit_limit: bool = False


class OutcomeRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What grading one output gave, in the order of the outputs."""

    problem_id: str
    outcome: Outcome
    extracted: str | None
    detail: str = ""


def outputs(arguments: argparse.Namespace) -> int:
    """Grade a file of `OutputRow` and write one `OutcomeRow` each.

    Raises:
        ConfigError: unknown task, language or protocol.
        DataError: a broken row or an unknown problem (file and line); nothing is written.
    """
    task = registry.get(arguments.task)
    protocol = arguments.protocol or task.protocols[0]
    if protocol not in task.protocols:
        raise unknown_name(f"protocol of {task.name}", protocol, task.protocols)
    if arguments.language not in task.languages:
        raise unknown_name(f"language of {task.name}", arguments.language, task.languages)
    listed = task.problems(arguments.language, arguments.benchmarks)
    problems = {problem.problem_id: problem for problem in listed}
    generations = read_outputs(arguments.outputs, set(problems))
    grades = task.grade(problems, generations, protocol)
    out = arguments.out or Path(f"{arguments.outputs}_outcomes.jsonl")
    rows = [
        OutcomeRow(
            problem_id=generation.problem_id,
            outcome=grade.outcome,
            extracted=grade.extracted,
            detail=grade.detail,
        )
        for generation, grade in zip(generations, grades, strict=True)
    ]
    atomic.write_bytes(out, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    attempted = len({generation.problem_id for generation in generations})
    note = f"{attempted} of {len(problems)} problems; protocol {protocol}, version {task.version}"
    title = f"Outcomes of {task.name} {arguments.language}"
    show.print_tables([outcome_table(title, grades, note)])
    show.print_paths([out])
    return 0


def read_outputs(path: Path, known: set[str]) -> list[Generation]:
    """The outputs of a file.

    Raises:
        DataError: naming file and line: a broken row, an unknown problem; or no row at all.
    """
    found = []
    for line, row in decode_lines(path, OutputRow):
        if row.problem_id not in known:
            raise DataError(
                f"{path}:{line}: unknown problem_id {row.problem_id!r}",
                hint=f"they look like {min(known)!r}; nothing was written",
            )
        text = row.output
        found.append(Generation(problem_id=row.problem_id, text=text, hit_limit=row.hit_limit))
    if not found:
        raise DataError(
            f"{path} has no rows", hint='write one {"problem_id": ..., "output": ...} a line'
        )
    return found


def outcome_table(title: str, grades: Sequence[Grade], note: str) -> Table:
    """How many ended in each outcome; the counts add up to n."""
    counts = [sum(grade.outcome is outcome for grade in grades) for outcome in Outcome]
    share = 100 * counts[0] / len(grades)
    texts = (*map(str, counts), str(len(grades)), f"{share:.1f}")
    names = (*(outcome.value for outcome in Outcome), "n", "correct (%)")
    return Table(
        title=title,
        columns=tuple(Column(name=name) for name in names),
        rows=(Row(cells=tuple(Cell(text=text, raw=text) for text in texts)),),
        notes=(note,),
    )
