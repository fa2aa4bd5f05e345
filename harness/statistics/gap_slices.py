"""Where two models differ: bits per byte of the same texts, slice by slice.

One model on each side, so the intervals are over texts: they say what further texts of these kinds
would show of *these two models*, not what another training would. Texts with one template or source
are one cluster. Within a facet (all languages, all kinds) p-values are Holm-adjusted.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from harness.statistics.estimators import as_percent, holm_tested, p_two_sided, paired_log_ratio
from leaderboard.gap_records import GapSlice

LEAST: Final = 5
"""Clusters below which a slice has no interval."""


class TextCost(NamedTuple):
    """One text: its bytes and what they cost both models in bits, by byte pattern.

    `facets` names the slice that the whole text is in, by facet; `cluster` what near copies share.
    """

    name: str
    cluster: str
    facets: Mapping[str, str]
    bytes: Mapping[str, int]
    first: Mapping[str, float]
    second: Mapping[str, float]


class _SlicePart(NamedTuple):
    """A text's share of a slice."""

    cost: TextCost
    bytes: int
    first: float
    second: float


def gap_slices(costs: Sequence[TextCost]) -> list[GapSlice]:
    """All slices: the whole, one a value of each facet, byte patterns, patterns by language.

    Within a facet those that differ most in bits come first.
    """
    total = sum(sum(cost.first.values()) for cost in costs)
    facets: dict[str, dict[str, list[_SlicePart]]] = {"all": {"": [_whole(cost) for cost in costs]}}
    for cost in costs:
        for facet, value in cost.facets.items():
            facets.setdefault(facet, {}).setdefault(value, []).append(_whole(cost))
    for cost in costs:
        for pattern, size in cost.bytes.items():
            part = _SlicePart(cost, size, cost.first[pattern], cost.second[pattern])
            if not size:
                continue
            facets.setdefault("pattern", {}).setdefault(pattern, []).append(part)
            language = f"{cost.facets.get('language', '')} {pattern}"
            facets.setdefault("pattern by language", {}).setdefault(language, []).append(part)
    found = []
    for facet, slices in facets.items():
        if facet != "all" and len(slices) < 2:
            continue  # it repeats the whole
        made = [_slice(facet, value, parts, total) for value, parts in slices.items()]
        adjusted = holm_tested([p for _, p in made])
        told = [
            msgspec.structs.replace(one, p_holm=p)
            for (one, _), p in zip(made, adjusted, strict=True)
        ]
        found += sorted(told, key=lambda one: -abs(one.share))
    return found


def _whole(cost: TextCost) -> _SlicePart:
    return _SlicePart(
        cost,
        sum(cost.bytes.values()),
        sum(cost.first.values()),
        sum(cost.second.values()),
    )


def _slice(
    facet: str, value: str, parts: Sequence[_SlicePart], total: float
) -> tuple[GapSlice, float | None]:
    """A slice, and its p-value alone: its family is not known yet."""
    # Sums over clusters, not means: the interval is then about the ratio of sums that is shown.
    sums: dict[str, list[float]] = {}
    for part in parts:
        place = sums.setdefault(part.cost.cluster, [0.0, 0.0, 0.0])
        for at, value_of in enumerate((part.first, part.second, float(part.bytes))):
            place[at] += value_of
    first, second, size = (sum(column) for column in zip(*sums.values(), strict=True))
    low = high = p_value = None
    percent = 100 * (second / first - 1) if first > 0 else 0.0
    if len(sums) >= LEAST and first > 0 and second > 0:
        bits = np.array(list(sums.values())).T
        estimate = paired_log_ratio(bits[1:2], bits[:1], bits[2])
        shown = as_percent(estimate)
        percent, low, high = shown.value, shown.low, shown.high
        p_value = p_two_sided(estimate)
    found = GapSlice(
        facet=facet,
        value=value,
        texts=len(parts),
        clusters=len(sums),
        bytes=round(size),
        first=first / size,
        second=second / size,
        percent=percent,
        low=low,
        high=high,
        p_holm=None,
        share=(second - first) / total if total else 0.0,
    )
    return found, p_value
