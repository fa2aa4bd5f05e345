"""Published scores as tidy rows: the six tables of eleven models in UltraLink's README.

A table is a CSV file beside this module, with each value as it was printed, in percent; its last
column is the printed average over the five languages. `sources.csv` says for each table where it
stands and what is known of how it was measured, `models.csv` what is known of the models, and
`remarks.csv` what a reader of one row must know. What the source does not say is `unknown`
(`leaderboard.ranking.UNKNOWN`), which equals nothing that is measured here: such rows rank among
themselves.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from leaderboard.records import ALL_LANGUAGES
from leaderboard.score_rows import ScoreRow

ROUNDING: Final = Decimal("0.1")
"""A printed average follows from its row if it is at most this far from the mean, in percent."""

_WRONG: Final = "the mean of its row is "
_BETWEEN: Final = "; "
_FOLDER: Final = Path(__file__).parent

T = TypeVar("T", bound=msgspec.Struct)


class PublishedSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a table stands, and under which conditions its scores were measured.

    `table` is the name of its file here, `heading` that of its section at the source.
    """

    table: str
    heading: str
    task: str
    metric: str
    protocol: str
    judge: str
    baseline: str
    repository: str
    commit: str
    path: str

    @property
    def place(self) -> str:
        """Repository, file, commit and table, as a reader finds it."""
        return f"{self.repository} {self.path} at {self.commit[:12]}, {self.heading}"


class PublishedModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model; `parameters` is as round as its name or the README gives it."""

    model: str
    parameters: int | None
    note: str


class PublishedAverage(msgspec.Struct, frozen=True, kw_only=True):
    """A printed average beside the mean of its row, both in percent."""

    table: str
    model: str
    printed: Decimal
    recomputed: Decimal

    @property
    def follows(self) -> bool:
        """Whether the printed number is the mean of its row, but for rounding."""
        return abs(self.printed - self.recomputed) <= ROUNDING


class _Remark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    table: str
    model: str
    note: str


@cache
def published_sources() -> tuple[PublishedSource, ...]:
    """The tables, in the order in which their source prints them."""
    return _typed("sources", PublishedSource)


@cache
def published_models() -> tuple[PublishedModel, ...]:
    """The models, in the order in which their source prints them."""
    return _typed("models", PublishedModel)


def published_averages() -> list[PublishedAverage]:
    """Every printed average with the mean of its row."""
    return [
        _average(source.table, line)
        for source in published_sources()
        for line in printed_table(source.table)
    ]


@cache
def published_rows() -> tuple[ScoreRow, ...]:
    """All published scores, averages among them as `ALL_LANGUAGES`.

    An average that does not follow from its row is kept as printed, and its note says so.
    """
    return tuple(row for source in published_sources() for row in _rows(source))


def printed_table(table: str) -> list[dict[str, str]]:
    """A table as it was printed: the model and, by language, its score in percent."""
    with (_FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def mean_of_row(row: ScoreRow) -> str:
    """The mean of the row of a printed average that is not that mean; "" for other scores."""
    first = row.note.partition(_BETWEEN)[0]
    return first.removeprefix(_WRONG) if first.startswith(_WRONG) else ""


def remarks(row: ScoreRow) -> str:
    """What else is to be said of a published score, without that."""
    return row.note.partition(_BETWEEN)[2] if mean_of_row(row) else row.note


def _typed(name: str, kind: type[T]) -> tuple[T, ...]:
    """The lines of a file as `kind`; an empty field that is no text is None."""
    numbers = {field.name for field in msgspec.structs.fields(kind) if field.type is not str}
    lines = (
        {key: None if key in numbers and not value else value for key, value in line.items()}
        for line in printed_table(name)
    )
    return tuple(msgspec.convert(line, kind, strict=False) for line in lines)


def _average(table: str, line: dict[str, str]) -> PublishedAverage:
    single = [Decimal(text) for name, text in line.items() if name not in ("model", ALL_LANGUAGES)]
    return PublishedAverage(
        table=table,
        model=line["model"],
        printed=Decimal(line[ALL_LANGUAGES]),
        recomputed=sum(single, Decimal()) / len(single),
    )


def _rows(source: PublishedSource) -> Iterator[ScoreRow]:
    models = {model.model: model for model in published_models()}
    remarks = {r.model: r.note for r in _typed("remarks", _Remark) if r.table == source.table}
    for line in printed_table(source.table):
        model = models[line["model"]]
        notes = [note for note in (model.note, remarks.get(model.model)) if note]
        average = _average(source.table, line)
        wrong = f"{_WRONG}{average.recomputed.normalize():f}"
        for language, text in line.items():
            if language == "model":
                continue
            doubt = [wrong] if language == ALL_LANGUAGES and not average.follows else []
            row = _score(source, model, language, text, _BETWEEN.join((*doubt, *notes)))
            over = tuple(x for x in line if x not in ("model", ALL_LANGUAGES))
            yield msgspec.structs.replace(row, over=over if language == ALL_LANGUAGES else ())


def _score(
    source: PublishedSource, model: PublishedModel, language: str, text: str, note: str
) -> ScoreRow:
    return ScoreRow(
        origin="published",
        model=model.model,
        experiment="",
        variant="",
        profile="",
        seed=None,
        n_seeds=1,
        parameters=model.parameters,
        task=source.task,
        task_version="",
        language=language,
        metric=source.metric,
        higher_is_better=True,
        value=float(Decimal(text) / 100),
        standard_error=None,
        low=None,
        high=None,
        n=None,
        protocol=source.protocol,
        judge=source.judge,
        baseline=source.baseline,
        note=note,
        source=source.place,
        run="",
    )
