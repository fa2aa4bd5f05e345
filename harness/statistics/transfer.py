"""The transfer matrix: what rows in one language do for the scores in every other.

A row of the matrix is a variant that trains on more or fewer languages than the reference, a cell
the paired effect on one language, and the last cell their average over the languages whose own rows
are the same. Many cells are looked at, so p-values are adjusted by Holm's method over the matrix,
two-sided, without the languages' own cells: that a language loses by its own rows is no finding.
"""

from collections.abc import Mapping, Sequence, Set

import msgspec

from harness.statistics.comparison import Side, average_effect, effects
from harness.statistics.estimators import holm_tested
from harness.statistics.verdict import Margins
from leaderboard.metric_kinds import is_averaged
from leaderboard.records import NON_ENGLISH, Effect
from leaderboard.transfer_tables import OTHERS, Transfer


def transfers(
    sides: Mapping[str, Side],
    reference: str,
    trained: Mapping[str, Set[str]],
    margins: Margins,
    *,
    verdicts: bool = True,
) -> tuple[Transfer, ...]:
    """The cells of every task and metric that is scored in several languages.

    `trained` are the languages of each variant's rows. Empty if no variant's differ from those of
    the reference.
    """
    found: dict[tuple[str, str], list[Transfer]] = {}
    for name, side in sides.items():
        changed = trained[name] ^ trained[reference]
        if not changed:
            continue
        single: dict[tuple[str, str], list[Effect]] = {}
        for effect in effects(side, sides[reference], margins, verdicts=verdicts):
            if effect.language != NON_ENGLISH:
                single.setdefault((effect.task, effect.metric), []).append(effect)
        for metric, row in single.items():
            if len(row) < 2:
                continue
            cells = found.setdefault(metric, [])
            cells += [Transfer(own=e.language in changed, effect=e) for e in row]
            same = [e.language for e in row if e.language not in changed]
            if len(same) > 1 and is_averaged(metric[1]):
                average = average_effect(
                    side, sides[reference], metric, margins, same, OTHERS, verdicts=verdicts
                )
                cells += [] if average is None else [Transfer(own=False, effect=average)]
    return tuple(cell for cells in found.values() for cell in _with_holm_over_all(cells))


def _with_holm_over_all(cells: Sequence[Transfer]) -> list[Transfer]:
    """Each cell with its p-value adjusted over all that are neither averages nor own; else None."""
    adjusted = holm_tested(
        [None if c.own or c.effect.language == OTHERS else c.effect.p_value for c in cells]
    )
    return [
        Transfer(own=c.own, effect=msgspec.structs.replace(c.effect, p_holm=p))
        for c, p in zip(cells, adjusted, strict=True)
    ]
