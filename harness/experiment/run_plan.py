"""The plan shown before a run: training data, what is cached, how long it may take."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.engine.artefact_store import MARKER, Marker, Store
from harness.engine.graph import Made
from harness.experiment.dataset_variants import missing_gaps
from harness.experiment.margins import margin_caveats
from harness.experiment.nodes import Experiment
from leaderboard.gaps import gap_notes
from leaderboard.table import Cell, Column, Table, TableRow
from train.packed import CellCount, Packed
from train.plan import Plan, plan
from ultralink_data.completion import read_marker


def training_plans(experiment: Experiment, made: Mapping[str, Made]) -> dict[tuple[str, int], Plan]:
    """The exact training plan of each variant and seed, from the packed data."""
    plans = {}
    for variant in experiment.variants:
        packed = Packed.load(made[f"pack/{variant.name}"].path)
        config = experiment.of(variant).train
        for seed in experiment.config.seeds:
            plans[variant.name, seed] = plan(packed, config, seed)
    return plans


def expected_seconds(experiment: Experiment, missing: Sequence[str], store: Store) -> float | None:
    """Rough wall time of the missing artefacts, from the same stages in the store.

    If the store has none, the profile's own figure in proportion; None without one.
    """
    if not missing:
        return 0.0
    known = _known_seconds(store)
    stages = [name.split("/")[0] for name in missing]
    if all(stage in known for stage in stages):
        busy = sum(known[stage] for stage in stages)
        return busy / min(experiment.config.workers, len(missing))
    share = len(missing) / len(experiment.run_names())
    return experiment.config.expected_minutes * 60 * share or None


def _known_seconds(store: Store) -> dict[str, float]:
    """The longest wall time by stage among the artefacts of the store."""
    longest: dict[str, float] = {}
    for shelf, key in store.all_keys():
        marker = _marker(store.path(shelf, key) / MARKER)
        if marker is not None:
            seconds = marker.circumstances.wall_seconds
            longest[marker.stage] = max(longest.get(marker.stage, 0.0), seconds)
    return longest


def _marker(path: Path) -> Marker | None:
    marker = read_marker(path, Marker)
    # The estimate ignores a damaged one; look-up and `store verify` report it.
    return marker if isinstance(marker, Marker) else None


def plan_tables(
    experiment: Experiment,
    made: Mapping[str, Made],
    plans: Mapping[tuple[str, int], Plan],
    missing: Sequence[str],
    seconds: float | None,
) -> list[Table]:
    """The plan as tables: rows and trained tokens by variant, language and kind."""
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
        packed = Packed.load(made[f"pack/{variant.name}"].path).counts
        rows += _variant_rows(variant.name, packed.cells, found, kinds)
    config = experiment.config
    title = f"Plan: {experiment.ablation.name} ({config.profile}), {experiment.ablation.question}"
    return [
        Table(
            title=title,
            columns=columns,
            rows=tuple(rows),
            caption="By kind: rows in the data / trained tokens, which are the assistant's tokens "
            f"that seed {config.seeds[0]} learns from.",
            notes=(
                *gap_notes(tuple(missing_gaps(experiment, made))),
                *_notes(experiment, plans, missing, seconds),
            ),
        )
    ]


def _variant_rows(
    name: str, cells: Sequence[CellCount], found: Plan, kinds: Sequence[str]
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


def _notes(
    experiment: Experiment,
    plans: Mapping[tuple[str, int], Plan],
    missing: Sequence[str],
    seconds: float | None,
) -> tuple[str, ...]:
    config = experiment.config
    steps = {variant: found.steps for (variant, _), found in plans.items()}
    total = len(experiment.run_names())
    tasks = ", ".join(f"{run.task} ({' '.join(run.languages)})" for run in config.eval.runs)
    even = len(set(steps.values())) == 1
    lines = [
        f"seeds {' '.join(map(str, config.seeds))}; "
        + (f"{next(iter(steps.values()))} optimiser steps each" if even else f"steps {steps}"),
        f"tasks: {tasks}",
        f"{total - len(missing)} of {total} trainings and evaluations are cached, "
        f"{len(missing)} to do",
    ]
    lines += margin_caveats(config)
    if seconds is None:
        lines.append("expected time: unknown for this profile and machine")
    elif missing:
        lines.append(f"expected time: about {_duration(seconds)} with {config.workers} workers")
    return tuple(lines)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
