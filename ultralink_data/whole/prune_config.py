"""How much of the translated math and code is kept: the settings of `data prune`."""

from typing import Literal, TypeAlias

import msgspec

By: TypeAlias = Literal["source", "similarity"]


class PruneConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Translated math and code rows kept in each language, drawn by seed.

    Raises:
        ValueError: a number of rows that `whole.prune.parse_keep` refuses.
    """

    keep: str = "all"
    """Rows of a language and kind that stay: 2k, 1/8, all."""
    seed: int = 0
    """Of the draw."""

    def __post_init__(self) -> None:
        """Check `keep`."""
        from ultralink_data.whole.prune import parse_keep

        parse_keep(self.keep)


class PruneStep(PruneConfig, frozen=True, kw_only=True):
    """How many rows stay, and which, where a dataset is pruned by itself or in a recipe."""

    keep: str
    by: By = "source"
    """Draw by seed, each source problem before any twice; or take always the row least like those
    already kept."""
