"""From sample files to numbers: each problem's score, per task, language and metric.

Correct is 1; wrong, no answer and truncated are 0. An error was not graded, so the sample does not
count; a problem without a graded sample is left out and appears only in the outcomes. Answers left
to a judge have no score here: their cell gives the number of answers. A problem's accuracy is the
mean over its samples. If the metric is pass@1 and problems have k samples or more, pass@k is added:
Chen et al., arXiv 2107.03374, equation 1. If some problems of a language ask for an answer that
grading rejects, `... (consistent)` is the score without them; if a later edition of the benchmark
replaced some, `... (without replaced items)`. If problems are known to be in the
training data, `... (clean)` is the score without these. A problem with several reference texts
scores 1 if the right one alone is the likeliest; its bits per byte are those of the right text. A
problem with a text over the context counts in neither.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import msgspec

from harness.statistics.measured import MeasuredTask, Values
from leaderboard.contamination import CLEAN
from leaderboard.metric_kinds import CONSISTENT, KEPT
from tasks import registry
from tasks.benchmark import (
    BPB_METRICS,
    CHOICE_ACCURACY,
    OVER_CONTEXT,
    LikelihoodSample,
    Outcome,
    Sample,
)
from tasks.evaluate import EVALUATION, Evaluation
from tasks.grading.pass_at_k import estimate as estimate_pass
from ultralink_data.errors import DataError
from ultralink_data.json_text import json_value
from ultralink_data.store.release import decode_lines

if TYPE_CHECKING:
    from leaderboard.records import ScoreCell

PASS_AT_ONE = "pass@1"
PASS_AT = (10, 100)

Hit = Mapping[str, frozenset[str]]
"""Problems in the training data, by task."""

NO_HITS: Final[Hit] = MappingProxyType({})

Rows: TypeAlias = Sequence[Sample] | Sequence[LikelihoodSample]

R = TypeVar("R")


def read_evaluation(folder: Path) -> Evaluation:
    """The description of an evaluation folder.

    Raises:
        DataError: it is missing or damaged.
    """
    path = folder / EVALUATION
    try:
        return json_value(path.read_bytes(), Evaluation)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path}: {error}", hint="evaluate again") from error


def measure(folder: Path, hit: Hit = NO_HITS) -> list[MeasuredTask]:
    """Every metric of an evaluation folder, and the scores without the problems `hit`."""
    result: list[MeasuredTask] = []
    for part in read_evaluation(folder).parts:
        known = hit.get(part.task, frozenset())
        if part.samples:
            rows = _rows(folder / part.samples, Sample)
            result += _accuracies(part.task, part.language, part.samples, rows, known)
        if part.likelihood:
            lines = _rows(folder / part.likelihood, LikelihoodSample)
            result += _likelihoods(part.task, part.language, part.likelihood, lines, known)
    return result


def measure_files(
    folder: Path, cells: Iterable["ScoreCell"], hit: Hit = NO_HITS
) -> list[MeasuredTask]:
    """The metrics of a record's cells, read from the sample files named in the cells.

    `folder` is the folder of the record; `hit` is as in `measure`. A cell without its own file (an
    average) is left out.

    Raises:
        DataError: a sample file is missing or damaged.
    """
    names = dict.fromkeys((c.task, c.language, c.sample_file) for c in cells if c.sample_file)
    result: list[MeasuredTask] = []
    for task, language, name in names:
        known = hit.get(task, frozenset())
        if Path(name).parent.name == "likelihood":
            lines = _rows(folder / name, LikelihoodSample)
            result += _likelihoods(task, language, name, lines, known)
        else:
            result += _accuracies(task, language, name, _rows(folder / name, Sample), known)
    return result


def _rows(path: Path, row_type: type[R]) -> list[R]:
    return [row for _, row in decode_lines(path, row_type)]


def _accuracies(
    task: str, language: str, file: str, rows: Sequence[Sample], hit: frozenset[str]
) -> Iterator[MeasuredTask]:
    """The benchmark's metric, pass@k if there are k samples, and scores of parts of it."""
    benchmark = registry.get(task)
    scores = _graded(rows)
    measured = _made_of(task, language, file, rows)
    if benchmark.judged:
        yield measured(benchmark.metric, {}, rows)
        return
    means: Values = {name: (sum(found) / len(found),) for name, found in scores.items()}
    yield measured(benchmark.metric, means, rows)
    if benchmark.metric == PASS_AT_ONE:
        most = max(Counter(row.problem_id for row in rows).values(), default=0)
        for k in PASS_AT:
            if k <= most:
                yield measured(f"pass@{k}", _pass_at(k, rows, scores), rows)
    parts = {CONSISTENT: benchmark.inconsistent(language), KEPT: benchmark.replaced(language)}
    for name, odd in parts.items():
        rest = [row for row in rows if row.problem_id not in odd]
        if 0 < len(rest) < len(rows):
            kept = {key: value for key, value in means.items() if key not in odd}
            yield measured(benchmark.metric + name, kept, rest)
    rest = [row for row in rows if row.problem_id not in hit]
    if len(rest) < len(rows):
        kept = {name: value for name, value in means.items() if name not in hit}
        yield measured(benchmark.metric + CLEAN, kept, rest)


