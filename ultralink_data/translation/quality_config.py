"""How much is measured of translations: the settings of `data quality`."""

import msgspec


class QualityConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is measured.

    Raises:
        ValueError: a number out of its range.
    """

    sample: int = 100
    """Turns per language to translate back."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.sample < 1:
            raise ValueError(f"sample must be 1 or more turns per language, got {self.sample}")
