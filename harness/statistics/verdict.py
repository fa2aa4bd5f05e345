"""Verdicts of comparisons: margins, verdict words, primary endpoint, families.

The effect is signed so that positive = better, with 95 % interval [low, high] and a margin m > 0
fixed before the run. The first row that holds decides:

| condition                                                | word                            |
|----------------------------------------------------------|---------------------------------|
| the row is the reference itself                          | reference                       |
| both all 0, or both all 1                                | floor, ceiling                  |
| an average that lacks one of its languages               | language missing                |
| one seed; fewer seeds than MIN_SEEDS                     | single seed; too few seeds      |
| low > 0                                                  | better                          |
| high < 0 and low >= -m                                   | worse within margin             |
| high < 0                                                 | worse                           |
| no margin is set                                         | no margin                       |
| m is as large as the reference's score                   | floor                           |
| low >= -m                                                | non-inferior                    |
| power to show non-inferiority at true effect 0 under 1/2 | underpowered                    |
| otherwise                                                | inconclusive                    |

"worse within margin" is proven worse *and* non-inferior: the loss is certainly smaller than the
margin. If the margin is as large as the reference's accuracy, no variant can fail it, so the cell
cannot show non-inferiority: "floor", or "worse" if that is proven. Importing this file imports
neither numpy nor scipy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leaderboard.estimate import Estimate

MIN_SEEDS = 3
"""With fewer seeds there is no verdict: the between-seed variance would have under two df."""

ONE_SIDED_ALPHA = 0.025
"""Level of the one-sided tests: one tail of the two-sided 95 % interval."""


class Verdict(Enum):
    """The words a table prints; the second group gives no verdict."""

    BETTER = "better"
    NON_INFERIOR = "non-inferior"
    UNDERPOWERED = "underpowered"
    INCONCLUSIVE = "inconclusive"
    WORSE = "worse"
    WORSE_WITHIN_MARGIN = "worse within margin"

    FLOOR = "floor"
    CEILING = "ceiling"
    SINGLE_SEED = "single seed"
    TOO_FEW_SEEDS = "too few seeds"
    MISSING_LANGUAGE = "language missing"
    REFERENCE = "reference"
    NO_MARGIN = "no margin"

    @property
    def is_worse(self) -> bool:
        """Whether the interval lies below 0, whatever the margin."""
        return self in (Verdict.WORSE, Verdict.WORSE_WITHIN_MARGIN)

    @property
    def is_noninferior(self) -> bool:
        """Whether non-inferiority is shown ("better" implies it)."""
        return self in (Verdict.BETTER, Verdict.NON_INFERIOR, Verdict.WORSE_WITHIN_MARGIN)


_WHOLE_SCALE = {
    "accuracy": "which is the whole scale: two points are 0.02",
    "bpb": "which is 2.7 times the bits: one percent is about 0.01",
}


class Margins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Non-inferiority margins of a profile, all > 0; None: not fixed yet, so no such verdict."""

    accuracy: float | None = None
    """Absolute, on a scale of 0 to 1: 0.02 is two points. Also for pass@k and win rates."""

    bpb: float | None = None
    """Bits per byte, as a natural log-ratio: 0.01 is about one percent."""

    def __post_init__(self) -> None:
        """Refuse a margin that is not a positive number."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise ValueError(f"margin {name} must be > 0 or null, got {value}")
            if value is not None and name in _WHOLE_SCALE and value >= 1:
                raise ValueError(
                    f"margin {name} must be under 1, {_WHOLE_SCALE[name]}, got {value:g}"
                )

    def for_metric(self, metric: str) -> float | None:
        """The margin for a scale: ``accuracy``, ``bpb``, or ``score`` for any other."""
        if metric == OWN_SCALE and metric not in self.__struct_fields__:
            return None
        if metric not in self.__struct_fields__:
            known = ", ".join(self.__struct_fields__)
            raise ValueError(f"no margin is defined for metric {metric!r}; known: {known}")
        margin: float | None = getattr(self, metric)
        return margin


OWN_SCALE = "score"
"""The scale of scores that are neither shares nor bits per byte: each task's own."""


