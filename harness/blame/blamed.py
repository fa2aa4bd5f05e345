"""Who is to blame for a loss: the search on real trainings, and the proof that undoes the first."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.blame.blame_search import Searched, search
from harness.blame.changed_units import ChangeUnits, Undoable
from harness.blame.subset_training import Lost, SubsetTrainer, WithoutChanges
from harness.progress.display import Display
from harness.statistics.group_testing import Bools, restored
from harness.statistics.proportions import UPPER_TAIL
from leaderboard.blame_records import BlameSuspect, BlameTraining, BlameUndone

_LIKELY: Final = 0.001
"""The probability below which a suspect is not in the report."""


class Blamed(NamedTuple):
    """What a search brought; nothing where there was no loss to explain."""

    suspects: tuple[BlameSuspect, ...] = ()
    trainings: tuple[BlameTraining, ...] = ()
    undone: tuple[BlameUndone, ...] = ()
    changes: tuple[Undoable, ...] = ()
    probability: float = 0.0


def blamed(
    units: ChangeUnits,
    trainer: SubsetTrainer,
    lost: Lost,
    sides: tuple[Sequence[float], Sequence[float]],
    *,
    most: int,
    display: Display,
) -> Blamed:
    """Search, then undo the first suspect, and as many other changes beside it, with every seed.

    `sides` are the log losses of the old and of the new dataset, by seed.

    Raises:
        BenchError: see the stages.
    """
    old, new = sides

    def told(trained: int, first: int, probability: float) -> None:
        name = units.suspects[first].words()
        display.say(f"{trained} of at most {most} trainings: most likely {name}, {probability:.2f}")

    seeds: list[int] = []
    train = each_once(units, trainer, lost, seeds)
    found = search(units.groups, train, old, new, most=most, at_once=trainer.at_once, told=told)
    suspects = _suspects(units, found)
    trainings = tuple(
        BlameTraining(
            undone=int(units.groups.rows[subset].sum()),
            seed=seed,
            bpb=float(np.exp(value)),
        )
        for seed, subset, value in zip(
            seeds, found.left_out[len(new) :], found.losses[len(new) :], strict=True
        )
    )
    if not found.certain:
        return Blamed(suspects, trainings, probability=found.probability)
    changes = units.rows(units.groups.members[found.first])
    others = _as_many_others(units, found.first)
    wanted = [WithoutChanges("blamed", changes, trainer.seeds)]
    wanted += [WithoutChanges("others", others, trainer.seeds)] if others else []
    after = trainer.without(wanted, lost)
    name = units.suspects[found.first].words()
    undone = [_undone(name, len(changes), after[0], sides)]
    if others:
        undone.append(_undone("as many others, by chance", len(others), after[1], sides))
    undone.append(_undone("all (OLD)", int(units.groups.rows.sum()), old, sides))
    return Blamed(suspects, trainings, tuple(undone), tuple(changes), found.probability)


def _suspects(units: ChangeUnits, found: Searched) -> tuple[BlameSuspect, ...]:
    order = np.argsort(-found.probabilities, kind="stable")
    return tuple(
        BlameSuspect(
            name=units.suspects[number].words(),
            facets=dict(units.suspects[number].values),
            rows=int(units.groups.rows[units.groups.members[number]].sum()),
            probability=float(found.probabilities[number]),
        )
        for number in order
        if found.probabilities[number] >= _LIKELY
    )


def _as_many_others(units: ChangeUnits, blamed: int) -> list[Undoable]:
    """Changes outside of a suspect, by chance: as many as it has, or all that there are."""
    others = units.rows(~units.groups.members[blamed])
    count = min(len(others), int(units.groups.rows[units.groups.members[blamed]].sum()))
    chosen = np.random.default_rng(0).permutation(len(others))[:count]
    return [others[number] for number in sorted(chosen)]


def _undone(
    name: str,
    rows: int,
    losses: Sequence[float],
    sides: tuple[Sequence[float], Sequence[float]],
) -> BlameUndone:
    """What a dataset without some changes saves against the new one."""
    old, new = sides
    found = restored(new, losses, UPPER_TAIL)
    percent, low, high = (100 * (1 - np.exp(-value)) for value in found)
    left: tuple[float, float, float] | None = None
    if losses is not old:
        still, least, most = (
            float(100 * (np.exp(value) - 1)) for value in restored(losses, old, UPPER_TAIL)
        )
        left = still, least, most
    return BlameUndone(
        name=name,
        rows=rows,
        trainings=len(losses),
        percent=float(percent),
        low=float(low),
        high=float(high),
        share=found.value / float(np.mean(new) - np.mean(old)),
        left=left,
    )


def each_once(
    units: ChangeUnits, trainer: SubsetTrainer, lost: Lost, seeds: list[int]
) -> Callable[[Sequence[Bools]], list[float]]:
    """Trains subsets once each, for `search`, and adds the seeds to `seeds`.

    Each has a seed of its own: the same subset twice would otherwise be one training.
    """

    def train(subsets: Sequence[Bools]) -> list[float]:
        first = max((*trainer.seeds, *seeds)) + 1
        further = range(first, first + len(subsets))
        seeds.extend(further)
        wanted = [
            WithoutChanges(f"without-{seed}", units.rows(subset), (seed,))
            for seed, subset in zip(further, subsets, strict=True)
        ]
        return [losses[0] for losses in trainer.without(wanted, lost)]

    return train
