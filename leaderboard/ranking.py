"""Rankings: models that were measured under the same setting, best first.

A ranking holds the numbers of one task, version, metric, protocol, judge and baseline, and of one
profile, as scales never mix. Own, imported and published numbers share one exactly where all of
these match; a protocol that nobody states (`UNKNOWN`) matches nothing but itself in one source.
"""

from collections.abc import Collection as Sized
from collections.abc import Iterable, Sequence
from statistics import fmean, geometric_mean
from typing import Final, Literal, TypeAlias

import msgspec

from leaderboard.collection import Collection
from leaderboard.metric_kinds import is_averaged, is_bpb
from leaderboard.notebook_view import NotebookView
from leaderboard.published.printed_scores import published_rows
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH
from leaderboard.score_rows import AVERAGES, ScoreRow, judged_rows, report_rows, run_rows

UNKNOWN: Final = "unknown"
"""The protocol of a number whose source does not state it."""

FULL_SCALE: Final = ("", "paper-released", "paper-lm")
"""Profiles that evaluate models of any size on whole benchmarks, as what is published does."""


_Group: TypeAlias = tuple[str, ...]


class RankedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model in a ranking: `place` from 1, None without a number to rank by; its rows by language.

    `by_language` has the averages `NON_ENGLISH` and `ALL_LANGUAGES` where the model was measured
    in every language of the ranking. Equal numbers share a place.
    """

    place: int | None
    origin: Literal["own", "published", "imported"]
    model: str
    by_language: dict[str, ScoreRow]

    @property
    def first(self) -> ScoreRow:
        """Any of its rows, for what is equal in all: source, runs, profile, parameters, seeds."""
        return next(iter(self.by_language.values()))


class Ranking(NotebookView, msgspec.Struct, frozen=True, kw_only=True):
    """The models of one setting, best first by `ranked_by`; languages are averages, English, rest.

    `profile` is "" at full scale (`FULL_SCALE`).
    """

    task: str
    task_version: str
    metric: str
    protocol: str
    judge: str
    baseline: str
    profile: str
    higher_is_better: bool
    ranked_by: str
    languages: tuple[str, ...]
    models: tuple[RankedModel, ...]


def ranked_rows(collection: Collection, *, published: bool = True) -> list[ScoreRow]:
    """The rows of everything that is ranked: variants over their seeds, and models by themselves.

    A run that a report averages over seeds is no row of its own. Published scores come last, and
    not at all without `published`.
    """
    rows = [row for report in collection.reports for row in report_rows(report, collection)]
    covered = {key for row in rows for key in row.runs}
    for run in collection.runs:
        if run.role == "run" and run.key not in covered:
            rows += run_rows(run)
    rows += [row for one in collection.judged for row in judged_rows(one)]
    return rows + list(published_rows() if published else ())


def rankings(rows: Iterable[ScoreRow]) -> list[Ranking]:
    """Every ranking of these rows, by task, metric, profile and setting.

    Filter the rows before, and averages are over what is left.
    """
    groups: dict[_Group, list[ScoreRow]] = {}
    for row in rows:
        profile = "" if row.profile in FULL_SCALE else row.profile
        unstated = row.source if row.protocol == UNKNOWN else ""
        groups.setdefault((*row.setting, profile, unstated), []).append(row)
    found = [
        _ranking(members, key[6]) for key, group in groups.items() for members in _comparable(group)
    ]
    return sorted(found, key=lambda one: (one.task, one.metric, one.profile, one.protocol))


def _who(row: ScoreRow) -> _Group:
    """What a row is the score of: the same name in two reports is of two models."""
    return (row.origin, row.model, row.source, row.record or row.run)


def _comparable(rows: Sequence[ScoreRow]) -> list[list[ScoreRow]]:
    """The rows of a setting; a model of which only averages are left stands by their languages."""
    whole = {_who(row) for row in rows if row.language not in AVERAGES}
    over: dict[_Group, set[str]] = {}
    for row in rows:
        over.setdefault(_who(row), set()).update(row.over)
    groups: dict[_Group, list[ScoreRow]] = {}
    for row in rows:
        who = _who(row)
        groups.setdefault(() if who in whole else ("", *sorted(over[who])), []).append(row)
    return list(groups.values())


def _ranking(rows: Sequence[ScoreRow], profile: str) -> Ranking:
    asked = {row.language for row in rows} - set(AVERAGES)
    # Where only averages are left, all are over the same languages.
    single = _ordered(asked or {language for row in rows for language in row.over})
    by_model: dict[_Group, dict[str, ScoreRow]] = {}
    for row in rows:
        by_model.setdefault(_who(row), {})[row.language] = row
    for measured in by_model.values():
        _set_averages(measured, single)
    shown = {language for measured in by_model.values() for language in measured}
    languages = tuple(x for x in (*AVERAGES, *single) if x in shown)
    first = rows[0]
    ranked_by = languages[0]
    models = [
        RankedModel(place=None, origin=rows[0].origin, model=rows[0].model, by_language=measured)
        for measured in by_model.values()
        if (rows := list(measured.values()))
    ]
    return Ranking(
        task=first.task,
        task_version=first.task_version,
        metric=first.metric,
        protocol=first.protocol,
        judge=first.judge,
        baseline=first.baseline,
        profile=profile,
        higher_is_better=first.higher_is_better,
        ranked_by=ranked_by,
        languages=languages,
        models=_placed(models, ranked_by, first.higher_is_better),
    )


def _ordered(languages: Sized[str]) -> list[str]:
    """English first, then by code."""
    return sorted(languages, key=lambda language: (language != "en", language))


def _set_averages(measured: dict[str, ScoreRow], single: Sequence[str]) -> None:
    """Leave a model the averages over the languages of its ranking, stated or found.

    A stated one over other languages goes, as it compares with none beside it. One that is found
    has no interval: the same problems stand in every language, so that the error of a mean does not
    follow from those of its parts; only what counts problems (a report) states one.
    `n` counts problems, so it is that of the languages, and None where they have unequal ones.
    """
    for name, members in (
        (NON_ENGLISH, [x for x in single if x != "en"]),
        (ALL_LANGUAGES, list(single)),
    ):
        if name in measured and set(measured[name].over) == set(members):
            continue
        measured.pop(name, None)
        rows = [measured[x] for x in members if x in measured]
        values = [row.value for row in rows if row.value is not None]
        if len(members) < 2 or len(values) < len(members) or not is_averaged(rows[0].metric):
            continue
        measured[name] = msgspec.structs.replace(
            rows[0],
            language=name,
            value=_mean(values, rows[0].metric),
            standard_error=None,
            low=None,
            high=None,
            n=rows[0].n if len({row.n for row in rows}) == 1 else None,
            note="",
            over=tuple(members),
        )


def _mean(values: Sequence[float], metric: str) -> float:
    """The mean; of bits per byte the geometric one, as in reports, since ratios are compared."""
    if is_bpb(metric) and min(values) > 0:
        return geometric_mean(values)
    return fmean(values)


def _placed(
    models: Sequence[RankedModel], language: str, higher_is_better: bool
) -> tuple[RankedModel, ...]:
    def value(model: RankedModel) -> float | None:
        row = model.by_language.get(language)
        return None if row is None else row.value

    sign = -1.0 if higher_is_better else 1.0
    ordered = sorted(models, key=lambda one: (_last_if_none(value(one), sign), one.model))
    placed: list[RankedModel] = []
    for number, model in enumerate(ordered, start=1):
        own = value(model)
        same = bool(placed) and own is not None and value(placed[-1]) == own
        place = placed[-1].place if same else number
        placed.append(msgspec.structs.replace(model, place=None if own is None else place))
    return tuple(placed)


def _last_if_none(value: float | None, sign: float) -> tuple[bool, float]:
    return (True, 0.0) if value is None else (False, sign * value)


def best_two(values: Sequence[float | None], higher_is_better: bool) -> tuple[set[int], set[int]]:
    """The positions of the best values and of the second best; ties share, missing ones are out.

    A value alone is the best of nothing, and neither is marked.
    """
    if sum(value is not None for value in values) < 2:
        return set(), set()
    known = sorted({v for v in values if v is not None}, reverse=higher_is_better)
    places = [{i for i, v in enumerate(values) if v == rank} for rank in known[:2]]
    return (*places, set(), set())[0], (*places, set(), set())[1]
