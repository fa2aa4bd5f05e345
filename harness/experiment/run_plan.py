"""The plan shown before a run: training data, what is cached, how long it may take."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from harness.engine.artefact_store import Store
from harness.engine.graph import Graph, Made
from harness.engine.mixture_stage import mixed_cells
from harness.experiment.answer_rows import answer_notes
from harness.experiment.asked_problems import requests
from harness.experiment.bfloat16_speed import bfloat16_note
from harness.experiment.checkpoint_plan import points_notes
from harness.experiment.cut_rows import cut_notes
from harness.experiment.dataset_variants import missing_gaps
from harness.experiment.further_seeds import leading_to
from harness.experiment.margins import margin_caveats
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import (
    PlannedCell,
    PlannedTraining,
    Plans,
    packed_cells,
    planned_training,
)
from harness.experiment.run_time import RunTime, run_time
from harness.experiment.spending import spending_text
from harness.experiment.warmup_caveats import warmup_caveats
from harness.progress.tempo import span
from leaderboard.gaps import gap_notes
from leaderboard.mixture_tables import mixture_table
from leaderboard.table import Cell, Column, Table, TableRow


def training_plans(
    experiment: Experiment, made: Mapping[str, Made]
) -> dict[tuple[str, int], PlannedTraining]:
    """The exact training plan of each variant and seed, from the packed data.

    For a variant that trains on answers which are not made yet, that of the rows with the answers
    that they have.
    """
    plans = {}
    of_the_reference = leading_to(experiment.ablation.reference, experiment.variants)
    for variant in experiment.variants:
        config = experiment.of(variant).train
        further = experiment.further_seeds if variant in of_the_reference else ()
        for seed in (*experiment.config.seeds, *further):
            known = made.get(experiment.packed_name(variant, seed), made[f"pack/{variant.name}"])
            plans[variant.name, seed] = planned_training(known, config, seed)
    return plans


def timing(graph: Graph, store: Store, experiment: Experiment) -> RunTime:
    """How long the missing trainings and evaluations take of an experiment whose data are made."""
    plans = training_plans(experiment, graph.made)
    return run_time(experiment, plans, graph.makers(experiment.run_names()), store)


def plan_tables(
    experiment: Experiment,
    made: Mapping[str, Made],
    plans: Plans,
    missing: Mapping[str, str],
    time: RunTime,
    spend: Mapping[str, float],
) -> list[Table]:
    """The plan as tables: rows and trained tokens by variant, language and kind; what is to do."""
    kinds = sorted({cell.kind for found in plans.values() for cell in found.cells})
    columns = (
        Column(name="variant", align="left"),
        Column(name="lang", align="left"),
        *(Column(name=kind, align="right") for kind in kinds),
        Column(name="all tokens", align="right"),
    )
    rows: list[TableRow] = []
    for variant in experiment.variants:
        found = plans[variant.name, experiment.config.seeds[0]]
        cells = packed_cells(made[f"pack/{variant.name}"])
        rows += _variant_rows(variant.name, cells, found, kinds)
    config = experiment.config
    title = f"Plan: {experiment.ablation.name} ({config.profile}), {experiment.ablation.question}"
    return [
        *mixture_tables(experiment, made),
        Table(
            title=title,
            columns=columns,
            rows=tuple(rows),
            caption="By kind: rows in the data / trained tokens, which are the assistant's tokens "
            f"that seed {config.seeds[0]} learns from.",
            notes=(
                *gap_notes(tuple(missing_gaps(experiment, made))),
                *cut_notes(experiment, made),
                *answer_notes(experiment, made),
                *warmup_caveats(experiment, plans),
                *_notes(experiment, plans),
            ),
        ),
        work_table(experiment, plans, missing, time, spend),
    ]


def mixture_tables(experiment: Experiment, made: Mapping[str, Made]) -> Iterator[Table]:
    """A table of each mixture that variants train on."""
    for name, variants in experiment.source_names().items():
        mixture = experiment.mixture(variants[0])
        if mixture is not None:
            yield mixture_table(str(mixture.path), mixed_cells(made[name].path))


_STAGES: Final = {
    "base": "base models",
    "answers": "sets of own answers",
    "points": "trainings, with checkpoints",
    "train": "trainings",
    "eval": "evaluations",
    "point": "evaluations of checkpoints",
}
"""What the plan calls the artefacts of a stage."""

WORK_TITLE: Final = "To do"
WORK_COLUMNS: Final = (
    Column(name="stage"),
    Column(name="stored", align="right"),
    Column(name="to do", align="right"),
    Column(name="work", wrap=True),
    Column(name="time each", align="right"),
)


def work_table(
    experiment: Experiment,
    plans: Plans,
    missing: Mapping[str, str],
    time: RunTime,
    spend: Mapping[str, float],
) -> Table:
    """What is stored and what is to do: steps, requests, and time where it was measured."""
    names = experiment.run_names()
    return Table(
        title=WORK_TITLE,
        columns=WORK_COLUMNS,
        rows=tuple(work_rows(experiment, plans, missing, time)),
        notes=(
            cached_note(len(names), len(missing)),
            *_shared_notes(missing),
            *points_notes(experiment, missing),
            *_time_notes(experiment, missing, time),
            spending_text(spend),
        ),
    )


def work_rows(
    experiment: Experiment,
    plans: Plans,
    missing: Mapping[str, str],
    time: RunTime,
    of: str = "",
) -> list[TableRow]:
    """A row of `WORK_COLUMNS` for each stage that the experiment has; `of` says of what."""
    names = experiment.run_names()
    ends = {node.name for node in experiment.run_nodes() if node.after}
    rows = []
    for stage, called in _STAGES.items():
        every = [name for name in names if name.partition("/")[0] == stage]
        absent = [name for name in every if name in missing]
        todo = [name for name in absent if missing[name] == name]
        if every:
            stored = str(len(every) - len(absent))
            each = _each([name for name in todo if name not in ends], time)
            amount = _amount(experiment, plans, stage, todo)
            if ends.intersection(todo):
                amount = "the ends of those with checkpoints"
            name = f"{called} of {of}" if of and stage != "base" else called
            cells = (name, stored, str(len(todo)), amount, each)
            rows.append(TableRow(cells=tuple(Cell(text=text) for text in cells)))
    return rows


def cached_note(every: int, missing: int) -> str:
    """How much of the work the store has."""
    return f"{every - missing} of {every} trainings and evaluations are cached, {missing} to do"


def _each(names: Sequence[str], time: RunTime) -> str:
    """The time of one artefact, or the range of them."""
    found = [seconds for name in names if (seconds := time.seconds(name)) is not None]
    if not names:
        return ""
    if len(found) < len(names):
        return "not measured"
    least, most = span(min(found)), span(max(found))
    return least if least == most else f"{least} to {most}"


def _amount(
    experiment: Experiment,
    plans: Plans,
    stage: str,
    names: Sequence[str],
) -> str:
    """Steps or requests of the missing artefacts of a stage."""
    which = [name.split("/")[1:] for name in names]
    if stage in ("train", "points") and names:
        found = [plans[variant, int(seed)] for variant, seed in which]
        tokens = sum(cell.tokens for one in found for cell in one.cells)
        return f"{sum(one.steps for one in found):,} steps, {tokens:,} tokens"
    if stage in ("eval", "point") and names:
        asked = experiment.evaluations()
        if stage == "point":
            asked = {v.name: experiment.point_evaluation(v) for v in experiment.variants}
        counts = [requests(asked[one[0]].eval, experiment.benchmarks) for one in which]
        answers, texts = (sum(parts) for parts in zip(*counts, strict=True))
        return f"{answers:,} answers, {texts:,} texts scored"
    return ""


def _shared_notes(missing: Mapping[str, str]) -> tuple[str, ...]:
    """How many of the missing artefacts are the same as others."""
    shared = sum(name != maker for name, maker in missing.items())
    return (f"{shared} of these are the same as others, and made once",) if shared else ()


def _time_notes(
    experiment: Experiment, missing: Mapping[str, str], time: RunTime
) -> tuple[str, ...]:
    if not missing:
        return ()
    seconds = time.left()
    note = time_note(seconds, time.unknown(), experiment.config.workers)
    slow = bfloat16_note(experiment.config.train.precision)
    return (note, *slow) if seconds is not None else (note, *slow, *_how_to_measure(experiment))


def time_note(seconds: float | None, unknown: Sequence[str], workers: int) -> str:
    """How long the work takes with so many workers; `unknown` are stages that nobody measured."""
    if seconds is not None:
        at_a_time = f"{workers} at a time" if workers > 1 else "one at a time"
        return f"expected time: about {span(seconds)}, {at_a_time}, as measured on this machine"
    *first, last = (_STAGES.get(stage, stage) for stage in unknown)
    named = f"{', '.join(first)} and {last}" if first else last
    return (
        f"expected time: not known, as no such {named} were measured on this machine; it is "
        "shown once the first are made"
    )


def _how_to_measure(experiment: Experiment) -> tuple[str, ...]:
    """How to learn the time of a pretrained model beforehand: trainings scale with their tokens."""
    if not any(experiment.of(variant).model.path for variant in experiment.variants):
        return ()
    seed = experiment.config.seeds[0]
    return (
        "without a GPU a pretrained model takes hours to days: the same command with "
        f"--variants {experiment.ablation.reference} --seeds {seed} --set train.steps=3 measures "
        "a few steps and one evaluation, and the plan then says the time",
    )


def _variant_rows(
    name: str, cells: Sequence[PlannedCell], found: PlannedTraining, kinds: Sequence[str]
) -> list[TableRow]:
    rows = []
    languages = dict.fromkeys(cell.language for cell in cells)
    for number, language in enumerate(languages):
        counts = {c.kind: c.rows for c in cells if c.language == language}
        learned = {c.kind: c.loss_tokens for c in found.cells if c.language == language}
        tokens = sum(learned.values())
        texts = [name if number == 0 else "", language]
        texts += [f"{counts.get(kind, 0):,} / {learned.get(kind, 0):,}" for kind in kinds]
        rows.append(
            TableRow(
                cells=tuple(Cell(text=text) for text in [*texts, f"{tokens:,}"]),
                section=number == 0,
            )
        )
    return rows


def _notes(experiment: Experiment, plans: Plans) -> tuple[str, ...]:
    config = experiment.config
    steps = {variant: found.steps for (variant, _), found in plans.items()}
    tasks = ", ".join(f"{run.task} ({' '.join(run.languages)})" for run in config.eval.runs)
    even = len(set(steps.values())) == 1
    lines = [
        f"seeds {' '.join(map(str, config.seeds))}; "
        + (f"{next(iter(steps.values()))} optimiser steps each" if even else f"steps {steps}"),
        f"tasks: {tasks}",
        *margin_caveats(config),
    ]
    if experiment.further_seeds:
        further = " ".join(map(str, experiment.further_seeds))
        lines.append(
            f"noise floor: {experiment.ablation.reference} with seeds {further} too "
            "(--no-noise-floor leaves it out)"
        )
    return tuple(lines)
