"""Results of lm-eval with logged samples, as sides of a comparison.

A sample line has one value for each metric and filter; values that are no number (a pair to be
pooled over the whole set, as for perplexities) are in no mean over problems and are named as left
out, but for `bits_per_byte`, which is ours.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.comparing.given import NO_LANGUAGE, GivenRun, GivenSide, Origin, Settings
from harness.statistics.measured import MeasuredTask, Values
from leaderboard.exchange.lm_eval_files import (
    NO_METRICS,
    LmEvalResults,
    LoggedRow,
    logged_rows,
    metric_label,
    problem_of,
    read_results,
    results_files,
    samples_file,
)
from leaderboard.exchange.task_names import language_ending
from ultralink_data import languages
from ultralink_data.errors import DataError


def lm_eval_sides(path: Path) -> list[GivenSide]:
    """One side for each model whose results are under a path; of each task the newest.

    Raises:
        DataError: a file is damaged, or has no samples beside it.
    """
    models: dict[str, dict[str, tuple[Path, LmEvalResults]]] = {}
    older: dict[str, list[str]] = {}
    for file in results_files(path):
        results = read_results(file)
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


def _run(path: Path, tasks: Mapping[str, tuple[Path, LmEvalResults]]) -> tuple[GivenRun, list[str]]:
    """The run of one model over all of its tasks, and what no number covers."""
    found: dict[str, _Task] = {}
    notes: dict[str, None] = {}
    for task, (file, results) in tasks.items():
        samples = samples_file(file, task)
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


def _names(tasks: Mapping[str, "_Task"]) -> dict[str, tuple[str, str]]:
    """Task and language of each task of lm-eval, by its name.

    `mgsm_direct_fr` is a language of `mgsm_direct` where other tasks have the same stem, a code of
    two letters and problems of the same numbers; else it stands for itself, without a language.
    """
    stems: dict[str, dict[str, str]] = {}
    for task in tasks:
        if ending := language_ending(task):
            stems.setdefault(ending[0], {})[task] = ending[1]
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
        for row, line in logged_rows(path):
            self._add(row, line)

    def _add(self, row: LoggedRow, line: Mapping[str, Any]) -> None:
        problem = problem_of(row)
        self.hashes[problem] = (_document(row), row.target_hash, row.prompt_hash)
        for metric in row.metrics:
            if metric in NO_METRICS or metric not in line:
                continue
            label = metric_label(metric, row.filter)
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


def _document(row: LoggedRow) -> str:
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
