"""Where an experiment's margins come from, as sentences under its tables."""

import msgspec

from harness.experiment import profiles
from harness.experiment.config import ExperimentConfig

MEASURED = ("languages", "data", "model", "train", "eval")
"""The fields that an A/A run measures a margin for."""


def margin_caveats(config: ExperimentConfig) -> tuple[str, ...]:
    """What to know about the margins: that there are none, or whose they are.

    A margin says what loss identical data show by chance, so it holds for the model, the data and
    the tasks of the A/A run that it comes from.
    """
    margins = msgspec.to_builtins(config.margins)
    if not config.verdicts or config.profile not in profiles.PROFILES:
        return ()
    if not any(margins.values()):
        return (
            f"No margin was measured for profile {config.profile}, so nothing is called "
            "non-inferior; docs/tables.md says how to measure one (nine seeds of the reference).",
        )
    own = profiles.get(config.profile)
    if config.margins != own.margins:
        return ("The margins were set for this run; the profile has not measured them.",)
    changed = [name for name in MEASURED if getattr(config, name) != getattr(own, name)]
    if not changed:
        return ()
    return (
        f"The margins were measured with the settings of profile {config.profile}; this run "
        f"changes {', '.join(changed)}.",
    )
