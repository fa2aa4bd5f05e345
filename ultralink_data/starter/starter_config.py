"""How large the starter set is: the settings of `data starter`."""

import msgspec

from ultralink_data.seeds import check_seed


class StarterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The starter set.

    Raises:
        ValueError: no problem of a template.
    """

    seed: int = 0
    """Seed of all random choices."""
    per_template: int = 14
    """Math problems per template."""

    def __post_init__(self) -> None:
        """Check seed and count."""
        check_seed(self.seed)
        if self.per_template < 1:
            raise ValueError(f"per_template must be >= 1, got {self.per_template}")
