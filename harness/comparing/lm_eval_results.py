"""Results of lm-eval with logged samples, as sides of a comparison.

lm-eval (0.4.9 to 0.4.13) writes `results_TIME.json` and, with `--log_samples`, one
`samples_TASK_TIME.jsonl` a task beside it. A sample line has one value for each metric and filter;
values that are no number (a pair to be pooled over the whole set, as for perplexities) are in no
mean over problems and are named as left out, but for `bits_per_byte`, which is ours.
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.comparing.given import NO_LANGUAGE, GivenRun, GivenSide, Origin, Settings
from harness.comparing.python_json import decoded
from harness.statistics.measured import MeasuredTask, Values
from leaderboard.record_files import files_under
from ultralink_data import languages
from ultralink_data.errors import DataError
from ultralink_data.json_text import json_value

PREFIX = "results_"
_NEITHER = ("bypass",)
"""Metrics that stand for none: lm-eval writes 999."""
_ENDING = re.compile(r"^(?P<stem>.+)_(?P<code>[a-z]{2})$")


class _Results(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a results file that are read; others are no matter of a comparison."""

    results: dict[str, dict[str, Any]]
    configs: dict[str, dict[str, Any]] = {}
    versions: dict[str, Any] = {}
    higher_is_better: dict[str, dict[str, bool | None]] = {}
    model_name: str | None = None
    chat_template_sha: str | None = None
    system_instruction_sha: str | None = None
    n_shot: dict[str, Any] = msgspec.field(name="n-shot", default_factory=dict)


