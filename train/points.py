"""The points of a training at which its intermediate models are kept; the last is its end."""

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite, lcm
from pathlib import Path
from typing import Final

import msgspec

from ultralink_data.errors import ConfigError

FINAL: Final = "final"
POINT_FILE: Final = "_point.json"
"""In the folder of a point: at which step it was. Its name keeps it out of fingerprints."""


MOST_POINTS: Final = 100
"""Most even points of a training: at each a checkpoint to resume from is written."""


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


def even_points(shares: Sequence[float]) -> tuple[int, tuple[int, ...]]:
    """How many even points a training has so that these shares of it are among them, and which.

    Points are counted from 1; the last is the end, whether it is asked for or not.

    Raises:
        ConfigError: a share that is none, or shares that only more than `MOST_POINTS` points hold.
    """
    for share in shares:
        if not (isfinite(share) and 0 < share <= 1):
            raise ConfigError(
                f"--eval-at {share:g}: a share of a training is above 0 and at most 1",
                hint="give shares such as 0.25,0.5,1.0",
            )
    parts = sorted({Fraction(share).limit_denominator(MOST_POINTS) for share in shares})
    points = lcm(*(part.denominator for part in parts))
    if points > MOST_POINTS or parts[0] == 0:
        raise ConfigError(
            f"--eval-at {','.join(f'{share:g}' for share in shares)}: no {MOST_POINTS} even points "
            "of a training or fewer hold all of these",
            hint="give multiples of 0.01, 0.05 or 0.25",
        )
    return points, tuple(int(part * points) for part in parts)


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
