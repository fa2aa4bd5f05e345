"""The main results: models by language, as the paper prints them, best and second best marked."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from leaderboard.collection import StoredRun
from leaderboard.paper.footnotes import published_footnote, score_footnote
from leaderboard.paper.paper_parts import FileNames, PaperOptions, PaperSection, PaperTable
from leaderboard.published.printed_scores import mean_of_row, remarks
from leaderboard.ranking import UNKNOWN, RankedModel, Ranking, best_two
from leaderboard.ranking_tables import unit_text
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH, Interval
from leaderboard.score_rows import ScoreRow
from leaderboard.table import (
    Cell,
    Column,
    Raw,
    Table,
    TableRow,
    interval_bounds,
    interval_text,
    is_share,
    label_cells,
    score_text,
)

MAIN_TASKS: Final = ("omgeval", "mgsm", "humaneval")
"""The benchmarks of the paper's main tables, in its order."""

PUBLISHED: Final = "†"
AS_PRINTED: Final = "‡"

_PAPER_ORDER: Final = ("en", "zh", "es", "ru", "fr")
_PARTS: Final = ("bpb_digits", "bpb_prose")
"""Metrics that are parts of another one, and stand only in the tables of an experiment."""


def result_sections(
    rankings: Sequence[Ranking],
    runs: Mapping[str, StoredRun],
    options: PaperOptions,
    names: FileNames,
) -> list[PaperSection]:
    """The main tables, and those of other benchmarks; `runs` are by key."""
    groups: dict[tuple[str, str, str], list[Ranking]] = {}
    for one in rankings:
        if one.metric not in _PARTS:
            groups.setdefault((one.task, one.profile, one.metric), []).append(one)
    main: list[PaperTable] = []
    other: list[PaperTable] = []
    for key in sorted(groups, key=_place):
        table = results_for(groups[key], runs, options)
        part = PaperTable(name=names("results", *filter(None, key)), table=table)
        (main if key[0] in MAIN_TASKS else other).append(part)
    missing = [
        f"scores of {task} measured here"
        for task in MAIN_TASKS
        if not any(one.task == task and _own(one) for one in rankings)
    ]
    return [
        PaperSection(title="Main results", parts=tuple(main), missing=tuple(missing)),
        PaperSection(title="Other benchmarks", parts=tuple(other)),
    ]


def _place(key: tuple[str, str, str]) -> tuple[int, tuple[str, str, str]]:
    task = key[0]
    return (MAIN_TASKS.index(task) if task in MAIN_TASKS else len(MAIN_TASKS), key)


def _own(ranking: Ranking) -> bool:
    return any(model.origin != "published" for model in ranking.models)


def results_for(
    rankings: Sequence[Ranking], runs: Mapping[str, StoredRun], options: PaperOptions
) -> Table:
    """One task, metric and profile: a block of rows for each setting, its models best first.

    The best and the second best of each column are marked within a block, as numbers of different
    settings do not compare.
    """
    first = rankings[0]
    single = _languages(rankings)
    shown = [*single, *([ALL_LANGUAGES] if len(single) > 1 else [])]
    labels = [setting_label(one) for one in rankings]
    several = len(rankings) > 1
    rows: list[TableRow] = []
    notes: list[str] = []
    for ranking, label in zip(rankings, labels, strict=True):
        marks = _marks(ranking, shown)
        above: tuple[str, ...] | None = None
        for place, model in enumerate(ranking.models):
            cells = [
                _score(
                    model.by_language.get(language),
                    marks.get((place, language), ""),
                    with_interval=options.intervals,
                )
                for language in shown
            ]
            head = label_cells((label,), above) if several else ()
            rows.append(
                TableRow(
                    cells=(*head, Cell(text=_name(model)), *cells),
                    section=bool(rows) and above is None,
                )
            )
            above = (label,)
        notes += _notes(ranking, runs, options)
    unit = unit_text(first)
    profile = f", profile {first.profile}" if first.profile else ""
    setting = "" if several else f" Setting: {labels[0]}."
    compared = " Numbers of different settings do not compare." if several else ""
    return Table(
        title=f"{first.task}, {first.metric} ({'%' if unit == 'percent' else unit}){profile}",
        columns=(
            *((Column(name="Setting", wrap=True),) if several else ()),
            Column(name="Model", wrap=True),
            *(Column(name=_heading(language), align="right") for language in shown),
        ),
        rows=tuple(rows),
        caption="Bold: the best of a column in its setting; underlined: the second best."
        f"{setting}{compared}",
        notes=tuple(dict.fromkeys(notes)),
    )


