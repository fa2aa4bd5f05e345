"""OMGEval's files as source runs: a model's answers, and a judge's preferences.

Upstream keeps answers as arrays of `instruction`, `output`, `generator` in folders named by
language, and judges them with AlpacaEval, which writes `annotations.json`: per question two outputs
and a `preference`, 1 for the first (the baseline), 2 for the second (the model), between for less
certain ones, null where the judge's reply was not read.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from leaderboard.exchange.source_runs import SourceRun, SourceScore
from leaderboard.score_rows import WIN_RATE
from tasks.benchmarks.omgeval import BENCHMARK, LANGUAGES, UNTRANSLATED
from tasks.saved_rows import Outcome, Sample
from ultralink_data.errors import DataError
from ultralink_data.python_json import decoded

HARNESS: Final = "omgeval"
TASK: Final = "omgeval"
_QUESTIONS: Final = 804
"""Translated questions; English has one more."""
_TIE: Final = 0.5
"""The points of a preference of 0, which AlpacaEval takes for a draw as it does 1.5."""


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer."""

    instruction: str
    output: str
    generator: str = ""


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A judge's preference between two outputs."""

    instruction: str
    output_1: str
    output_2: str
    generator_1: str = ""
    generator_2: str = ""
    annotator: str = ""
    preference: float | None = None


def omgeval_runs(path: Path, data: bytes, *, model: str, language: str) -> list[SourceRun]:
    """The run of one file of answers or of preferences.

    The language is the one given, else that of the folder. The model is the one given, else what
    all rows name.

    Raises:
        DataError: it is neither; the message names row and field.
    """
    try:
        rows = msgspec.convert(decoded(data), list[dict[str, object]])
        judged = bool(rows) and "preference" in rows[0]
        kind = list[_Judged] if judged else list[_Answer]
        found: Sequence[_Judged | _Answer] = msgspec.convert(rows, kind)
    except msgspec.DecodeError as error:
        raise DataError(
            f"{path}: no file of OMGEval: {error}",
            hint="answers have instruction and output; preferences output_1, output_2, preference",
        ) from error
    if not found:
        raise DataError(f"{path} has no rows", hint="give a file of answers or preferences")
    for number, row in enumerate(found):
        points = row.preference if isinstance(row, _Judged) else None
        if points is not None and points != 0 and not 1 <= points <= 2:
            raise DataError(
                f"{path}: row {number}, field `preference` is {points}",
                hint="1 is the first output, 2 the second, 0 or 1.5 a draw, null no verdict",
            )
    code = language or _folder_language(path)
    samples = tuple(
        _sample(row, name, code) for row, name in zip(found, _names(len(found), code), strict=True)
    )
    run = SourceRun(
        form="omgeval",
        file=path,
        sha256=hashlib.sha256(data).hexdigest(),
        harness="alpaca_eval" if judged else HARNESS,
        version="",
        model=model or _only({_model(row) for row in found}),
        scores=(_score(found, code),),
        samples={(TASK, code): samples},
        protocols={TASK: _protocol(found)},
    )
    return [run]


def _folder_language(path: Path) -> str:
    """The language whose upstream folder the file is in, or ""."""
    folder = path.absolute().parent.name
    return next((code for code in LANGUAGES if folder in BENCHMARK.spellings(code)), "")


def _names(size: int, language: str) -> list[str]:
    """The problems' ids: English rows where file and language are whole, else the file's rows."""
    if language == "en" and size == _QUESTIONS + 1:
        return [f"OMGEval/{row}" for row in range(size)]
    if language and language != "en" and size == _QUESTIONS:
        return [f"OMGEval/{row + (row >= UNTRANSLATED)}" for row in range(size)]
    return [f"row/{row}" for row in range(size)]


def _model(row: _Judged | _Answer) -> str:
    return row.generator_2 if isinstance(row, _Judged) else row.generator


def _only(names: set[str]) -> str:
    """The only name, or "" where there are several."""
    return names.pop() if len(names) == 1 else ""


def _protocol(rows: Sequence[_Judged | _Answer]) -> str:
    """Judge and baseline, as far as the file names one."""
    judged = [row for row in rows if isinstance(row, _Judged)]
    judge = _only({row.annotator for row in judged})
    baseline = _only({row.generator_1 for row in judged})
    return f"alpaca_eval: {judge} against {baseline}" if judge and baseline else ""


def _score(rows: Sequence[_Judged | _Answer], language: str) -> SourceScore:
    """The mean preference for the model, from 0 to 1, over the questions that have one."""
    judged = [row.preference for row in rows if isinstance(row, _Judged)]
    values = [_TIE if one == 0 else one - 1 for one in judged if one is not None]
    return SourceScore(
        task=TASK,
        language=language,
        metric=WIN_RATE,
        higher_is_better=True,
        value=sum(values) / len(values) if values else None,
        n=len(values),
        decides=True,
    )


def _sample(row: _Judged | _Answer, name: str, language: str) -> Sample:
    outcome, detail = Outcome.UNJUDGED, ""
    if isinstance(row, _Judged):
        missing = row.preference is None
        outcome = Outcome.ERROR if missing else Outcome.UNJUDGED
        detail = "no preference" if missing else f"preference {row.preference!r}"
    return Sample(
        problem_id=name,
        language=language,
        index=0,
        prompt=row.instruction,
        generation=row.output_2 if isinstance(row, _Judged) else row.output,
        extracted=None,
        outcome=outcome,
        detail=detail,
    )