class ScoreMargins(Margins, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Margins for `compare`, whose scores may have a scale of their own."""

    score: float | None = None
    """In the unit of the scores: for those that are neither shares nor bits per byte."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a comparison table.

    ``effect``: variant minus reference, sign unchanged (a lower bpb is a negative effect).
    ``smallest_detectable``: absolute effect detected with 80 % power at two-sided 5 %, in the
    effect's units. ``power``: power to show non-inferiority at true effect 0; None without a
    margin.
    """

    effect: Estimate
    p_value: float
    smallest_detectable: float
    power: float | None
    margin: float | None
    verdict: Verdict


def bound_state(
    variant: NDArray[np.generic], reference: NDArray[np.generic] | None = None
) -> Verdict | None:
    """FLOOR if all outcomes are 0, CEILING if all are 1, else None.

    With a reference, both must be at the same bound: a variant that fell to 0 is a difference that
    can be tested, and hiding it would hide the worst regression possible.
    """
    arrays = [variant] if reference is None else [variant, reference]
    if all(bool((array == 0).all()) for array in arrays):
        return Verdict.FLOOR
    if all(bool((array == 1).all()) for array in arrays):
        return Verdict.CEILING
    return None


def decide(
    estimate: Estimate,
    margin: float | None,
    higher_is_better: bool,
    *,
    state: Verdict | None = None,
    reference_score: float | None = None,
    min_seeds: int = MIN_SEEDS,
) -> Verdict:
    """The verdict on variant minus reference, by the table at the top of this file.

    ``state``: REFERENCE, or the result of ``bound_state``. ``reference_score``: the reference's
    accuracy, to check that the margin can be failed; omit it for bits per byte.
    """
    from harness.statistics.estimators import oriented

    if margin is not None and not margin > 0:
        raise ValueError(f"margin must be > 0, got {margin}")
    if state is not None:
        return _checked_state(state)
    if estimate.n_seeds < min_seeds:
        return Verdict.SINGLE_SEED if estimate.n_seeds == 1 else Verdict.TOO_FEW_SEEDS
    effect = oriented(estimate, higher_is_better)
    can_fail = reference_score is None or margin is None or reference_score > margin
    if effect.low > 0:
        return Verdict.BETTER
    within = margin is not None and effect.low >= -margin
    if effect.high < 0:
        return Verdict.WORSE_WITHIN_MARGIN if within and can_fail else Verdict.WORSE
    if margin is None:
        return Verdict.NO_MARGIN
    if not can_fail:
        return Verdict.FLOOR
    return Verdict.NON_INFERIOR if within else _not_shown(effect, margin)


def _checked_state(state: Verdict) -> Verdict:
    """The state, if the caller may set it."""
    if state not in (Verdict.REFERENCE, Verdict.FLOOR, Verdict.CEILING):
        raise ValueError(f"state must be reference, floor or ceiling, got {state.value!r}")
    return state


def _not_shown(effect: Estimate, margin: float) -> Verdict:
    """Why non-inferiority was not shown: too little power, or inconclusive."""
    from harness.statistics.estimators import power_noninferior

    underpowered = power_noninferior(effect, margin) < 0.5
    return Verdict.UNDERPOWERED if underpowered else Verdict.INCONCLUSIVE


def compare(
    effect: Estimate,
    margin: float | None,
    higher_is_better: bool,
    *,
    state: Verdict | None = None,
    reference_score: float | None = None,
    min_seeds: int = MIN_SEEDS,
) -> Comparison:
    """An effect with its p-value, smallest detectable effect, power and verdict."""
    from harness.statistics.estimators import (
        oriented,
        p_two_sided,
        power_noninferior,
        smallest_detectable,
    )

    turned = oriented(effect, higher_is_better)
    return Comparison(
        effect=effect,
        p_value=p_two_sided(effect),
        smallest_detectable=smallest_detectable(effect),
        power=None if margin is None else power_noninferior(turned, margin),
        margin=margin,
        verdict=decide(
            effect,
            margin,
            higher_is_better,
            state=state,
            reference_score=reference_score,
            min_seeds=min_seeds,
        ),
    )


def primary_languages(languages: Iterable[str]) -> tuple[str, ...]:
    """The languages of the primary endpoint, in the given order: all but English.

    Empty for an English-only run, which then has no primary endpoint.
    """
    return tuple(language for language in languages if language != "en")


class FamilyResult(msgspec.Struct, frozen=True, kw_only=True):
    """A test over all languages of one task and metric.

    ``failing``: languages that are worse (or not shown to be non-inferior); ``untested``: languages
    with too few seeds, which get no result. ``p_values``: per tested language, Holm-adjusted for
    "worse in any", plain for "non-inferior in every".
    """

    failing: tuple[str, ...]
    untested: tuple[str, ...]
    p_values: tuple[tuple[str, float], ...]

    @property
    def holds(self) -> bool:
        """Whether all languages were tested and none fails."""
        return not self.failing and not self.untested


def worse_in_any(
    cells: Mapping[str, Estimate], higher_is_better: bool, *, min_seeds: int = MIN_SEEDS
) -> FamilyResult:
    """Test for languages worse than the reference: one-sided 2.5 % over the family, Holm-adjusted.

    ``cells``: language -> variant minus reference. Leave out cells at floor or ceiling. Holm holds
    under any correlation, which matters since languages share seeds and problems.
    """
    from harness.statistics.estimators import holm, p_worse

    tested, untested = _split(cells, min_seeds)
    adjusted = holm([p_worse(cells[language], higher_is_better) for language in tested])
    p_values = tuple(zip(tested, adjusted, strict=True))
    failing = tuple(language for language, p in p_values if p < ONE_SIDED_ALPHA)
    return FamilyResult(failing=failing, untested=untested, p_values=p_values)


def noninferior_in_every(
    cells: Mapping[str, Estimate],
    margin: float,
    higher_is_better: bool,
    *,
    min_seeds: int = MIN_SEEDS,
) -> FamilyResult:
    """Test whether every language is non-inferior, each at one-sided 2.5 %.

    An intersection-union test: all cells must pass, so no adjustment is needed.
    """
    from harness.statistics.estimators import lower_error, oriented, p_worse

    if not margin > 0:
        raise ValueError(f"margin must be > 0, got {margin}")
    tested, untested = _split(cells, min_seeds)
    p_values = []
    for language in tested:
        effect = oriented(cells[language], higher_is_better)
        shifted = msgspec.structs.replace(
            effect,
            value=effect.value + margin,
            standard_error=lower_error(effect),
            p_value=None,
        )
        p_values.append((language, 1 - p_worse(shifted, higher_is_better=True)))
    # A bound equal to the margin counts as within it, as in `decide`.
    failing = tuple(language for language, p in p_values if p > ONE_SIDED_ALPHA + 1e-12)
    return FamilyResult(failing=failing, untested=untested, p_values=tuple(p_values))


def _split(
    cells: Mapping[str, Estimate], min_seeds: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Languages with enough seeds, and the rest."""
    if not cells:
        raise ValueError("a family needs at least one language, got none")
    tested = tuple(language for language, cell in cells.items() if cell.n_seeds >= min_seeds)
    return tested, tuple(language for language in cells if language not in tested)
