"""Trainings whose learning rate never reaches its peak, told in the plan and in the report."""

from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import Plans


def warmup_caveats(experiment: Experiment, plans: Plans) -> tuple[str, ...]:
    """A sentence for the variants whose steps are all warm-up; none if no variant's are."""
    from train.warmup_note import warmup_note

    said: dict[str, list[str]] = {}
    seed = experiment.config.seeds[0]
    for variant in experiment.variants:
        steps = plans[variant.name, seed].steps
        for note in warmup_note(steps, experiment.of(variant).train):
            said.setdefault(note, []).append(variant.name)
    every = len(experiment.variants)
    return tuple(
        note if len(names) == every else f"{', '.join(names)}: {note}"
        for note, names in said.items()
    )