def setting_label(ranking: Ranking) -> str:
    """Under which conditions the numbers of a ranking were measured."""
    if ranking.protocol == UNKNOWN:
        told = "protocol, judge and baseline" if ranking.judge else "protocol"
        return f"{ranking.models[0].origin}, {told} unknown"
    parts = [ranking.protocol or "no protocol stated"]
    if ranking.task_version:
        parts.append(f"version {ranking.task_version}")
    if ranking.judge:
        parts.append(f"judged by {ranking.judge} against {ranking.baseline}")
    return ", ".join(parts)


def _languages(rankings: Sequence[Ranking]) -> list[str]:
    """The languages in the paper's order, others by code."""
    averages = (NON_ENGLISH, ALL_LANGUAGES)
    found = {language for one in rankings for language in one.languages} - set(averages)
    return sorted(found, key=lambda x: (_PAPER_ORDER.index(x) if x in _PAPER_ORDER else 9, x))


def _heading(language: str) -> str:
    return "Avg" if language == ALL_LANGUAGES else language.capitalize()


def _marks(
    ranking: Ranking, languages: Sequence[str]
) -> dict[tuple[int, str], Literal["strong", "second"]]:
    """Which places of a block are best and second best, by language."""
    found: dict[tuple[int, str], Literal["strong", "second"]] = {}
    for language in languages:
        values = [
            row.value if (row := model.by_language.get(language)) else None
            for model in ranking.models
        ]
        best, second = best_two(values, ranking.higher_is_better)
        found |= {(place, language): "strong" for place in best}
        found |= {(place, language): "second" for place in second}
    return found


def _score(
    row: ScoreRow | None, mark: Literal["", "strong", "second"], *, with_interval: bool
) -> Cell:
    if row is None:
        return Cell(text="")
    parts = [score_text(row.value, row.higher_is_better)]
    beside: tuple[tuple[str, Raw], ...] = ()
    if row.note in ("floor", "ceiling"):
        parts.append(row.note)
    elif with_interval and row.low is not None and row.high is not None:
        interval = Interval(low=row.low, high=row.high)
        parts.append(interval_text(interval, row.higher_is_better and is_share(row.value)))
        beside = interval_bounds(interval)
    if _is_doubtful(row):
        parts.append(AS_PRINTED)
    return Cell(text=" ".join(parts), raw=row.value, emphasis=mark, beside=beside)


def _is_doubtful(row: ScoreRow) -> bool:
    """Whether a printed average does not follow from its row."""
    return row.origin == "published" and bool(mean_of_row(row))


def _name(model: RankedModel) -> str:
    return f"{model.model} {PUBLISHED}" if model.origin == "published" else model.model


def _notes(ranking: Ranking, runs: Mapping[str, StoredRun], options: PaperOptions) -> list[str]:
    """The sources of published scores, what is to be said of single rows, and footnotes."""
    published = [model for model in ranking.models if model.origin == "published"]
    notes = []
    if published:
        sources = (model.first.source for model in published)
        notes.append(published_footnote(PUBLISHED, sources, ranking.protocol))
    averages = [row for model in published if (row := model.by_language.get(ALL_LANGUAGES))]
    if doubtful := [row for row in averages if _is_doubtful(row)]:
        means = ", ".join(f"{row.model} {mean_of_row(row)}" for row in doubtful)
        notes.append(f"{AS_PRINTED} as printed, but the mean of its row is another: {means}")
    notes += [f"{row.model}: {said}" for row in averages if (said := remarks(row))]
    if options.footnotes:
        notes += [
            score_footnote(model.model, list(_singles(model)), runs)
            for model in ranking.models
            if model.origin != "published"
        ]
    return notes


def _singles(model: RankedModel) -> list[ScoreRow]:
    averages = (NON_ENGLISH, ALL_LANGUAGES)
    single = [row for name, row in model.by_language.items() if name not in averages]
    return single or [model.first]
