"""How variety is measured: the settings of `data diversity`."""

from typing import Literal, TypeAlias

import msgspec

Part: TypeAlias = Literal["all", "questions", "answers"]


class DiversityConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the dialogues is measured."""

    part: Part = "all"
    """Turns that distinct-n and MTLD read."""
    seed: int = 0
    """Seed of groups and samples."""
