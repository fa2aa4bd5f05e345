"""`--fail-on` and `--policy`, for every command that compares: the exit code and its last line."""

import argparse
from collections.abc import Sequence

from harness import show
from harness.experiment.config import ExperimentConfig
from harness.experiment.policy_file import read_policy
from harness.statistics.decision import FailOn, decide_on
from harness.statistics.policy import Policy
from harness.statistics.verdict import MIN_SEEDS
from leaderboard.gaps import Gap
from leaderboard.records import Effect


def policy_of(arguments: argparse.Namespace) -> Policy:
    """The policy that was named, read before anything long begins.

    Raises:
        ConfigError: it is no policy; names file and line.
        PrerequisiteError: there is no such file.
    """
    return read_policy(arguments.policy)


def warn_of_open_answer(arguments: argparse.Namespace, config: ExperimentConfig) -> None:
    """Warn before the work that its verdicts cannot decide what `--fail-on` asks."""
    if arguments.fail_on is None:
        return
    if not config.verdicts:
        why = f"profile {config.profile} gives no verdicts"
    elif len(config.seeds) < MIN_SEEDS:
        why = f"{len(config.seeds)} of the {MIN_SEEDS} seeds that a verdict needs"
    else:
        return
    show.warn(f"--fail-on {arguments.fail_on} will end with exit 4, could not decide: {why}")


def exit_code(
    arguments: argparse.Namespace, effects: Sequence[Effect], gaps: Sequence[Gap], policy: Policy
) -> int:
    """0 without `--fail-on`, else what the verdicts decide; the last line says which cell did."""
    if arguments.fail_on is None:
        return 0
    decision = decide_on(FailOn(arguments.fail_on), effects, gaps, policy)
    show.console().print(decision.sentence, soft_wrap=True)
    return decision.answer.value
