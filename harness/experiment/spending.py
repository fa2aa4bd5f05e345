"""What the stages of an ablation may spend on paid models, known before the first request."""

from collections.abc import Collection, Mapping
from math import inf

from harness.experiment.nodes import Experiment
from ultralink_data.added_code import blaming
from ultralink_data.errors import BudgetError, ConfigError


def spending(experiment: Experiment, missing: Collection[str]) -> dict[str, float]:
    """The most that each missing artefact may cost, of those that cost anything.

    Raises:
        ConfigError: the `cost` of a stage fails, or is no amount.
    """
    found: dict[str, float] = {}
    ablation = experiment.ablation
    for variant in experiment.variants:
        for stage in ablation.stages:
            name = f"{stage.name}/{variant.name}"
            if stage.name not in variant.stages or name not in missing:
                continue
            with blaming(ablation.file, f"stage {stage.name}: cost"):
                cost = float(stage.cost(variant.stages[stage.name]))
            if not 0 <= cost < inf:
                raise ConfigError(
                    f"stage {stage.name} of {ablation.name}: cost gives {cost} for {variant.name}",
                    hint="it gives the most that a run may spend, 0 or more",
                )
            if cost:
                found[name] = cost
    return found


def spending_text(found: Mapping[str, float]) -> str:
    """What is spent at most, in words."""
    if not found:
        return "requests to paid models: none"
    unlimited = [name for name, cost in found.items() if cost == inf]
    if unlimited:
        return f"requests to paid models: without a limit ({', '.join(unlimited)})"
    parts = ", ".join(f"{name} {cost:.2f}" for name, cost in found.items())
    return f"requests to paid models: at most {sum(found.values()):.2f} ({parts})"


def refuse_cost(found: Mapping[str, float], most: float | None, limited_by: str = "") -> None:
    """Stop before the first request if all of them could cost more than `most`.

    `limited_by` is the option that bounds a cost that has no limit of its own (infinite).

    Raises:
        BudgetError: they could.
        ConfigError: `most` is no amount.
    """
    if most is not None and not 0 <= most < inf:
        raise ConfigError(f"--max-cost must be >= 0, got {most:g}", hint="write --max-cost 5")
    total = sum(found.values())
    if most is not None and total > most:
        told = "--max-cost" if total == inf else "more than --max-cost"
        raise BudgetError(
            f"{spending_text(found)}, {told} {most:g}; nothing was asked",
            hint=f"bound them: {limited_by}"
            if total == inf
            else "raise --max-cost, or leave variants out with --variants",
        )
