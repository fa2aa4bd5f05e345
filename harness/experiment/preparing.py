"""What an ablation makes before its stages run: told, bounded in cost, never in a dry run."""

from pathlib import Path

from harness.experiment.ablation import Ablation
from harness.experiment.spending import refuse_cost, spending_text
from harness.progress.display import Display


def prepared(
    ablation: Ablation, runs: Path, display: Display, *, dry_run: bool, most: float | None
) -> bool:
    """Make what the ablation needs first; false if a dry run ends here.

    Raises:
        BudgetError: it could cost more than `most`; nothing was asked.
        BenchError: what making it raises.
    """
    prepare = ablation.prepare
    if prepare is None:
        return True
    cost = {prepare.what: prepare.most} if prepare.most else {}
    refuse_cost(cost, most, prepare.limited_by)
    if prepare.pending:
        display.say(f"{prepare.what}: {prepare.work}")
        display.say(spending_text(cost))
    if dry_run and prepare.pending:
        display.say(f"{prepare.what}: not made yet; a dry run asks nobody, so the plan ends here")
        return False
    prepare.run(runs, display)
    return True
