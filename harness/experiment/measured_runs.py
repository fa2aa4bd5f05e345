"""Finished evaluations of an experiment, measured: what its comparisons and plans start from."""

from collections.abc import Mapping

from harness.engine.graph import Made
from harness.statistics.measured import MeasuredTask
from harness.statistics.scores import measure


def variant_runs(
    made: Mapping[str, Made], variant: str, seeds: tuple[int, ...]
) -> list[tuple[int, Made]]:
    """The finished evaluations of a variant, by seed."""
    return [(seed, made[f"eval/{variant}/{seed}"]) for seed in seeds]


def measured_runs(
    made: Mapping[str, Made], variant: str, seeds: tuple[int, ...]
) -> tuple[tuple[MeasuredTask, ...], ...]:
    """The metrics of a variant's evaluations, seed by seed.

    Raises:
        DataError: a sample file is missing or damaged.
    """
    return tuple(tuple(measure(run.path)) for _, run in variant_runs(made, variant, seeds))
