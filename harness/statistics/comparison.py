"""Variant against reference: the paired effects of an experiment, or of trained models.

An experiment asks about *recipes*: its seeds are a sample of the trainings that a recipe could
give, and with fewer than three there is no verdict. Asked about *models*, the runs are the models
themselves, and only problems are a sample: one run a side is enough.

A positive effect is better. Cells are per language. The primary endpoint of a task is the
benchmark's primary metric, averaged over the non-English languages within each problem first. A
language that a run lacks is in no effect: the primary endpoint then has no verdict, and
`harness.statistics.left_out` names the language.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from enum import Enum
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from harness.statistics import verdict
from harness.statistics.cells import Stacked, score_cell, score_estimate, stack
from harness.statistics.clusters import merged
from harness.statistics.estimators import (
    holm_tested,
    one_sided,
    oriented,
    paired_log_ratio,
    paired_mean,
)
from harness.statistics.measured import MeasuredTask, Values
from harness.statistics.policy import NO_POLICY, Policy
from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.sequential import at_look
from harness.statistics.verdict import Margins, Verdict
from leaderboard.estimate import Estimate
from leaderboard.metric_kinds import is_averaged, is_bpb
from leaderboard.records import NON_ENGLISH, Effect, Interval, ScoreCell
from tasks import registry

_UNITS: Final[dict[str, Literal["points", "log-ratio", "score"]]] = {
    "accuracy": "points",
    "bpb": "log-ratio",
    "score": "score",
}


class About(Enum):
    """What an effect is about: what a recipe gives with any seed, or the models that there are."""

    RECIPES = "recipes"
    MODELS = "models"


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: a variant and its runs, one per seed slot, in slot order."""

    name: str
    runs: tuple[tuple[MeasuredTask, ...], ...]

    def found(self, task: str, language: str, metric: str) -> list[MeasuredTask]:
        """One metric, from the runs that have it."""
        return [
            m
            for run in self.runs
            for m in run
            if (m.task, m.language, m.metric) == (task, language, metric)
        ]

    def of(self, task: str, metric: str) -> list[MeasuredTask]:
        """One metric in every run and language."""
        return [m for run in self.runs for m in run if (m.task, m.metric) == (task, metric)]

    def find(self, task: str, language: str, metric: str) -> list[Values] | None:
        """Each run's values of one metric; None if a run lacks it."""
        found = self.found(task, language, metric)
        return [m.values for m in found] if len(found) == len(self.runs) else None

    def languages(self, task: str, metric: str) -> list[str]:
        """The languages that any run has for a metric, in the order of the runs."""
        return list(dict.fromkeys(m.language for m in self.of(task, metric)))


def effects(
    variant: Side,
    reference: Side,
    margins: Margins,
    *,
    verdicts: bool = True,
    about: About = About.RECIPES,
    policy: Policy = NO_POLICY,
    tail: float = UPPER_TAIL,
) -> list[Effect]:
    """Effects for all cells that both sides have, by language, with each primary endpoint last.

    If `verdicts` is false, every verdict is "no margin" and no interval is given. Where `policy`
    has a margin, it holds in place of those in `margins`. `tail` is the quantile of the intervals
    at one of several looks (`harness.statistics.sequential`); p-values allow for the others too.
    """
    result: list[Effect] = []
    for task, metric in shared_metrics(variant, reference):
        languages = any_languages(variant, reference, task, metric)
        cell = _Cells(variant, reference, task, metric, margins, about, policy, tail).effect
        cells = {language: cell((language,), language) for language in languages}
        rows = _with_holm([effect for effect in cells.values() if effect is not None])
        asked = verdict.primary_languages(languages)
        others = tuple(language for language in asked if cells[language] is not None)
        if others and len(languages) > 1 and is_averaged(metric):
            average = cell(others, NON_ENGLISH)
            if average is not None:
                whole = others == asked
                rows.append(average if whole else _incomplete(average, asked, others))
        result += rows
    return result if verdicts else [_without_verdict(effect) for effect in result]


def average_effect(
    variant: Side,
    reference: Side,
    metric: tuple[str, str],
    margins: Margins,
    languages: Sequence[str],
    label: str,
    *,
    verdicts: bool = True,
) -> Effect | None:
    """The effect on `metric` (task and metric), averaged over `languages` within each problem.

    `label` stands for the language; None if a run lacks one of the languages.
    """
    found = _Cells(variant, reference, *metric, margins, About.RECIPES).effect(languages, label)
    return found if found is None or verdicts else _without_verdict(found)


