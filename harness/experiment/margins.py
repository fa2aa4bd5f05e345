"""Where an experiment's margins come from, as sentences under its tables."""

import hashlib

import msgspec

from harness.experiment import profiles
from harness.experiment.config import ExperimentConfig
from harness.experiment.margin_files import MEASURED, ORIGIN
from harness.statistics.policy import Policy
from harness.statistics.verdict import Margins
from tasks import registry


def margin_caveats(config: ExperimentConfig) -> tuple[str, ...]:
    """What to know about the margins: that there are none, or whose they are.

    A margin says what loss identical data show by chance, so it holds for the model, the data and
    the tasks of the A/A run that it comes from.
    """
    if not config.verdicts or config.profile not in profiles.PROFILES:
        return ()
    own = profiles.get(config.profile)
    if config.margins == Margins():
        why = (
            f"No margin was measured for profile {config.profile}"
            if own.margins == Margins()
            else f"The margins of profile {config.profile} were taken away for this run"
        )
        return (
            f"{why}, so nothing is called non-inferior; docs/tables.md (Margins) says how to "
            "measure one (nine trainings of the reference on your model and data, then "
            "`ultralink-bench margins`).",
        )
    if any(caveat.startswith(ORIGIN) for caveat in config.caveats):
        return ()
    if config.margins != own.margins:
        return ("The margins were set for this run; the profile has not measured them.",)
    return (*_other_settings(config, own), *_other_versions(config))


def _other_settings(config: ExperimentConfig, own: ExperimentConfig) -> tuple[str, ...]:
    """A sentence on the run that measured a profile's margins, where it was not a run like this."""
    if config.profile in profiles.MEASURED_BY:
        return (profiles.MEASURED_BY[config.profile],)
    changed = [name for name in MEASURED if getattr(config, name) != getattr(own, name)]
    if not changed:
        return ()
    return (
        f"The margins were measured with the settings of profile {config.profile}; this run "
        f"changes {', '.join(changed)}.",
    )


def policy_caveats(policy: Policy) -> tuple[str, ...]:
    """A sentence on the policy whose margins hold, with the hash of what it says."""
    if not policy.has_margins:
        return ()
    digest = hashlib.sha256(msgspec.json.encode(policy, order="deterministic")).hexdigest()
    return (f"Margins of a policy hold where it has one (policy {digest[:12]}).",)


def _other_versions(config: ExperimentConfig) -> tuple[str, ...]:
    """A sentence on tasks that changed since the margins were measured."""
    measured = profiles.MEASURED_ON.get(config.profile, {})
    now = {run.task: registry.get(run.task).version for run in config.eval.runs}
    other = [
        f"{task} {version} (now {now[task]})"
        for task, version in measured.items()
        if task in now and now[task] != version
    ]
    if not other:
        return ()
    return (
        f"The margins were measured on {', '.join(other)}; docs/tables.md says how to measure "
        "them again.",
    )
