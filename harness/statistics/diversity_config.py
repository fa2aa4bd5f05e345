"""How variety is measured: the settings of `data diversity`."""

from typing import Literal, TypeAlias

import msgspec

from ultralink_data.seeds import check_seed

Part: TypeAlias = Literal["all", "questions", "answers"]


class DiversityConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the dialogues is measured."""

    part: Part = "all"
    """Turns that distinct-n and MTLD read."""
    seed: int = 0
    """Seed of groups and samples."""

    def __post_init__(self) -> None:
        """Check the seed."""
        check_seed(self.seed)