def shared_metrics(variant: Side, reference: Side) -> list[tuple[str, str]]:
    """Task and metric of everything that some run of each side has."""
    both = [
        {(m.task, m.metric): None for run in side.runs for m in run}
        for side in (reference, variant)
    ]
    return [key for key in both[0] if key in both[1]]


def is_primary(measured: MeasuredTask, sides: Sequence[Side]) -> bool:
    """Whether this is the metric that decides on its task: for tasks from outside, the first."""
    if not measured.outside:
        return registry.get(measured.task).primary_metric == measured.metric
    metrics = [metric for task, metric in shared_metrics(*sides) if task == measured.task]
    return metrics[0] == measured.metric


def any_languages(variant: Side, reference: Side, task: str, metric: str) -> list[str]:
    """The languages that any run of either side has, the reference's first."""
    found = (*reference.languages(task, metric), *variant.languages(task, metric))
    return list(dict.fromkeys(found))


class _Cells(NamedTuple):
    """What all cells of one task and metric share."""

    variant: Side
    reference: Side
    task: str
    metric: str
    margins: Margins
    about: About
    policy: Policy = NO_POLICY
    tail: float = UPPER_TAIL

    def effect(self, languages: Sequence[str], label: str) -> Effect | None:
        """The effect averaged over `languages` within each problem; `label` names them."""
        variant, reference, task, metric, margins, about, policy, tail = self
        arrays = stacked_scores((variant, reference), task, languages, metric)
        if arrays is None:
            return None
        (first, second), index = arrays
        behind = [*variant.of(task, metric), *reference.of(task, metric)]
        bpb = is_bpb(metric)
        shares = not bpb and all(m.is_share for m in behind)
        better = behind[0].higher_is_better
        runs = len(first)
        state = verdict.bound_state(first[..., 0], second[..., 0]) if shares else None
        scores = [score_estimate(array, metric, index) for array in (first, second)]
        if about is About.MODELS:  # these are all of them: only problems are a sample
            first, second = (array.mean(axis=0, keepdims=True) for array in (first, second))
        if bpb:
            raw = paired_log_ratio(
                first[..., 0], second[..., 0], second[0, ..., 1], index, tail=tail
            )
        else:
            raw = paired_mean(first[..., 0], second[..., 0], index, shares=shares, tail=tail)
        scale = "bpb" if bpb else "accuracy" if shares else "score"
        primary = is_primary(behind[0], (variant, reference))
        decides = policy.decides(task, metric, primary=primary)
        margin = policy.margin_of(task, label, scale, decides=decides)
        margin = margins.for_metric(scale) if margin is None else margin
        least = 1 if about is About.MODELS else verdict.MIN_SEEDS
        found = verdict.compare(
            raw,
            margin,
            better,
            state=state,
            reference_score=scores[1].value if shares and better else None,
            min_seeds=least,
        )
        shown = oriented(raw, better)
        # One run at the floor says as little about other runs as any other score of it.
        decided = raw.n_seeds >= least
        left_out = _left_out(variant, reference, task, languages, metric, raw.n_problems)
        return Effect(
            task=task,
            language=label,
            metric=metric,
            variant=variant.name,
            reference=reference.name,
            primary=label == NON_ENGLISH and primary,
            n_problems=raw.n_problems,
            n_clusters=raw.n_clusters,
            n_left_out=left_out,
            n_seeds=runs,
            variant_value=scores[0].value,
            reference_value=scores[1].value,
            variant_interval=_interval(scores[0]),
            reference_interval=_interval(scores[1]),
            effect=shown.value,
            low=shown.low if decided else None,
            high=shown.high if decided else None,
            p_value=at_look(found.p_value, tail) if decided and state is None else None,
            p_holm=None,
            margin=margin,
            smallest_detectable=_finite(found.smallest_detectable) if decided else None,
            power=found.power if decided else None,
            verdict=found.verdict.value,
            unit=_UNITS[scale],
            note=f"{left_out} problems not scored on both sides" if left_out else "",
        )


def _incomplete(average: Effect, asked: Sequence[str], others: Sequence[str]) -> Effect:
    """An average without all of its languages: another endpoint, on which nothing was fixed."""
    missing = ", ".join(language for language in asked if language not in others)
    note = "; ".join(filter(None, (f"without {missing}", average.note)))
    return msgspec.structs.replace(
        _without_verdict(average), verdict=Verdict.MISSING_LANGUAGE.value, note=note
    )


