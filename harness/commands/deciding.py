"""`--fail-on` and `--policy`, for every command that compares: the exit code and its last line."""

import argparse
from collections.abc import Callable, Sequence

from harness import show
from harness.experiment.config import ExperimentConfig
from harness.experiment.policy_file import read_policy
from harness.statistics.decision import CellStatus, DecidedAs, Decision, FailOn, decide_on
from harness.statistics.policy import Policy, Tier
from harness.statistics.verdict import MIN_SEEDS
from leaderboard.gaps import Gap
from leaderboard.records import NON_ENGLISH, Effect
from leaderboard.table import Table, magnitude, text_table
from leaderboard.visible_text import visible


def policy_of(arguments: argparse.Namespace) -> Policy:
    """The policy that was named, read before anything long begins.

    Raises:
        ConfigError: it is no policy; names file and line.
        PrerequisiteError: there is no such file.
    """
    return read_policy(arguments.policy)


def warn_of_open_answer(
    arguments: argparse.Namespace,
    config: ExperimentConfig,
    warn: Callable[[str], None] = show.warn,
) -> None:
    """Warn before the work that its verdicts cannot decide what `--fail-on` asks."""
    if arguments.fail_on is None:
        return
    if not config.verdicts:
        why = f"profile {config.profile} gives no verdicts"
    elif len(config.seeds) < MIN_SEEDS:
        why = f"{len(config.seeds)} of the {MIN_SEEDS} seeds that a verdict needs"
    else:
        return
    warn(f"--fail-on {arguments.fail_on} will end with exit 4, could not decide: {why}")


def warn_of_unasked(
    policy: Policy, config: ExperimentConfig, warn: Callable[[str], None] = show.warn
) -> None:
    """Warn before the work that critical cells of a policy are not asked here."""
    asked = {run.task: (*run.languages, NON_ENGLISH, "") for run in config.eval.runs}
    missing = [
        f"{task} {language}".strip()
        for task, language in policy.named_cells()
        if language not in asked.get(task, ()) and policy.tier_of(task, language) is Tier.CRITICAL
    ]
    if missing:
        warn(
            f"the policy names what is not asked here: {', '.join(missing)} will stand as MISSING, "
            f"and nothing passes (asked: {', '.join(asked)} in {', '.join(config.languages)})"
        )


def exit_code(
    arguments: argparse.Namespace, effects: Sequence[Effect], gaps: Sequence[Gap], policy: Policy
) -> int:
    """0 without `--fail-on`, else what the verdicts decide; the last line says which cell did.

    A policy's cells are printed before it, with the status of each.
    """
    asked = FailOn(arguments.fail_on or FailOn.NOT_NONINFERIOR.value)
    decision = decide_on(asked, effects, gaps, policy)
    if arguments.policy is not None:
        show.print_tables([policy_table(decision, arguments.fail_on is not None)])
    if arguments.fail_on is None:
        return 0
    show.console().print(visible(decision.sentence), soft_wrap=True)
    return decision.answer.value


_ANSWERS = {DecidedAs.PASS: "pass", DecidedAs.FAIL: "fail", DecidedAs.OPEN: "open"}


def policy_table(decision: Decision, answers: bool) -> Table:
    """Every cell of a policy with its tier, its margin and its status; and what it says."""
    names = ("Variant", "Task", "Metric", "Lang", "Tier", "Margin", "Status")
    rows = [
        (
            *(cell.variant, cell.task, cell.metric, cell.language, cell.tier.value),
            _margin_text(cell),
            cell.status,
            *((_ANSWERS[cell.answer],) if answers else ()),
        )
        for cell in decision.cells
    ]
    title = "Policy: what decides, by task and language"
    columns = (*names, "Says") if answers else names
    return text_table(title, columns, rows, wrap=("Variant", "Metric", "Status"))


def _margin_text(cell: CellStatus) -> str:
    effect = cell.effect
    if effect is None or effect.margin is None:
        return ""
    return magnitude(-effect.margin, effect.unit)  # a loss as large as the margin
