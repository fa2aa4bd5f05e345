"""The power of a planned experiment, from what the store already has of it or of its profile."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.engine.artefact_store import Store
from harness.engine.graph import Made
from harness.experiment.finished_runs import finished_runs, run_seconds, stored_report
from harness.experiment.measured_runs import measured_runs
from harness.experiment.nodes import Experiment
from leaderboard.power_tables import power_tables
from leaderboard.table import Table
from ultralink_data.errors import DataError, PrerequisiteError

if TYPE_CHECKING:
    from harness.statistics.power_study import PilotRuns

UNKNOWN = (
    "Which differences this run can see is not known yet: the store has no finished run of profile "
    "{} with two or more seeds. `ultralink-bench power FOLDER` says it from any report."
)


def planned_power(
    experiment: Experiment, made: Mapping[str, Made], store: Store
) -> list[Table] | str:
    """Tables of what the planned seeds can see, or a sentence that it is not known.

    Taken from the experiment's own evaluations that are cached, if two seeds of the reference are;
    else from the stored report of the profile with the most runs. Empty for a profile that gives no
    verdicts.
    """
    config = experiment.config
    if not config.verdicts:
        return []
    sample = _from_cache(experiment, made) or _from_report(experiment, store)
    if sample is None:
        return UNKNOWN.format(config.profile)
    from harness.statistics.power_study import PowerQuestion, power_report

    question = PowerQuestion(seeds=max(2, len(config.seeds)), margins=config.margins)
    return power_tables(power_report(sample, question), short=True)


def _from_cache(experiment: Experiment, made: Mapping[str, Made]) -> "PilotRuns | None":
    """The power by the evaluations that are already there."""
    reference = experiment.ablation.reference
    found = {
        variant.name: {s for s in experiment.config.seeds if f"eval/{variant.name}/{s}" in made}
        for variant in experiment.variants
        # With another reference they differ in more than the data.
        if variant.against in ("", reference)
    }
    if reference not in found:
        return None
    common = set.intersection(*found.values())
    names = list(found) if len(common) > 1 else [reference]
    seeds = tuple(sorted(common if len(common) > 1 else found[reference]))
    if len(seeds) < 2:
        return None
    arms = {name: measured_runs(made, name, seeds) for name in names}
    times = [
        made[f"{stage}/{name}/{seed}"].marker.circumstances.wall_seconds
        for stage in ("train", "eval")
        for name in names
        for seed in seeds
    ]
    from harness.statistics.power_study import PilotRuns

    return PilotRuns(
        source="the evaluations of this run that are cached",
        profile=experiment.config.profile,
        arms=arms,
        reference=reference,
        seeds=seeds,
        seconds=2 * sum(times) / len(times),
    )


def _from_report(experiment: Experiment, store: Store) -> "PilotRuns | None":
    """The power by a stored report; None if there is none, or its samples are gone."""
    name, profile = experiment.ablation.name, experiment.config.profile
    folder = stored_report(store.root, profile, name)
    if folder is None:
        return None
    try:
        runs = finished_runs([folder], store=store.root)
        return runs.sample(run_seconds(runs, store))
    except (DataError, PrerequisiteError):
        return None
