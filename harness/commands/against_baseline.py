"""`eval --baseline`: the models that were just evaluated, compared with an earlier record."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness.experiment.policy_file import read_policy
from ultralink_data.errors import ConfigError


def check_baseline(arguments: argparse.Namespace, models: int) -> None:
    """Check before the evaluation that there is something to compare with.

    Raises:
        ConfigError: `--fail-on` or `--policy` with one model and no baseline, a baseline of several
            sides or without records, or a policy that is none.
        DataError: the baseline cannot be read.
    """
    read_policy(arguments.policy)
    asked = "--fail-on" if arguments.fail_on else "--policy" if arguments.policy else ""
    if arguments.baseline is None:
        if asked and models < 2:
            raise ConfigError(
                f"{asked} with one model and nothing to compare it with",
                hint="name an earlier record or a folder of them with --baseline",
            )
        return
    from harness.comparing.given import Origin
    from harness.comparing.sides import sides_in

    sides = sides_in(arguments.baseline)
    if len(sides) > 1 or sides[0].origin is not Origin.RECORDS:
        names = ", ".join(side.name for side in sides)
        raise ConfigError(
            f"--baseline {arguments.baseline} is {len(sides)} sides of {sides[0].origin.value} "
            f"({names})",
            hint=f"name one record, or one side of a folder: {arguments.baseline}:{sides[0].name}",
        )


def against_baseline(arguments: argparse.Namespace, records: Sequence[Path]) -> int:
    """Compare new records with the baseline, else with the first of them; returns the exit code.

    Nothing happens where neither `--baseline` nor `--fail-on` nor `--policy` asks for it.
    """
    if arguments.baseline is None and not arguments.fail_on and not arguments.policy:
        return 0
    from harness.commands.compare import print_comparisons

    before = [] if arguments.baseline is None else [arguments.baseline]
    return print_comparisons([*before, *records], arguments)