def _made_of(
    task: str, language: str, file: str, rows: Rows
) -> Callable[[str, Values, Rows], MeasuredTask]:
    """What makes a metric of this file, by its name, its values and the rows of its outcomes.

    All have the clusters of the file's problems.
    """
    clusters = {row.problem_id: row.cluster for row in rows if row.cluster}

    def measured(metric: str, values: Values, behind: Rows) -> MeasuredTask:
        return MeasuredTask(
            task=task,
            language=language,
            metric=metric,
            values=values,
            outcomes=dict(sorted(Counter(str(row.outcome) for row in behind).items())),
            file=file,
            clusters=clusters,
        )

    return measured


def _graded(rows: Sequence[Sample]) -> dict[str, list[float]]:
    """The score of each graded sample, by problem."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if row.outcome is not Outcome.ERROR:
            found.setdefault(row.problem_id, []).append(float(row.outcome is Outcome.CORRECT))
    return found


def _pass_at(k: int, rows: Sequence[Sample], scores: dict[str, list[float]]) -> Values:
    """pass@k by problem, for problems with at least k graded samples.

    A prompt over the context has one row however many samples were requested: all would fail.
    """
    unasked = {row.problem_id for row in rows if row.detail == OVER_CONTEXT}
    return {
        name: (0.0 if name in unasked else estimate_pass(len(found), int(sum(found)), k),)
        for name, found in scores.items()
        if name in unasked or len(found) >= k
    }


def _likelihoods(
    task: str,
    language: str,
    file: str,
    rows: Sequence[LikelihoodSample],
    hit: frozenset[str],
) -> Iterator[MeasuredTask]:
    """Bits per byte, and the same without the problems `hit`."""
    yield from _likelihood(task, language, file, rows)
    rest = [row for row in rows if row.problem_id not in hit]
    if len(rest) < len(rows):
        for found in _likelihood(task, language, file, rest):
            yield msgspec.structs.replace(found, metric=found.metric + CLEAN)


def _likelihood(
    task: str, language: str, file: str, rows: Sequence[LikelihoodSample]
) -> Iterator[MeasuredTask]:
    """Bits per byte of the whole target, and of digits and prose apart if there are digits.

    For several reference texts: first the share of right choices, then bits per byte of the right
    text.
    """
    measured = _made_of(task, language, file, rows)
    choices: dict[str, list[LikelihoodSample]] = {}
    for row in rows:
        if row.right is not None:
            choices.setdefault(row.problem_id, []).append(row)
    whole = {
        name: texts
        for name, texts in choices.items()
        if all(text.outcome == "scored" for text in texts)
    }
    if choices:
        chosen: Values = {name: (_choice(task, texts),) for name, texts in whole.items()}
        yield measured(CHOICE_ACCURACY, chosen, rows)
    scored = [
        row
        for row in rows
        if row.outcome == "scored"
        and (row.right is None or (row.right and row.problem_id in whole))
    ]
    parts: dict[str, Values] = {
        "bpb": {r.problem_id: (r.bits, float(r.bytes)) for r in scored},
        "bpb_digits": {r.problem_id: (r.digit_bits, float(r.digit_bytes)) for r in scored},
        "bpb_prose": {
            r.problem_id: (r.bits - r.digit_bits, float(r.bytes - r.digit_bytes)) for r in scored
        },
    }
    split = scored and all(r.digit_bytes and r.digit_bytes < r.bytes for r in scored)
    for metric in BPB_METRICS if split else BPB_METRICS[:1]:
        yield measured(metric, parts[metric], rows)


def _choice(task: str, texts: Sequence[LikelihoodSample]) -> float:
    """1 if the right text is likelier than every other, else 0; a tie chooses nothing.

    Raises:
        DataError: not exactly one text is right.
    """
    if sum(bool(text.right) for text in texts) != 1:
        raise DataError(
            f"{task}: {texts[0].problem_id} has {sum(bool(text.right) for text in texts)} right "
            f"texts among {len(texts)}",
            hint="set right=True on exactly one of `references`",
        )
    per_byte = registry.get(task).chosen_by == "bits_per_byte"
    lengths = {
        right: [
            text.bits / text.bytes if per_byte else text.bits
            for text in texts
            if text.right is right
        ]
        for right in (True, False)
    }
    return float(lengths[True][0] < min(lengths[False], default=math.inf))