class _LoggedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a line of samples; the values of its metrics are read by their names."""

    doc_id: int
    doc: Any = None
    filter: str = "none"
    metrics: tuple[str, ...] = ()
    doc_hash: str = ""
    prompt_hash: str = ""
    target_hash: str = ""


def results_files(path: Path) -> list[Path]:
    """The results files that a path names or holds, the oldest first."""
    if not path.is_dir():
        return [path] if path.name.startswith(PREFIX) and path.suffix == ".json" else []
    found = [file for file in files_under(path, ".json") if file.name.startswith(PREFIX)]
    return sorted(found, key=lambda file: (file.name, str(file)))


def lm_eval_sides(path: Path) -> list[GivenSide]:
    """One side for each model whose results are under a path; of each task the newest.

    Raises:
        DataError: a file is damaged, or has no samples beside it.
    """
    models: dict[str, dict[str, tuple[Path, _Results]]] = {}
    older: dict[str, list[str]] = {}
    for file in results_files(path):
        results = _read(file)
        name = results.model_name or file.parent.name
        tasks = models.setdefault(name, {})
        for task in results.configs or results.results:
            if task in tasks:
                older.setdefault(name, []).append(task)
            tasks[task] = (file, results)
    short = {name: name.rstrip("/").rpartition("/")[2] or name for name in models}
    alike = len(set(short.values())) < len(short)
    sides = []
    for name, tasks in models.items():
        notes = [
            f"{task}: evaluated more than once, the newest taken" for task in older.get(name, ())
        ]
        run, said = _run(path, tasks)
        sides.append(
            GivenSide(
                name=name if alike else short[name],
                path=path,
                origin=Origin.LM_EVAL,
                runs=(run,),
                notes=(*notes, *said),
            )
        )
    return sides


def _read(path: Path) -> _Results:
    try:
        return json_value(path.read_bytes(), _Results)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    except msgspec.DecodeError as error:
        raise DataError(
            f"{path} is no results file of lm-eval: {error}", hint="evaluate again with lm_eval"
        ) from error


def _run(path: Path, tasks: Mapping[str, tuple[Path, _Results]]) -> tuple[GivenRun, list[str]]:
    """The run of one model over all of its tasks, and what no number covers."""
    found: dict[str, _Task] = {}
    notes: dict[str, None] = {}
    for task, (file, results) in tasks.items():
        samples = _samples_of(file, task)
        if samples is not None:
            found[task] = _Task(results.higher_is_better.get(task, {}), samples)
        elif task in results.configs:
            notes[f"{task}: no samples logged (run lm_eval with --log_samples)"] = None
    measured: list[MeasuredTask] = []
    settings: dict[str, Settings] = {}
    for task, (name, language) in _names(found).items():
        results = tasks[task][1]
        measured += found[task].measured(name, language)
        notes |= dict.fromkeys(f"{task}: {text}" for text in found[task].notes())
        settings[task] = Settings(
            config={
                "version": results.versions.get(task),
                "n-shot": results.n_shot.get(task),
                **results.configs.get(task, {}),
            },
            hashes=found[task].hashes,
            template=results.chat_template_sha,
            system=results.system_instruction_sha,
        )
    if not measured:
        raise DataError(
            f"{path} has results of lm-eval and no samples",
            hint="a paired comparison needs every answer: run lm_eval with --log_samples",
        )
    return GivenRun(seed=None, source=path, measured=tuple(measured), settings=settings), [*notes]


def _samples_of(results: Path, task: str) -> Path | None:
    """The samples that were logged with a results file."""
    time = results.stem.removeprefix(PREFIX)
    path = results.parent / f"samples_{task}_{time}.jsonl"
    return path if path.is_file() else None


def _names(tasks: Mapping[str, "_Task"]) -> dict[str, tuple[str, str]]:
    """Task and language of each task of lm-eval, by its name.

    `mgsm_direct_fr` is a language of `mgsm_direct` where other tasks have the same stem, a code of
    two letters and problems of the same numbers; else it stands for itself, without a language.
    """
    stems: dict[str, dict[str, str]] = {}
    for task in tasks:
        if found := _ENDING.match(task):
            stems.setdefault(found["stem"], {})[task] = found["code"]
    named = {task: (task, NO_LANGUAGE) for task in tasks}
    known = set(languages.names())
    for stem, codes in stems.items():
        sets = {frozenset(tasks[task].hashes) for task in codes}
        if len(codes) > 1 and len(sets) == 1 and known & set(codes.values()):
            named |= {task: (stem, code) for task, code in codes.items()}
    return named


class _Task:
    """The samples of one task: values, hashes, and what is no mean over problems."""

    def __init__(self, directions: Mapping[str, bool | None], path: Path) -> None:
        self.directions, self.path = directions, path
        self.found: dict[str, dict[str, list[tuple[float, ...]]]] = {}
        self.hashes: dict[str, tuple[str, str, str]] = {}
        self.skipped: dict[str, None] = {}
        self.unscored: dict[str, int] = {}
        for row, line in _rows(path):
            self._add(row, line)

    def _add(self, row: _LoggedRow, line: Mapping[str, Any]) -> None:
        problem = _problem(row)
        self.hashes[problem] = (_document(row), row.target_hash, row.prompt_hash)
        for metric in row.metrics:
            if metric in _NEITHER or metric not in line:
                continue
            label = metric if row.filter == "none" else f"{metric},{row.filter}"
            value = _value(metric, row.filter, line[metric])
            if value is None:
                self.skipped[label] = None
            elif not all(map(math.isfinite, value)):
                self.unscored[label] = self.unscored.get(label, 0) + 1
            else:
                by_problem = self.found.setdefault(label, {})
                by_problem.setdefault(problem, []).append(value)

    def measured(self, name: str, language: str) -> Iterator[MeasuredTask]:
        """Every metric that is a mean over problems; repeats of a problem are averaged.

        The first decides on the task, so those of which less is better come last.
        """
        for label, by_problem in sorted(self.found.items(), key=lambda item: self._less(item[0])):
            metric = label.partition(",")[0]
            bits = metric == "bits_per_byte"
            values: Values = {
                problem: tuple(sum(column) / len(column) for column in zip(*found, strict=True))
                for problem, found in by_problem.items()
            }
            total = sum(map(len, by_problem.values()))
            yield MeasuredTask(
                task=name,
                language=language,
                metric="bpb" if bits else label,
                values=values,
                outcomes={"scored": total},
                file=str(self.path),
                outside=True,
                lower_is_better=not bits and self.directions.get(metric) is False,
            )

    def _less(self, label: str) -> bool:
        """Whether less of a metric is better."""
        return self.directions.get(label.partition(",")[0]) is False

    def notes(self) -> Iterator[str]:
        """What is in no number, with its counts."""
        if self.skipped:
            yield f"{', '.join(self.skipped)} (no mean over problems)"
        for label, count in self.unscored.items():
            yield f"{label}: values that are no number: {count}"


def _rows(path: Path) -> Iterator[tuple[_LoggedRow, dict[str, Any]]]:
    """The lines of a sample file."""
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                try:
                    line = decoded(text)
                    yield msgspec.convert(line, _LoggedRow), line
                except msgspec.DecodeError as error:
                    raise DataError(
                        f"{path}, line {number}: no sample of lm-eval: {error}",
                        hint="log the samples again with lm_eval --log_samples",
                    ) from error
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


def _problem(row: _LoggedRow) -> str:
    """The problem's own id where the document has one (ours do), else its number."""
    own = row.doc.get("problem_id") if isinstance(row.doc, dict) else None
    if type(own) is int:
        return str(own)
    return own if isinstance(own, str) and own else f"{row.doc_id:06d}"


def _document(row: _LoggedRow) -> str:
    """What tells one document from another: its hash, or the prompt where the problem has an id.

    The documents of tasks that we export also name the model's tokenizer, which is no matter.
    """
    own = isinstance(row.doc, dict) and "problem_id" in row.doc and row.doc.get("prompt")
    return str(own) if own else row.doc_hash


def _value(metric: str, filtered: str, value: Any) -> tuple[float, ...] | None:
    """(score,), (bits, bytes) of bits_per_byte, or None for what is no score of one problem."""
    if isinstance(value, int | float):
        return (float(value),)
    bits = metric == "bits_per_byte" and filtered == "none"
    if bits and isinstance(value, list) and len(value) == 2:
        log_likelihood, size = value
        if isinstance(log_likelihood, int | float) and isinstance(size, int | float) and size > 0:
            return (-float(log_likelihood) / math.log(2), float(size))
    return None
