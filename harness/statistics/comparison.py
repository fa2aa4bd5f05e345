"""Variant against reference: the paired effects of an experiment, or of two single runs.

A positive effect is better. Cells are per language. The primary endpoint of a task is the
benchmark's primary metric, averaged over the non-English languages within each problem first.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from harness.statistics import verdict
from harness.statistics.estimators import (
    Floats,
    oriented,
    paired_log_ratio,
    paired_mean,
    score_bpb,
    score_mean,
)
from harness.statistics.scores import MeasuredTask, Values, is_averaged, is_bpb, stack
from harness.statistics.verdict import Margins, Verdict
from leaderboard.estimate import Estimate
from leaderboard.records import NON_ENGLISH, Effect, Interval, ScoreCell
from tasks import registry


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: a variant and its runs, one per seed slot, in slot order."""

    name: str
    runs: tuple[tuple[MeasuredTask, ...], ...]

    def find(self, task: str, language: str, metric: str) -> list[Values] | None:
        """Each run's values of one metric; None if a run lacks it."""
        found = [
            m.values
            for run in self.runs
            for m in run
            if (m.task, m.language, m.metric) == (task, language, metric)
        ]
        return found if len(found) == len(self.runs) else None


def effects(
    variant: Side, reference: Side, margins: Margins, *, verdicts: bool = True
) -> list[Effect]:
    """Effects for all cells that both sides have, by language, with each primary endpoint last.

    If `verdicts` is false, every verdict is "no margin" and no interval is given.
    """
    result: list[Effect] = []
    for task, metric in _metrics(variant, reference):
        languages = _shared_languages(variant, reference, task, metric)
        cells = {
            language: _effect(variant, reference, task, metric, margins, (language,), language)
            for language in languages
        }
        rows = [effect for effect in cells.values() if effect is not None]
        rows = _with_holm(rows)
        others = verdict.primary_languages(languages)
        if others and len(languages) > 1 and is_averaged(metric):
            average = _effect(variant, reference, task, metric, margins, others, NON_ENGLISH)
            if average is not None:
                rows.append(average)
        result += rows
    return result if verdicts else [_without_verdict(effect) for effect in result]


def _metrics(variant: Side, reference: Side) -> list[tuple[str, str]]:
    both = [
        {(m.task, m.metric): None for run in side.runs for m in run}
        for side in (reference, variant)
    ]
    return [key for key in both[0] if key in both[1]]


def _shared_languages(variant: Side, reference: Side, task: str, metric: str) -> list[str]:
    languages = dict.fromkeys(m.language for run in reference.runs for m in run if m.task == task)
    return [
        language
        for language in languages
        if variant.find(task, language, metric) and reference.find(task, language, metric)
    ]


def _effect(
    variant: Side,
    reference: Side,
    task: str,
    metric: str,
    margins: Margins,
    languages: Sequence[str],
    label: str,
) -> Effect | None:
    """The effect over `languages`, averaged within each problem; `label` names the languages."""
    arrays = _arrays(variant, reference, task, languages, metric)
    if arrays is None:
        return None
    bpb = is_bpb(metric)
    scale = "bpb" if bpb else "accuracy"
    first, second = arrays
    if bpb:
        raw = paired_log_ratio(first[..., 0], second[..., 0], second[0, ..., 1])
        state = None
    else:
        raw = paired_mean(first[..., 0], second[..., 0])
        state = verdict.bound_state(first[..., 0], second[..., 0])
    scores = [_score(array, bpb) for array in arrays]
    margin = margins.for_metric(scale)
    found = verdict.compare(
        raw,
        margin,
        not bpb,
        state=state,
        reference_score=None if bpb else scores[1].value,
    )
    shown = oriented(raw, not bpb)
    decided = found.verdict not in (Verdict.SINGLE_SEED, Verdict.TOO_FEW_SEEDS)
    return Effect(
        task=task,
        language=label,
        metric=metric,
        variant=variant.name,
        reference=reference.name,
        primary=label == NON_ENGLISH and registry.get(task).primary_metric == metric,
        n_problems=raw.n_problems,
        n_seeds=raw.n_seeds,
        variant_value=scores[0].value,
        reference_value=scores[1].value,
        variant_interval=_interval(scores[0]),
        reference_interval=_interval(scores[1]),
        effect=shown.value,
        low=shown.low if decided else None,
        high=shown.high if decided else None,
        p_value=found.p_value if decided and state is None else None,
        p_holm=None,
        margin=margin,
        smallest_detectable=_finite(found.smallest_detectable) if decided else None,
        power=found.power if decided else None,
        verdict=found.verdict.value,
        unit="log-ratio" if bpb else "points",
        note=_note(variant, reference, task, languages, metric, raw.n_problems),
    )


