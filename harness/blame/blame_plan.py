"""`blame --dry-run`: what would be trained, how long it may take, and whom it would ask about.

The plan is the command itself on what the store has: the search is followed, training by training,
until the first that is not there.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

from harness.blame.changed_units import LANGUAGE, ChangeUnits
from harness.blame.subset_training import Lost, SubsetTrainer, WithoutChanges, asked_names
from harness.engine.graph import Graph, Made
from harness.experiment.asked_problems import requests
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import planned_training
from harness.experiment.run_plan import (
    WORK_COLUMNS,
    WORK_TITLE,
    cached_note,
    time_note,
    training_plans,
    work_rows,
)
from harness.experiment.run_time import RunTime, run_time
from harness.progress.tempo import span
from harness.statistics.comparison import Side
from leaderboard.table import Column, Table, TableRow, number_cell, text_cell

_ONE: Final = "one"
"""The variant that stands for all trainings of the search: on the new dataset, as long as they."""
MOST_PROVED: Final = 4
"""Datasets of the proof, at most: two groups together and each, and as many other changes."""


class NotStored(Exception):
    """The plan has come to a training that is not in the store."""


class Cost(NamedTuple):
    """A training of the search with its evaluation; seconds are None where none was measured."""

    steps: int
    tokens: int
    texts: int
    seconds: float | None
    unknown: tuple[str, ...]


class StoredTrainer(SubsetTrainer):
    """Takes trainings from the store and makes none; only both datasets are read and packed.

    `rows`, `every`, `missing` and `time` are of the trainings of both datasets. `searched` and
    `proved` are trainings that the store has, of the search and of the proof; `proof` are those
    that the proof takes, 0 until the search is known to its end.
    """

    rows: Sequence[TableRow] = ()
    every = missing = searched = proved = proof = 0
    time: RunTime

    def old_and_new(self) -> tuple[Side, Side]:
        """Both datasets, trained and scored.

        Raises:
            NotStored: a training or an evaluation is not in the store.
            BenchError: a dataset cannot be packed.
        """
        experiment = self._experiment(self._both)
        graph = Graph(experiment.nodes(), self._store, self._display.warn)
        graph.make_missing(experiment.data_names(), self._pool, self._display)
        plans = training_plans(experiment, graph.made)
        missing = graph.makers(experiment.run_names())
        self.time = run_time(experiment, plans, missing, self._store)
        self.rows = work_rows(experiment, plans, missing, self.time, "OLD and NEW")
        self.every, self.missing = len(experiment.run_names()), len(missing)
        return super().old_and_new()

    def without(self, wanted: Sequence[WithoutChanges], lost: Lost) -> list[list[float]]:
        """The log of the bits per byte that each wanted dataset gives, by seed.

        Raises:
            NotStored: one of them is not in the store.
        """
        before = self.spent.trainings
        proves = wanted[0].seeds == self.seeds
        if proves:
            self.proof = sum(len(one.seeds) for one in wanted)
        try:
            return super().without(wanted, lost)
        finally:
            found = self.spent.trainings - before
            if proves:
                self.proved += found
            else:
                self.searched += found

    def _make(
        self, experiment: Experiment, seeds: Mapping[str, tuple[int, ...]]
    ) -> Mapping[str, Made]:
        experiment, graph, runs = self._graph(experiment, seeds)
        graph.look_up(experiment.data_names())
        missing = graph.makers(asked_names(experiment, runs))
        self.spent.trainings += sum(f"eval/{run}" not in missing for run in runs)
        if missing:
            raise NotStored
        return graph.made

    def cost(self, lost: Lost | None) -> Cost:
        """What one training of the search takes; where it is not known what is lost, at most."""
        cells = [
            Lost(run.task, language) for run in self._config.eval.runs for language in run.languages
        ]
        return max((self._cost(one) for one in ([lost] if lost else cells)), key=_long)

    def _cost(self, lost: Lost) -> Cost:
        seed = max(self.seeds) + 1
        experiment, graph, _ = self._graph(
            self._trained_on({_ONE: self._new}, lost), {_ONE: (seed,)}
        )
        graph.look_up(experiment.data_names())
        (variant,) = (one for one in experiment.variants if one.name == _ONE)
        config = experiment.of(variant)
        plan = planned_training(graph.made[f"pack/{_ONE}"], config.train, seed)
        names = f"train/{_ONE}/{seed}", f"eval/{_ONE}/{seed}"
        plans = {(_ONE, seed): plan}
        time = run_time(experiment, plans, {name: name for name in names}, self._store)
        each = [time.seconds(name) for name in names]
        known = [one for one in each if one is not None]
        return Cost(
            steps=plan.steps,
            tokens=sum(cell.tokens for cell in plan.cells),
            texts=requests(config.eval, self._benchmarks)[1],
            seconds=sum(known) if len(known) == len(each) else None,
            unknown=tuple(time.unknown()),
        )


def _long(cost: Cost) -> tuple[float, int]:
    return (float("inf") if cost.seconds is None else cost.seconds, cost.texts)


class ToDo(NamedTuple):
    """Trainings that a part of the work may still take, at most."""

    name: str
    stored: int
    most: int


def work_plan(trainer: StoredTrainer, parts: Sequence[ToDo], lost: Lost | None) -> Table:
    """What is stored and what is to do, with the time where it was measured."""
    rows, notes = list(trainer.rows), []
    further = sum(part.most for part in parts)
    seconds = trainer.time.left() if trainer.missing else 0.0
    unknown = list(trainer.time.unknown()) if trainer.missing else []
    if further:
        cost = trainer.cost(lost)
        unknown += cost.unknown
        rows += [_part(part, cost) for part in parts]
        rounds = sum(ceil(part.most / trainer.at_once) for part in parts)
        each = None if cost.seconds is None else rounds * cost.seconds
        seconds = None if seconds is None or each is None else seconds + each
    stored, most = sum(part.stored for part in parts), trainer.missing + 2 * further
    notes.append(cached_note(trainer.every + 2 * stored + 2 * further, most))
    if further:
        notes[0] += " at most"
        notes.append(
            "trainings of the search end as soon as a group stands out; each is evaluated in the "
            "one task and language that is explained"
        )
    if most:
        notes.append(time_note(seconds, list(dict.fromkeys(unknown)), trainer.at_once))
    return Table(title=WORK_TITLE, columns=WORK_COLUMNS, rows=tuple(rows), notes=tuple(notes))


def _part(part: ToDo, cost: Cost) -> TableRow:
    work, each = "", ""
    if part.most:
        work = (
            f"{part.most * cost.steps:,} steps, {part.most * cost.tokens:,} tokens, "
            f"{part.most * cost.texts:,} texts scored"
        )
        each = "not measured" if cost.seconds is None else span(cost.seconds)
    todo = f"at most {part.most}" if part.most else "0"
    return TableRow(cells=tuple(map(text_cell, (part.name, str(part.stored), todo, work, each))))


def change_table(units: ChangeUnits) -> Table:
    """The changed rows by language and kind, and what happened to them."""
    counts = Counter(
        (one.row.language, one.row.kind, one.happened) for unit in units.changes for one in unit
    )
    cells = sorted({(language, kind) for language, kind, _ in counts})
    happened = ("changed", "added", "removed")
    rows = [
        TableRow(
            cells=(
                text_cell(language),
                text_cell(kind),
                *(number_cell(counts[language, kind, what]) for what in happened),
            )
        )
        for language, kind in cells
    ]
    return Table(
        title="Changed rows",
        columns=(
            Column(name="language"),
            Column(name="kind"),
            *(Column(name=what, align="right") for what in happened),
        ),
        rows=tuple(rows),
        caption=f"{counts.total():,} rows of the languages that are trained on.",
    )


def group_table(units: ChangeUnits) -> Table:
    """The groups that would be asked, by what their rows share."""
    found: dict[tuple[str, ...], list[int]] = {}
    for suspect, members in zip(units.suspects, units.groups.members, strict=True):
        facets = tuple(facet for facet, _ in suspect.values)
        found.setdefault(facets, []).append(int(units.groups.rows[members].sum()))
    order = sorted(found, key=lambda facets: (len(facets), LANGUAGE not in facets, facets))
    rows = [
        TableRow(
            cells=(
                text_cell(" and ".join(facets) or "nothing: all changed rows"),
                number_cell(len(found[facets])),
                text_cell(_span(found[facets])),
            )
        )
        for facets in order
    ]
    notes = ["of groups with the same rows only one is asked"]
    if units.left_out:
        notes.append(f"facets with too many values to ask: {', '.join(units.left_out)}")
    return Table(
        title="Groups that would be asked",
        columns=(
            Column(name="by what their rows share", wrap=True),
            Column(name="groups", align="right"),
            Column(name="rows in each", align="right"),
        ),
        rows=tuple(rows),
        caption=f"{len(units.suspects):,} groups.",
        notes=tuple(notes),
    )


def _span(sizes: Sequence[int]) -> str:
    least, most = min(sizes), max(sizes)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
