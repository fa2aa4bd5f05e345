"""How a stage asks a model about its rows: the settings that all such stages share."""

import msgspec

from ultralink_data.seeds import check_seed


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a row is asked about, and how replies are drawn.

    Raises:
        ValueError: a value out of its range.
    """

    tries: int = 3
    """Attempts per row until a reply passes its checks."""
    temperature: float = 0.7
    """Sampling temperature, from 0 to 2."""
    seed: int = 0
    """Seed of all random choices, also sent with each request."""

    def __post_init__(self) -> None:
        """Check ranges."""
        check_seed(self.seed)
        if self.tries < 1:
            raise ValueError(f"tries must be 1 or more, got {self.tries}")
        if not 0 <= self.temperature <= 2:
            raise ValueError(f"temperature must be from 0 to 2, got {self.temperature}")