def average_cells(side: Side) -> list[ScoreCell]:
    """The score of every metric, averaged over the non-English languages within each problem."""
    cells = []
    for task, metric in _metrics(side, side):
        if not is_averaged(metric):
            continue
        languages = verdict.primary_languages(_shared_languages(side, side, task, metric))
        arrays = _arrays(side, side, task, languages, metric) if len(languages) > 1 else None
        if arrays is None:
            continue
        found = _score(arrays[0], is_bpb(metric))
        behind = [m for run in side.runs for m in run if (m.task, m.metric) == (task, metric)]
        behind = [m for m in behind if m.language in languages]
        outcomes = sum((Counter(m.outcomes) for m in behind), Counter[str]())
        values = set(np.unique(arrays[0][..., 0])) if not is_bpb(metric) else set()
        cells.append(
            ScoreCell(
                task=task,
                language=NON_ENGLISH,
                metric=metric,
                higher_is_better=not is_bpb(metric),
                n=found.n_problems,
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


def _arrays(
    variant: Side, reference: Side, task: str, languages: Sequence[str], metric: str
) -> tuple[Floats, Floats] | None:
    """[seed, problem, field] of both sides, or [seed, problem, language, field] for several."""
    slots = min(len(variant.runs), len(reference.runs))
    groups: list[list[Values]] = []
    for side in (variant, reference):
        for language in languages:
            found = side.find(task, language, metric)
            if found is None:
                return None
            groups.append(found[:slots])
    stacked = stack(groups)
    if stacked is None:
        return None
    if len(languages) == 1:
        return stacked[0], stacked[1]
    half = len(languages)
    return np.stack(stacked[:half], axis=2), np.stack(stacked[half:], axis=2)


def _score(array: Floats, bpb: bool) -> Estimate:
    if bpb:
        return score_bpb(array[..., 0], array[0, ..., 1])
    scores = array[..., 0]
    return score_mean(scores, binary=bool(((scores == 0) | (scores == 1)).all()))


def _interval(estimate: Estimate) -> Interval | None:
    return Interval(low=estimate.low, high=estimate.high)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _note(
    variant: Side,
    reference: Side,
    task: str,
    languages: Sequence[str],
    metric: str,
    compared: int,
) -> str:
    """A note on how many problems only one side scored, which the comparison leaves out."""
    seen: set[str] = set()
    for side in (variant, reference):
        for language in languages:
            for values in side.find(task, language, metric) or []:
                seen |= set(values)
    left_out = len(seen) - compared
    return f"{left_out} problems not scored on both sides" if left_out else ""


def _with_holm(cells: list[Effect]) -> list[Effect]:
    """Holm-adjust "worse in any language" over the tested cells of one task and metric."""
    from harness.statistics.estimators import holm

    tested = [c for c in cells if c.p_value is not None]
    # One-sided p for "worse": half the two-sided p if the effect is negative.
    one_sided = [
        (c.p_value or 0.0) / 2 if c.effect < 0 else 1 - (c.p_value or 0.0) / 2 for c in tested
    ]
    adjusted = dict(zip([c.language for c in tested], holm(one_sided), strict=True))
    return [
        msgspec.structs.replace(c, p_holm=min(1.0, adjusted[c.language]))
        if c.language in adjusted
        else c
        for c in cells
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
