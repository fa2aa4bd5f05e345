"""What a dataset is checked for, and what falls out of it: `data check`, alone or in a recipe."""

from typing import Final

import msgspec

from tasks import index
from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.text.control_tokens import MARK_REASONS

REASONS: Final = ("contaminated", "exact", "near", "structure", "wrong_language", *MARK_REASONS)


class CheckStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The check of a whole dataset against benchmarks.

    Raises:
        ValueError: `drop` names something else than `REASONS`.
    """

    against: tuple[str, ...] = msgspec.field(default_factory=index.checked_by_default)
    """Benchmarks to look for, in all their languages."""
    drop: tuple[str, ...] = ("contaminated",)
    """Rows to drop: contaminated, exact, near, structure, wrong_language, control_token,
    thinking."""
    config: CheckConfig = CheckConfig()
    """Settings and limits of the check."""

    def __post_init__(self) -> None:
        """Check the reasons."""
        for reason in self.drop:
            if reason not in REASONS:
                raise ValueError(f"check.drop: {reason!r} is none of {', '.join(REASONS)}")
