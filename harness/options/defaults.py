"""Values of options that no config holds, each typed once; parser and commands read them here."""

from pathlib import Path
from typing import Final, Literal, TypeAlias

LANGUAGE: Final = "en"
"""The language of commands that work in one."""

PROFILE: Final = "starter"
"""The profile of `run`: one of `harness.experiment.profiles`."""

PROFILE_HELP: Final = (
    "the scale: tiny, starter, small, paper-released or paper-lm (default: %(default)s)"
)

Budget: TypeAlias = Literal["steps", "epochs"]
EQUAL_STEPS: Final[Budget] = "steps"
EQUAL_EPOCHS: Final[Budget] = "epochs"
BUDGETS: Final[tuple[Budget, ...]] = (EQUAL_STEPS, EQUAL_EPOCHS)
"""What the trainings of variants have in common; the first is the default."""

SEED: Final = 0
"""The seed of a training that is given none."""

FAIL_ON: Final = ("worse", "not-noninferior")
"""Values of `--fail-on`: those of `harness.statistics.decision.FailOn`."""

RUNS: Final = Path("runs")
"""The store."""


def reports(runs: Path, name: str) -> Path:
    """The folder for what a command says of its results, in the store `runs`."""
    return runs / "reports" / name


def replies(runs: Path) -> Path:
    """The file with the stored replies of endpoints, in the store `runs`."""
    return runs / "llm_cache" / "replies.sqlite"
