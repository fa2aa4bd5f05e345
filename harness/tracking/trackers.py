"""The trackers by name, each imported when it is asked for."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Final, NamedTuple

from harness.tracking.tracker import TrackedRun, Tracker
from ultralink_data.errors import PrerequisiteError, unknown_name


class KnownTracker(NamedTuple):
    """A tracker: what must be installed for it (module, package), and what makes it."""

    module: str
    package: str
    make: Callable[[TrackedRun], Tracker]


def _tensorboard(run: TrackedRun) -> Tracker:
    from harness.tracking.tensorboard_tracker import TensorBoardTracker

    return TensorBoardTracker(run)


def _wandb(run: TrackedRun) -> Tracker:
    from harness.tracking.wandb_tracker import WandbTracker

    return WandbTracker(run)


def _mlflow(run: TrackedRun) -> Tracker:
    from harness.tracking.mlflow_tracker import MlflowTracker

    return MlflowTracker(run)


TRACKERS: Final = {
    "tensorboard": KnownTracker("tensorboard", "tensorboard", _tensorboard),
    "wandb": KnownTracker("wandb", "wandb", _wandb),
    "mlflow": KnownTracker("mlflow", "mlflow-skinny", _mlflow),
}


def check_trackers(names: Sequence[str]) -> None:
    """See that all of these trackers are known and installed.

    Raises:
        ConfigError: an unknown name.
        PrerequisiteError: a package is missing; the hint has the command that installs it.
    """
    for name in names:
        if name not in TRACKERS:
            raise unknown_name("tracker", name, TRACKERS)
        if find_spec(TRACKERS[name].module) is None:
            package = TRACKERS[name].package
            raise PrerequisiteError(
                f"--report-to {name}: the package {package} is not installed",
                hint=f"pip install {package} (or all trackers: pip install -e '.[report]')",
            )


def begin(name: str, run: TrackedRun) -> Tracker:
    """A tracker that follows this training."""
    return TRACKERS[name].make(run)
