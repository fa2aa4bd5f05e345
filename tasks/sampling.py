"""How a model's answers are drawn: the settings of sampling."""

import math
from typing import Literal

import msgspec

Thinking = Literal["default", "on", "off"]
"""Whether a model thinks before it answers; "default" leaves it to its chat template."""


class Sampling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to sample.

    Raises:
        ValueError: a value out of its range, or several samples without a temperature.
    """

    temperature: float = 0.0
    """Sampling temperature; 0 is greedy. Without it, `eval` with several samples per problem uses
    the protocol's own, or 0.8."""
    top_p: float = 1.0
    """Nucleus sampling: draw from the likeliest tokens that together have this probability."""
    repeats: int = 1
    """Generations per problem."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"temperature must be >= 0, got {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be over 0 and at most 1, got {self.top_p}")
        if self.repeats < 1:
            raise ValueError(f"repeats must be >= 1, got {self.repeats}")
        if self.repeats > 1 and self.temperature == 0:
            raise ValueError(f"{self.repeats} samples per problem need a temperature above 0")
