"""Bare sample files: `problem_id` and `score`, for those whose models were scored elsewhere.

JSONL or CSV (or TSV), one row for each answer. Also read: `language`, `seed`, `cluster`, `task`
and, in place of `score`, the `outcome` that our graders write. Several rows of one problem,
language and seed are averaged; a row without a score was not graded and does not count.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from harness.comparing.given import NO_LANGUAGE, GivenRun, GivenSide, Origin
from harness.statistics.measured import MeasuredTask, Values
from ultralink_data.errors import DataError
from ultralink_data.python_json import decoded

SUFFIXES = (".jsonl", ".csv", ".tsv")
COLUMNS = ("problem_id", "score", "outcome", "language", "seed", "cluster", "task")
NEEDED = "each row needs `problem_id` and `score` (a number, 0 or 1 for wrong and right)"
_OF_LM_EVAL = "samples of lm-eval are read with their results: name the folder of both"
_POINTS = {
    **{"correct": 1.0, "wrong": 0.0, "no_answer": 0.0, "truncated": 0.0},
    **{"win": 1.0, "tie": 0.5, "loss": 0.0},
}
SAMPLES = "samples"
"""The task of rows that name none."""
_UNGRADED = ("error", "bad_verdict", "unjudged")
_WORDS = {"true": 1.0, "false": 0.0}

Key = tuple[int | None, str, str]
"""Seed, task and language."""


class _Scores(msgspec.Struct):
    """The scores of one seed, task and language, as they are read."""

    found: dict[str, list[float]] = {}
    clusters: dict[str, str] = {}
    outcomes: Counter[str] = msgspec.field(default_factory=Counter)


def sample_side(path: Path) -> GivenSide:
    """The side in a file of bare samples.

    Raises:
        DataError: a row lacks a field or has a value that is none; the message names the line.
    """
    scores: dict[Key, _Scores] = {}
    unread: dict[str, None] = {}
    for line, row in _lines(path):
        unread |= dict.fromkeys(name for name in row if name not in COLUMNS)
        _add(scores, row, f"{path}, line {line}")
    if not scores:
        raise DataError(f"{path} has no rows", hint=NEEDED)
    runs: dict[int | None, list[MeasuredTask]] = {}
    notes = []
    for (seed, task, language), found in sorted(scores.items(), key=lambda item: str(item[0])):
        runs.setdefault(seed, []).append(_measured(path, task, language, found))
        if found.outcomes["error"]:
            where = f"seed {seed} " if seed is not None else ""
            total = found.outcomes.total()
            notes.append(f"{where}{language}: {found.outcomes['error']} of {total} rows not graded")
    _refuse_mixed(path, scores)
    if unread:
        notes.append(_unread(tuple(unread)))
    return GivenSide(
        name=path.stem,
        path=path,
        origin=Origin.SAMPLES,
        runs=tuple(
            GivenRun(seed=seed, source=path, measured=tuple(found)) for seed, found in runs.items()
        ),
        notes=tuple(notes),
        doubts=tuple(
            f"{path.stem}{_of(key)}: {said}"
            for key, found in scores.items()
            if (said := _uneven(found))
        ),
    )


def _refuse_mixed(path: Path, keys: Iterable[Key]) -> None:
    """Refuse a file in which only some rows have a seed, or a language.

    Raises:
        DataError: it is one.
    """
    for name, found in zip(("seed", "task", "language"), zip(*keys, strict=True), strict=True):
        missing = {"seed": None, "task": SAMPLES, "language": NO_LANGUAGE}[name]
        if missing in found and len(set(found)) > 1:
            raise DataError(
                f"{path}: some rows have a {name} and some have none",
                hint=f"give every row its {name}, or none",
            )


def _of(key: Key) -> str:
    """Seed, task and language as far as the file has them."""
    seed, task, language = key
    parts = [] if seed is None else [f"seed {seed}"]
    parts += [name for name in (task, language) if name not in (SAMPLES, NO_LANGUAGE)]
    return f" ({', '.join(parts)})" if parts else ""


def _uneven(found: _Scores) -> str:
    """Which problems have more rows, or fewer, than most: a row that was pasted twice, say."""
    rows = {problem: len(scores) for problem, scores in found.found.items()}
    usual = max(
        Counter(rows.values()).items(), key=lambda count: (count[1], -count[0]), default=None
    )
    other = [problem for problem, number in rows.items() if usual and number != usual[0]]
    if not usual or not other:
        return ""
    return (
        f"problems with another number of rows than most ({usual[0]}): {len(other)} of {len(rows)},"
        f" e.g. {other[0]!r} with {rows[other[0]]}; the scores of a problem are averaged"
    )


def _unread(names: tuple[str, ...]) -> str:
    """Which columns say nothing here, and what each may have been meant for."""
    parts = []
    for name in names:
        near = get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.75)
        parts.append(f"{name} (did you mean {near[0]}?)" if near else name)
    return f"columns not read: {', '.join(parts)}"


def _measured(path: Path, task: str, language: str, found: _Scores) -> MeasuredTask:
    values: Values = {name: (sum(all_) / len(all_),) for name, all_ in found.found.items()}
    return MeasuredTask(
        task=task,
        language=language,
        metric="score",
        values=values,
        outcomes=dict(found.outcomes),
        file=str(path),
        clusters=found.clusters,
        outside=True,
    )


def _add(scores: dict[Key, _Scores], row: dict[str, Any], where: str) -> None:
    """Put one row where it belongs.

    Raises:
        DataError: a field is missing or wrong.
    """
    for name in ("problem_id", "task", "language", "cluster"):
        if isinstance(row.get(name), bool | list | dict):
            raise DataError(f"{where}: `{name}` is {row[name]!r}, no text or number", hint=NEEDED)
    problem = _text(row.get("problem_id"))
    if not problem:
        if "problem_id" in row:
            raise DataError(f"{where}: `problem_id` is empty", hint=NEEDED)
        near = [
            name for name in row if get_close_matches(name.lower(), ("problem_id",), cutoff=0.6)
        ]
        hint = _OF_LM_EVAL if "doc_id" in row and "doc_hash" in row else NEEDED
        raise DataError(
            f"{where}: no `problem_id`" + (f", but {near[0]!r}" if near else ""), hint=hint
        )
    key = (
        _seed(row, where),
        _text(row.get("task")) or SAMPLES,
        _text(row.get("language")) or NO_LANGUAGE,
    )
    into = scores.setdefault(key, _Scores())
    cluster = _text(row.get("cluster"))
    if cluster and into.clusters.setdefault(problem, cluster) != cluster:
        raise DataError(
            f"{where}: {problem} is in cluster {cluster!r} here and in "
            f"{into.clusters[problem]!r} before",
            hint="a problem belongs to one cluster",
        )
    score = _score(row, where)
    if score is None:
        into.outcomes["error"] += 1
        return
    into.outcomes["scored"] += 1
    into.found.setdefault(problem, []).append(score)


def _text(value: Any) -> str:
    """An id, a code or a name; numbers as they are written."""
    return "" if value is None else str(value).strip()


def _seed(row: dict[str, Any], where: str) -> int | None:
    text = _text(row.get("seed"))
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise DataError(f"{where}: seed {text!r} is no whole number", hint=NEEDED) from None


def _score(row: dict[str, Any], where: str) -> float | None:
    """The score of a row; None if it was not graded.

    Raises:
        DataError: neither a score nor an outcome, or a value that is none.
    """
    if "score" not in row:
        outcome = row.get("outcome")
        if outcome in _POINTS:
            return _POINTS[outcome]
        if outcome in _UNGRADED:
            return None
        said = "no `score`" if outcome is None else f"unknown outcome {outcome!r} and no `score`"
        raise DataError(f"{where}: {said}", hint=NEEDED)
    value = row["score"]
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = _WORDS.get(value.strip().lower(), value)
    try:
        score = float(value)
    except (TypeError, ValueError):
        raise DataError(f"{where}: score {value!r} is no number", hint=NEEDED) from None
    if not math.isfinite(score):
        raise DataError(
            f"{where}: score {value!r} is not finite",
            hint="leave the score of a row that was not graded empty",
        )
    return score


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and fields of every row.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        if path.suffix == ".jsonl":
            yield from _json_lines(path)
        else:
            yield from _table_lines(path)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: byte {error.start} is not UTF-8", hint="save it as UTF-8"
        ) from error


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = decoded(line)
            except msgspec.DecodeError as error:
                raise DataError(f"{path}, line {number}: {error}", hint=NEEDED) from error
            if not isinstance(row, dict):
                raise DataError(
                    f"{path}, line {number}: {line.decode().strip()[:40]!r} is no row", hint=NEEDED
                )
            yield number, row


def _mark_hint(names: Sequence[str], mark: str) -> str:
    """What to do about a header whose fields are separated by something else."""
    for other, said in ((";", "semicolons"), ("\t", "tabs"), (",", "commas")):
        if other != mark and any("problem_id" in name.split(other) for name in names):
            return f"its fields are separated by {said}: .csv files have commas, .tsv files tabs"
    return NEEDED


def _table_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    mark = "\t" if path.suffix == ".tsv" else ","
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=mark, strict=True)
        try:
            names = reader.fieldnames or ()
            if "problem_id" not in names:
                raise DataError(
                    f"{path}, line 1: no column `problem_id` among {', '.join(names) or 'none'}",
                    hint=_mark_hint(names, mark),
                )
            for row in reader:
                if None in row or None in row.values():
                    raise DataError(
                        f"{path}, line {reader.line_num}: not {len(names)} fields as in line 1",
                        hint="a field with a comma in it is written in quotes",
                    )
                yield reader.line_num, dict(row)
        except csv.Error as error:
            raise DataError(f"{path}, line {reader.line_num}: {error}", hint=NEEDED) from error
