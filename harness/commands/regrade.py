"""`ultralink-bench regrade`: grade stored samples again, without a model."""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from harness import show
from harness.engine.artefact_store import Store
from harness.progress.terminal import TERMINAL
from harness.statistics.scores import read_evaluation
from leaderboard.change_tables import count_table, list_table
from leaderboard.records import read_record
from tasks import registry
from tasks.benchmark import Sample
from tasks.eval_config import benchmark_of
from tasks.evaluate import EVALUATION
from tasks.grading.stored_samples import Change, find_changes
from tasks.grading.stored_samples import regrade as grade_again
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.store.release import decode_lines

CHANGES = "changes.jsonl"


class SampleFile(msgspec.Struct, frozen=True, kw_only=True):
    """One sample file and how it was made; `version` is the task's, with its repairs."""

    run: str
    task: str
    language: str
    protocol: str
    version: str
    path: Path


def regrade(arguments: argparse.Namespace) -> int:
    """Grade the sample files of records and evaluations again; print what changed.

    Raises:
        ConfigError: there are no samples, or a file to write exists.
        PrerequisiteError, DataError: a file is missing or damaged.
    """
    files = {
        file.path.resolve(): file
        for path in arguments.runs_to_grade
        for file in sample_files(path)
        if _is_known(file)
    }
    if not files:
        raise ConfigError(
            "there are no sample files in the given paths",
            hint="name a run record, an evaluation of the store, or the store (runs)",
        )
    targets = _targets(list(files.values()), arguments.out)
    changes: list[Change] = []
    counts, written = [], []
    with TERMINAL.work("regrade", len(files), unit="files") as meter:
        for file in meter.over(files.values()):
            old, new = _grade(file, arguments.benchmarks)
            found = find_changes(file.run, file.task, old, new)
            counts.append((file.run, file.task, file.language, len(new), found))
            changes += found
            if file in targets:
                _write(targets[file], new)
                written.append(targets[file])
    show.print_tables([count_table(counts), *([list_table(changes)] if changes else [])])
    if arguments.out:
        written.append(arguments.out / CHANGES)
        _write(written[-1], changes)
        show.print_paths(written)
    return 0


def sample_files(path: Path) -> Iterator[SampleFile]:
    """The sample files behind a record, an evaluation folder or all evaluations of a store.

    Raises:
        DataError: `path` is none of these, or is damaged.
    """
    if path.is_file():
        yield from _of_record(path)
    elif (path / EVALUATION).is_file():
        yield from _of_evaluation(path)
    elif (path / "evals").is_dir():
        for shelf, key in Store(path).all_keys():
            if shelf == "evals":
                yield from _of_evaluation(path / shelf / key)
    else:
        raise DataError(
            f"{path} is not a record, an evaluation or a store",
            hint="name a run record, a folder runs/evals/KEY, or the store (runs)",
        )


def _is_known(file: SampleFile) -> bool:
    """Whether the task still exists; warn if not, as a store keeps what it ever evaluated."""
    if file.task in registry.names():
        return True
    show.warn(f"{file.path}: no benchmark is named {file.task!r} any more: not graded again")
    return False


def _of_record(path: Path) -> Iterator[SampleFile]:
    record = read_record(path)
    _check_tasks(path, record.protocols, record.task_versions, (c.task for c in record.cells))
    names = dict.fromkeys((c.task, c.language, c.sample_file) for c in record.cells)
    for task, language, name in names:
        if Path(name).parent.name == "samples":
            yield SampleFile(
                run=record.run_id,
                task=task,
                language=language,
                protocol=record.protocols[task],
                version=record.task_versions[task],
                path=path.parent / name,
            )


def _check_tasks(
    path: Path, protocols: Mapping[str, str], versions: Mapping[str, str], tasks: Iterable[str]
) -> None:
    """Refuse a task of which it is not said how it was asked.

    Raises:
        DataError: names file and task.
    """
    for task in tasks:
        if task not in protocols or task not in versions:
            missing = "protocols" if task not in protocols else "task_versions"
            raise DataError(
                f"{path}: `{missing}` lacks {task}, of which there are samples",
                hint="evaluate again: records are written by `eval` and `run`, never by hand",
            )


def _of_evaluation(folder: Path) -> Iterator[SampleFile]:
    evaluation = read_evaluation(folder)
    tasks = (part.task for part in evaluation.parts)
    _check_tasks(folder, evaluation.protocols, evaluation.task_versions, tasks)
    for part in evaluation.parts:
        if part.samples:
            yield SampleFile(
                run=folder.resolve().name[:12],
                task=part.task,
                language=part.language,
                protocol=evaluation.protocols[part.task],
                version=evaluation.task_versions[part.task],
                path=folder / part.samples,
            )


def _targets(files: list[SampleFile], out: Path | None) -> Mapping[SampleFile, Path]:
    """The target of each file; stored samples and earlier results are never overwritten.

    Raises:
        ConfigError: a target exists.
    """
    if out is None:
        return {}
    targets = {file: out / _key(file.path) / "samples" / file.path.name for file in files}
    for path in (*targets.values(), out / CHANGES):
        if path.exists():
            raise ConfigError(f"{path} exists", hint="name another folder with -o")
    return targets


def _key(path: Path) -> str:
    """The evaluation's key, shortened: records of two experiments may have one name."""
    return path.resolve().parent.parent.name[:12]


def _grade(file: SampleFile, benchmarks: Path | None) -> tuple[list[Sample], tuple[Sample, ...]]:
    old = [row for _, row in decode_lines(file.path, Sample)]
    benchmark = benchmark_of(file.task, file.version)
    found = grade_again(benchmark, file.language, file.protocol, old, benchmarks)
    if found.other_prompts:
        show.warn(
            f"{file.path}: {found.other_prompts} of {len(old)} prompts are not today's; "
            "their answers are graded all the same"
        )
    return old, found.samples


def _write(path: Path, rows: tuple[Sample, ...] | list[Change]) -> None:
    atomic.write_bytes(path, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
