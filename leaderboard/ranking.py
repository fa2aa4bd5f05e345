"""Rankings: models that were measured under the same setting, best first.

A ranking holds the numbers of one task, version, metric, protocol, judge and baseline, and of one
profile, as scales never mix. Own, imported and published numbers share one exactly where all of
these match; a protocol that nobody states (`UNKNOWN`) matches nothing but itself in one source.
"""

from collections.abc import Collection as Sized
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from leaderboard.collection import Collection
from leaderboard.notebook_view import NotebookView
from leaderboard.published.printed_scores import published_rows
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH
from leaderboard.score_rows import ScoreRow, judged_rows, report_rows, run_rows

UNKNOWN: Final = "unknown"
"""The protocol of a number whose source does not state it."""

FULL_SCALE: Final = ("", "paper-released", "paper-lm")
"""Profiles that evaluate models of any size on whole benchmarks, as what is published does."""

AVERAGES: Final = (NON_ENGLISH, ALL_LANGUAGES)


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
    groups: dict[tuple[str, ...], list[ScoreRow]] = {}
    for row in rows:
        profile = "" if row.profile in FULL_SCALE else row.profile
        unstated = row.source if row.protocol == UNKNOWN else ""
        groups.setdefault((*row.setting, profile, unstated), []).append(row)
    found = [_ranking(members, key[6]) for key, members in groups.items()]
    return sorted(found, key=lambda one: (one.task, one.metric, one.profile, one.protocol))


def _ranking(rows: Sequence[ScoreRow], profile: str) -> Ranking:
    single = _ordered({row.language for row in rows} - set(AVERAGES))
    by_model: dict[tuple[str, str, str, str], dict[str, ScoreRow]] = {}
    for row in rows:
        who = (row.origin, row.model, row.source, row.run)
        by_model.setdefault(who, {})[row.language] = row
    for measured in by_model.values():
        measured |= _averages(measured, single)
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


def _averages(measured: dict[str, ScoreRow], single: Sequence[str]) -> dict[str, ScoreRow]:
    """The averages that a model lacks and has every language for, without an interval.

    The same problems stand in every language, so that the error of a mean does not follow from
    those of its parts: only what counts problems (a report) states one.
    """
    found = {}
    for name, members in (
        (NON_ENGLISH, [x for x in single if x != "en"]),
        (ALL_LANGUAGES, list(single)),
    ):
        rows = [measured[x] for x in members if x in measured]
        values = [row.value for row in rows if row.value is not None]
        if name in measured or len(values) < len(members) or len(members) < 2:
            continue
        found[name] = msgspec.structs.replace(
            rows[0],
            language=name,
            value=sum(values) / len(values),
            standard_error=None,
            low=None,
            high=None,
            n=None if any(row.n is None for row in rows) else sum(row.n or 0 for row in rows),
            note="",
        )
    return found


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
    """The positions of the best values and of the second best; ties share, missing ones are out."""
    known = sorted({v for v in values if v is not None}, reverse=higher_is_better)
    places = [{i for i, v in enumerate(values) if v == rank} for rank in known[:2]]
    return (*places, set(), set())[0], (*places, set(), set())[1]
