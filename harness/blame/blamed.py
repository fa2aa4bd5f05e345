"""Who is to blame for a loss: the search on real trainings, and the proof that undoes the first."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.blame.blame_search import Searched, search, union
from harness.blame.changed_units import ChangeUnits, Undoable
from harness.blame.subset_training import Lost, SubsetTrainer, WithoutChanges
from harness.progress.display import Display
from harness.statistics.group_belief import NOBODY, Bools
from harness.statistics.group_testing import restored
from harness.statistics.proportions import UPPER_TAIL
from leaderboard.blame_records import BlameSuspect, BlameTraining, BlameUndone

_LIKELY: Final = 0.001
"""The probability below which a suspect is not in the report."""


class Blamed(NamedTuple):
    """What a search brought; nothing where there was no loss to explain.

    `shared` is the probability that two groups share the loss, `others` that one which is not named
    did a part of it. `undone` starts with what is named.
    """

    suspects: tuple[BlameSuspect, ...] = ()
    trainings: tuple[BlameTraining, ...] = ()
    undone: tuple[BlameUndone, ...] = ()
    changes: tuple[Undoable, ...] = ()
    named: int = 0
    probability: float = 0.0
    shared: float = 0.0
    others: float = 0.0


def blamed(
    units: ChangeUnits,
    trainer: SubsetTrainer,
    lost: Lost,
    sides: tuple[Sequence[float], Sequence[float]],
    *,
    most: int,
    display: Display,
) -> Blamed:
    """Search, then undo who is named, and as many other changes beside it, with every seed.

    `sides` are the log losses of the old and of the new dataset, by seed.

    Raises:
        BenchError: see the stages.
    """
    old, new = sides

    def told(trained: int, first: tuple[int, ...], probability: float) -> None:
        name = _together(units, first)
        display.say(f"{trained} of at most {most} trainings: most likely {name}, {probability:.2f}")

    seeds: list[int] = []
    train = each_once(units, trainer, lost, seeds)
    found = search(units.groups, train, old, new, most=most, at_once=trainer.at_once, told=told)
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
    searched = Blamed(
        suspects=_suspects(units, found),
        trainings=trainings,
        probability=found.probability,
        shared=found.belief.shared,
        others=found.others,
    )
    if not found.certain:
        return searched
    named = units.rows(union(units.groups, found.first))
    undone = _proved(units, trainer, lost, sides, found.first)
    return searched._replace(undone=undone, changes=tuple(named), named=len(found.first))


def _proved(
    units: ChangeUnits,
    trainer: SubsetTrainer,
    lost: Lost,
    sides: tuple[Sequence[float], Sequence[float]],
    named: tuple[int, ...],
) -> tuple[BlameUndone, ...]:
    """What undoing the named groups brings, together and each, and what as many others bring."""
    members = units.groups.members[list(named)]
    together = union(units.groups, named)
    asked = [("blamed", _together(units, named), units.rows(together))]
    if len(named) > 1:
        for number, (one, of) in enumerate(zip(named, members, strict=True), 1):
            asked.append((f"blamed-{number}", units.suspects[one].words(), units.rows(of)))
    others = _as_many_others(units, together)
    if others:
        asked.append(("others", "as many others, by chance", others))
    wanted = [WithoutChanges(short, changes, trainer.seeds) for short, _, changes in asked]
    losses = trainer.without(wanted, lost)
    found = [
        _undone(name, len(changes), of, sides)
        for (_, name, changes), of in zip(asked, losses, strict=True)
    ]
    found.append(_undone("all (OLD)", int(units.groups.rows.sum()), sides[0], sides))
    return tuple(found)


def _together(units: ChangeUnits, groups: Sequence[int]) -> str:
    """Groups in words: one has commas in its name."""
    names = [units.suspects[one].words() for one in groups]
    return names[0] if len(names) == 1 else " and ".join(f"({name})" for name in names)


def _suspects(units: ChangeUnits, found: Searched) -> tuple[BlameSuspect, ...]:
    """Who is at all likely, most likely first: groups alone and two together."""
    belief, probabilities = found.belief, found.belief.probabilities
    suspects = []
    for number in np.argsort(-probabilities, kind="stable"):
        if probabilities[number] < _LIKELY:
            break
        groups = [int(one) for one in belief.groups[number] if one != NOBODY]
        facets = [dict(units.suspects[one].values) for one in groups]
        suspects.append(
            BlameSuspect(
                name=_together(units, groups),
                facets=facets[0],
                beside=facets[1] if len(facets) > 1 else None,
                rows=int(units.groups.rows[union(units.groups, groups)].sum()),
                probability=float(probabilities[number]),
            )
        )
    return tuple(suspects)


def _as_many_others(units: ChangeUnits, blamed: Bools) -> list[Undoable]:
    """Changes outside of some units, by chance: as many as these have, or all that there are."""
    others = units.rows(~blamed)
    count = min(len(others), int(units.groups.rows[blamed].sum()))
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
