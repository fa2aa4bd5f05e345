"""Scores as tidy rows: one for each model, task, language and metric, whatever it came from.

The ranking, the frames and the paper's main table are made of these rows. A row says under which
conditions its number was measured (`setting`), as only numbers of the same setting share a ranking.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from leaderboard.collection import Collection, StoredJudged, StoredReport, StoredRun
from leaderboard.metric_kinds import is_bpb
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH, RunRecord, ScoreCell
from tasks.judging.win_rate import WinRate

AVERAGES: Final = (NON_ENGLISH, ALL_LANGUAGES)

WIN_RATE: Final = "win_rate"
"""The metric of judged comparisons: the share of questions won against a baseline, ties half."""

LENGTH_CONTROLLED: Final = "win_rate_length_controlled"

Setting: TypeAlias = tuple[str, str, str, str, str, str]
"""Task, its version, metric, protocol, judge and baseline; the last two are "" without a judge."""


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """One score, and what it is the score of.

    `origin`: `own` was measured here, `published` comes from a paper or a README, `imported` from
    the files of another harness. `run` is the key of a stored run, or "" for a number over several
    seeds (whose `seed` is None and `n_seeds` more than 1) and for published ones. Accuracies, win
    rates and their bounds run from 0 to 1; `bpb` metrics are bits per UTF-8 byte.
    `standard_error`, `low` and `high` (a 95 % interval) are None where nothing says them, as for
    every published number. `n` counts the scored problems, None if it is not known. `parameters`
    counts the model's. `profile` is the scale: that of an experiment, `limit-16` for the first 16
    problems of each language, "" for whole benchmarks. `source` is where the number stands: a file,
    or a page and its table; `record` is the key of the record or report that has it, "" for
    published ones. `runs` are the keys of the runs behind the number. `over` are the languages of a
    stated average, none for a single language.
    """

    origin: Literal["own", "published", "imported"]
    model: str
    experiment: str
    variant: str
    profile: str
    seed: int | None
    n_seeds: int
    parameters: int | None
    task: str
    task_version: str
    language: str
    metric: str
    higher_is_better: bool
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    n: int | None
    protocol: str
    judge: str
    baseline: str
    note: str
    source: str
    run: str
    record: str = ""
    runs: tuple[str, ...] = ()
    over: tuple[str, ...] = ()

    @property
    def setting(self) -> Setting:
        """What must be equal between two rows that are ranked together."""
        version = self.task_version if self.origin != "published" else ""
        return (self.task, version, self.metric, self.protocol, self.judge, self.baseline)


def run_rows(run: StoredRun) -> Iterator[ScoreRow]:
    """The scores of one run, in the order of its cells."""
    over = _averaged(run.record.cells)
    for cell in run.record.cells:
        row = _cell_row(cell, run.record, source=run.name, runs=(run,), over=over)
        yield msgspec.structs.replace(row, record=run.key)


def report_rows(stored: StoredReport, collection: Collection) -> Iterator[ScoreRow]:
    """The scores of an experiment's variants, each over all its seeds.

    Protocols and versions are those of the variant's records, of which there must be one; records
    that the report does not name (of seeds that an earlier one had) are none of its own.
    """
    report = stored.report
    by_variant: dict[str, list[StoredRun]] = {}
    for run in collection.runs_of(stored):
        if run.role == "run":
            by_variant.setdefault(run.record.variant or "", []).append(run)
    over = {
        variant: _averaged(score.cell for score in report.scores if score.variant == variant)
        for variant in by_variant
    }
    for score in report.scores:
        if found := by_variant.get(score.variant):
            row = _cell_row(
                score.cell,
                found[0].record,
                source=stored.name,
                runs=tuple(found),
                over=over[score.variant],
            )
            yield msgspec.structs.replace(
                row,
                model=f"{stored.name}/{score.variant}",
                seed=None,
                n_seeds=len(report.seeds),
                record=stored.key,
            )


def _averaged(cells: Iterable[ScoreCell]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The languages of a task and metric, which an average among the cells is over."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for cell in cells:
        if cell.language not in AVERAGES:
            key = (cell.task, cell.metric)
            found[key] = (*found.get(key, ()), cell.language)
    return found


def _over(language: str, singles: Iterable[str]) -> tuple[str, ...]:
    """The languages of a stated average; none for a single language."""
    if language == NON_ENGLISH:
        return tuple(x for x in singles if x != "en")
    return tuple(singles) if language == ALL_LANGUAGES else ()


def _scale(record: RunRecord, cell: ScoreCell) -> str:
    """The profile, or how many problems of each language a model by itself was asked."""
    if record.profile or record.imported is not None:
        return record.profile or ""
    runs = record.config.get("runs")
    for run in runs if isinstance(runs, list) else ():
        if isinstance(run, dict) and run.get("task") == cell.task:
            limit = run.get("likelihood" if is_bpb(cell.metric) else "generate")
            return "" if limit is None else f"limit-{limit}"
    return ""


def judged_rows(stored: StoredJudged) -> Iterator[ScoreRow]:
    """The win rates of a judged comparison by language; of its views only the whole benchmark.

    The localized subset of OMGEval is a task of its own, `TASK_localized` for the view `localized`.
    """
    report = stored.report
    for language, views in report.scores.items():
        for view, rate in views.items():
            task = report.task if view == "full" else f"{report.task}_{view}"
            void = "void: too few readable verdicts" if language in report.void else ""
            yield _judged_row(stored, task, language, rate, void)
            if rate.length_controlled is not None:
                yield _length_controlled_row(stored, task, language, rate, void)


def _cell_row(
    cell: ScoreCell,
    record: RunRecord,
    *,
    source: str,
    runs: tuple[StoredRun, ...],
    over: Mapping[tuple[str, str], tuple[str, ...]],
) -> ScoreRow:
    interval = cell.interval
    return ScoreRow(
        origin="own" if record.imported is None else "imported",
        model=record.model,
        experiment=record.experiment or "",
        variant=record.variant or "",
        profile=_scale(record, cell),
        seed=record.seed,
        n_seeds=1,
        parameters=record.parameters,
        task=cell.task,
        task_version=record.task_versions.get(cell.task, ""),
        language=cell.language,
        metric=cell.metric,
        higher_is_better=cell.higher_is_better,
        value=cell.value,
        standard_error=cell.standard_error,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=None if cell.note == "n unknown" else cell.n,
        protocol=record.protocols.get(cell.task, ""),
        judge="",
        baseline="",
        note=cell.note,
        source=source,
        run=runs[0].key if len(runs) == 1 else "",
        runs=tuple(run.key for run in runs),
        over=_over(cell.language, over.get((cell.task, cell.metric), ())),
    )


def _judged_row(
    stored: StoredJudged, task: str, language: str, rate: WinRate, note: str
) -> ScoreRow:
    report = stored.report
    error = rate.standard_error
    spread = None if rate.value is None or error is None else 1.96 * error
    return ScoreRow(
        origin="own",
        model=report.model,
        experiment="",
        variant="",
        profile="" if report.limit is None else f"limit-{report.limit}",
        seed=None,
        n_seeds=1,
        parameters=None,
        task=task,
        task_version="",
        language=language,
        metric=WIN_RATE,
        higher_is_better=True,
        value=rate.value,
        standard_error=error,
        low=None if rate.value is None or spread is None else max(0.0, rate.value - spread),
        high=None if rate.value is None or spread is None else min(1.0, rate.value + spread),
        n=rate.n,
        protocol=report.protocol,
        judge=report.judge,
        baseline=report.baseline,
        note=note,
        source=stored.name,
        run="",
        record=stored.key,
        over=_over(language, (x for x in report.scores if x not in AVERAGES)),
    )


def _length_controlled_row(
    stored: StoredJudged, task: str, language: str, rate: WinRate, note: str
) -> ScoreRow:
    low, high = rate.length_interval or (None, None)
    row = _judged_row(stored, task, language, rate, note)
    return msgspec.structs.replace(
        row,
        metric=LENGTH_CONTROLLED,
        value=rate.length_controlled,
        standard_error=None,
        low=low,
        high=high,
    )


def all_rows(collection: Collection) -> list[ScoreRow]:
    """The scores of every run (not of noise floors and checkpoints) and judged comparison."""
    runs = [run for run in collection.runs if run.role == "run"]
    rows = [row for run in runs for row in run_rows(run)]
    return rows + [row for one in collection.judged for row in judged_rows(one)]
