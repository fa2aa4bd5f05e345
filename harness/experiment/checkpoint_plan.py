"""What checkpoints of trainings ask for before a run: enough steps, and room on the disk."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.engine.artefact_store import Store
from harness.experiment.ablation import Variant
from harness.experiment.checkpoint_nodes import points_name
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import Plans
from train.points import point_steps
from ultralink_data.errors import PrerequisiteError
from ultralink_data.parameter_count import parameter_count

_BYTES: Final = {"float32": 4, "bfloat16": 2}


def refuse_points(experiment: Experiment, plans: Plans | None = None) -> None:
    """Refuse points that a training has not got the steps for; of those that are known.

    Raises:
        ConfigError: fewer than two points, or more than a training has steps.
    """
    if not experiment.checkpoints:
        return
    for variant in experiment.variants:
        steps = experiment.of(variant).train.steps
        point_steps(steps or experiment.checkpoints, experiment.checkpoints)
    for plan in (plans or {}).values():
        point_steps(plan.steps, experiment.checkpoints)


def points_notes(experiment: Experiment, missing: Mapping[str, str]) -> tuple[str, ...]:
    """What the plan says of the models that are kept."""
    if not experiment.checkpoints:
        return ()
    kept = experiment.checkpoints - 1
    text = f"checkpoints: {kept} models of each training are kept beside the last"
    todo = _todo(experiment, missing)
    if not todo:
        return (f"{text}; all are stored",)
    needed = _needed(experiment, missing)
    room = "not known for this model" if needed is None else _size(needed)
    return (f"{text}; room on the disk for {len(todo)} trainings: {room}",)


def refuse_full_disk(experiment: Experiment, missing: Mapping[str, str], store: Store) -> None:
    """Stop before the first training if the models that are kept do not fit on the disk.

    Raises:
        PrerequisiteError: they do not.
    """
    needed = _needed(experiment, missing) if experiment.checkpoints else None
    if needed is None:
        return
    free = shutil.disk_usage(store.root).free
    if needed > free:
        raise PrerequisiteError(
            f"--checkpoints {experiment.checkpoints} keeps {_size(needed)} of models, and "
            f"{store.root} has {_size(free)} free",
            hint="ask for fewer checkpoints, seeds or variants, or name another store with --runs",
        )


def _todo(experiment: Experiment, missing: Mapping[str, str]) -> list[tuple[Variant, int]]:
    """The trainings with points that are to be made."""
    found = []
    for seed in experiment.config.seeds:
        for variant in experiment.variants:
            name = points_name(variant.name, seed)
            if missing.get(name) == name:
                found.append((variant, seed))
    return found


def _needed(experiment: Experiment, missing: Mapping[str, str]) -> int | None:
    """Bytes of all models of these trainings; None where a model's size is not known."""
    total = 0
    for variant, _ in _todo(experiment, missing):
        config = experiment.of(variant)
        path = config.model.path
        counted = config.model.micro.parameters if path is None else parameter_count(Path(path))
        if counted is None:
            return None
        total += experiment.checkpoints * counted * _BYTES[config.train.precision]
    return total


def _size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"
