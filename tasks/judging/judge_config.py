"""How a judge compares answers: the settings of `grade` for a benchmark that is judged."""

from typing import Literal, TypeAlias

import msgspec

Protocol: TypeAlias = Literal["both_orders", "reference"]
Structured: TypeAlias = Literal["auto", "always", "never"]


class JudgeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is judged, and how the judge is asked.

    Raises:
        ValueError: a value out of its range.
    """

    protocol: Protocol = "both_orders"
    """Judge each pair in both orders and read verdicts strictly; or reference: upstream's single
    order and its parser."""
    structured: Structured = "auto"
    """Ask for verdicts in a JSON schema; auto: if the endpoint follows one."""
    limit: int | None = None
    """Judge only the first N questions by id."""
    max_bad: float = 0.1
    """A language with a larger share of missing verdicts gets no score."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be 1 or more questions a language, got {self.limit}")
        if not 0 <= self.max_bad <= 1:
            raise ValueError(f"max_bad must be a share from 0 to 1, got {self.max_bad}")