def average_cells(side: Side) -> list[ScoreCell]:
    """The score of every metric, averaged over the non-English languages within each problem.

    Languages that a run lacks, or of which no problem was scored, are in no average. One such
    language beside English has an average too, as in `effects`.
    """
    cells = []
    for task, metric in shared_metrics(side, side):
        if not is_averaged(metric):
            continue
        every = side.languages(task, metric)
        languages = [
            language
            for language in verdict.primary_languages(every)
            if stacked_scores((side,), task, (language,), metric) is not None
        ]
        asked = bool(languages) and len(every) > 1
        arrays = stacked_scores((side,), task, languages, metric) if asked else None
        if arrays is None:
            continue
        array = arrays.groups[0]
        found = score_estimate(array, metric, arrays.clusters)
        behind = [m for m in side.of(task, metric) if m.language in languages]
        outcomes = sum((Counter(m.outcomes) for m in behind), Counter[str]())
        shares = all(m.is_share for m in behind)
        values = set(np.unique(array[..., 0])) if shares else set()
        cells.append(
            ScoreCell(
                task=task,
                language=NON_ENGLISH,
                metric=metric,
                higher_is_better=behind[0].higher_is_better,
                n=found.n_problems,
                n_clusters=found.n_clusters,
                value=found.value,
                standard_error=found.standard_error,
                interval=_interval(found),
                outcomes=dict(outcomes),
                samples=outcomes.total(),
                sample_file="",
                note="floor" if values == {0.0} else "ceiling" if values == {1.0} else "",
            )
        )
    return cells


def pooled_cells(side: Side) -> list[ScoreCell]:
    """One cell per metric and language over all seeds that have it."""
    keys = dict.fromkeys((m.task, m.language, m.metric) for run in side.runs for m in run)
    return [score_cell(side.found(*key), key[1]) for key in keys]


def stacked_scores(
    sides: Sequence[Side],
    task: str,
    languages: Sequence[str],
    metric: str,
    only: Collection[str] | None = None,
) -> Stacked | None:
    """The scores of each side over the problems that all have, of those in `only` if given.

    [seed, problem, field], or [seed, problem, language, field] for several languages. None if a run
    lacks a language, or fewer than two clusters are left.
    """
    slots = min(len(side.runs) for side in sides)
    groups: list[list[Values]] = []
    for side in sides:
        for language in languages:
            found = side.find(task, language, metric)
            if found is None:
                return None
            groups.append([_only(values, only) for values in found[:slots]])
    if not groups or not slots:
        return None
    behind = [m for side in sides for run in side.runs for m in run if m.task == task]
    clusters = merged(m.clusters for m in behind if m.language in languages)
    stacked = stack(groups, clusters)
    if stacked is None or len(languages) == 1:
        return stacked
    starts = range(0, len(groups), len(languages))
    joined = [np.stack(stacked.groups[i : i + len(languages)], axis=2) for i in starts]
    return Stacked(joined, stacked.clusters)


def _only(values: Values, names: Collection[str] | None) -> Values:
    return values if names is None else {k: v for k, v in values.items() if k in names}


def _interval(estimate: Estimate) -> Interval | None:
    return Interval(low=estimate.low, high=estimate.high)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _left_out(
    variant: Side,
    reference: Side,
    task: str,
    languages: Sequence[str],
    metric: str,
    compared: int,
) -> int:
    """How many problems were scored by some run, but not by all runs in all languages."""
    seen: set[str] = set()
    for side in (variant, reference):
        for language in languages:
            for values in side.find(task, language, metric) or []:
                seen |= set(values)
    return len(seen) - compared


def _with_holm(cells: list[Effect]) -> list[Effect]:
    """Holm-adjust "worse in any language" over the tested cells of one task and metric."""
    worse = [None if c.p_value is None else one_sided(c.p_value, c.effect) for c in cells]
    return [
        msgspec.structs.replace(c, p_holm=p) for c, p in zip(cells, holm_tested(worse), strict=True)
    ]


def _without_verdict(effect: Effect) -> Effect:
    return msgspec.structs.replace(
        effect,
        low=None,
        high=None,
        p_value=None,
        p_holm=None,
        smallest_detectable=None,
        power=None,
        verdict=Verdict.NO_MARGIN.value,
    )
