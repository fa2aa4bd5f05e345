"""`run --until-decided`: seeds are added until the primary endpoints are decided.

The looks are fixed before the first training, and the intervals of each allow for all of them
(`harness.statistics.sequential`).
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from harness.engine.graph import Graph, Made
from harness.engine.pool import Pool
from harness.experiment.config import ExperimentConfig
from harness.experiment.nodes import Experiment
from harness.progress.display import Display, TimeLeft
from harness.statistics.policy import NO_POLICY, Policy
from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.sequential import look_sizes, tails
from harness.statistics.verdict import MIN_SEEDS, Verdict
from leaderboard.records import Effect
from ultralink_data.errors import ConfigError
from ultralink_data.seeds import check_seed

_DECIDED = (
    Verdict.BETTER,
    Verdict.WORSE,
    Verdict.WORSE_WITHIN_MARGIN,
    Verdict.NON_INFERIOR,
    Verdict.FLOOR,
    Verdict.CEILING,
    Verdict.MISSING_LANGUAGE,
)
"""Verdicts that more seeds are not added for: the last three have no answer to wait for."""


class SeedLooks(msgspec.Struct, frozen=True, kw_only=True):
    """The looks of an experiment: all seeds in their order, and how many each look has."""

    seeds: tuple[int, ...]
    sizes: tuple[int, ...]

    def at(self, number: int) -> tuple[int, ...]:
        """The seeds of a look, counted from 0."""
        return self.seeds[: self.sizes[number]]

    def tail(self, count: int) -> float:
        """The quantile of the bounds at the look with this many seeds."""
        return tails(self.sizes)[self.sizes.index(count)]

    def told(self) -> str:
        """The looks in words, for the plan."""
        numbers = ", ".join(map(str, self.sizes))
        return (
            f"until decided: a look at {numbers} seeds, of {' '.join(map(str, self.seeds))}; "
            "no more are added once every primary endpoint is decided. The plan is of the first"
        )

    def caveat(self, count: int) -> str:
        """What a report with this many seeds says about it."""
        numbers = ", ".join(map(str, self.sizes))
        level = 100 * (2 * self.tail(count) - 1)
        return (
            f"Seeds were added until every primary endpoint was decided: looks at {numbers} were "
            f"fixed beforehand, and it ended at {count}. Intervals (of {level:.1f} % at this "
            "look), p and verdicts allow for all looks."
        )


def seed_looks(config: ExperimentConfig, most: int) -> SeedLooks:
    """The looks from the config's seeds to `most` of them; the seeds added are the next numbers.

    Raises:
        ConfigError: no verdicts can be given, or there is no seed to add.
    """
    first = len(config.seeds)
    if not config.verdicts:
        raise ConfigError(
            f"--until-decided: profile {config.profile} gives no verdicts to wait for",
            hint="choose another --profile",
        )
    if first < MIN_SEEDS:
        raise ConfigError(
            f"--until-decided begins with {first} seed{'s' if first > 1 else ''}, and there are no "
            f"verdicts with fewer than {MIN_SEEDS}",
            hint="leave out --seeds, or name three",
        )
    if not any(set(run.languages) - {"en"} and len(run.languages) > 1 for run in config.eval.runs):
        raise ConfigError(
            "--until-decided: no task has a primary endpoint, the average over the languages but "
            "English",
            hint="evaluate another language too (--languages), or leave out --until-decided",
        )
    if most <= first:
        raise ConfigError(
            f"--until-decided {most}: the run begins with {first} seeds, so none can be added",
            hint=f"give more than {first}, or fewer --seeds",
        )
    start = max(config.seeds) + 1
    added = tuple(check_seed(seed) for seed in range(start, start + most - first))
    return SeedLooks(seeds=(*config.seeds, *added), sizes=look_sizes(first, most))


def made_until_decided(
    experiment: Experiment,
    looks: SeedLooks,
    graph: Graph,
    pool: Pool,
    display: Display,
    timed: Callable[[Experiment], TimeLeft],
    note: Callable[[Experiment], None],
    policy: Policy = NO_POLICY,
) -> Experiment:
    """The experiment with the seeds of the look at which it was decided, or of the last; all made.

    `timed` tells how long the missing artefacts of a look take, `note` remembers that there was a
    look, before its verdicts are shown.

    Raises:
        ConfigError: it has no primary endpoint that could be decided.
        BenchError: the first error of a stage.
    """
    for number, size in enumerate(looks.sizes, 1):
        now = experiment.with_seeds(looks.at(number - 1))
        graph.make_missing(now.run_names(), pool, display, timed(now))
        endpoints = _endpoints(now, graph.made, looks.tail(size), policy)
        waiting = [e for e in endpoints if Verdict(e.verdict) not in _DECIDED]
        said = f"look {number} of {len(looks.sizes)}, {size} seeds: "
        said += f"{len(endpoints) - len(waiting)} of {len(endpoints)} primary endpoints decided"
        if waiting and number < len(looks.sizes):
            added = " ".join(map(str, looks.at(number)[size:]))
            said += f"; open: {', '.join(map(_named, waiting))}; adding seeds {added}"
        note(now)
        display.say(said)
        if not waiting:
            break
    return now


def _endpoints(
    experiment: Experiment, made: Mapping[str, Made], tail: float, policy: Policy
) -> list[Effect]:
    """The primary endpoints of all variants at this look."""
    from harness.experiment.measured_runs import measured_runs
    from harness.statistics.comparison import Side, effects

    config, ablation = experiment.config, experiment.ablation
    sides = {
        variant.name: Side(name=variant.name, runs=measured_runs(made, variant.name, config.seeds))
        for variant in experiment.variants
    }
    found: list[Effect] = []
    for variant in experiment.variants:
        other = ablation.compared_with(variant)
        if other is not None:
            side, reference = sides[variant.name], sides[other]
            found += effects(side, reference, config.margins, policy=policy, tail=tail)
    endpoints = [effect for effect in found if effect.primary]
    if not endpoints:
        raise ConfigError(
            "--until-decided: no variant has a primary endpoint that could be decided",
            hint="name more --variants, or leave out --until-decided",
        )
    return endpoints


def _named(effect: Effect) -> str:
    return f"{effect.variant} {effect.task} {effect.metric} ({effect.verdict})"


def tail_of(looks: SeedLooks | None, seeds: Sequence[int]) -> float:
    """The quantile of a report's bounds: that of its look, or of 95 % without looks."""
    return UPPER_TAIL if looks is None else looks.tail(len(seeds))
