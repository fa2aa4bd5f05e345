"""The points of a training at which its intermediate models are kept; the last is its end."""

from pathlib import Path
from typing import Final

import msgspec

from ultralink_data.errors import ConfigError

FINAL: Final = "final"
POINT_FILE: Final = "_point.json"
"""In the folder of a point: at which step it was. Its name keeps it out of fingerprints."""


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where in its training a model was saved: after `step` of `steps`."""

    step: int
    steps: int


def point_name(number: int) -> str:
    """The folder of a point, counted from 1."""
    return f"point-{number}"


def read_point(folder: Path) -> Point:
    """Where in its training the model in the folder of a point was saved."""
    return msgspec.json.decode((folder / POINT_FILE).read_bytes(), type=Point)


def point_steps(steps: int, points: int) -> tuple[int, ...]:
    """The steps of all points, the last of which is the end of the training.

    Raises:
        ConfigError: fewer than two points, or more than there are steps.
    """
    if points < 2:
        raise ConfigError(
            f"--checkpoints {points}: of one training at least 2 are compared, its end among them",
            hint="give 2 or more",
        )
    if points > steps:
        raise ConfigError(
            f"--checkpoints {points}: a training has only {steps} step{'s' if steps > 1 else ''}",
            hint=f"give at most {steps}, or train for more steps",
        )
    every = steps // points
    return (*(every * number for number in range(1, points)), steps)
