"""How existing translations are read: the settings of `data meaning`."""

import msgspec

from ultralink_data.stage.asking_config import Asking
from ultralink_data.translation.reading_config import ReadingConfig


class MeaningConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is read, and how.

    Raises:
        ValueError: a number out of its range.
    """

    sample: int = 100
    """Turns with numbers per language to read."""
    reading: ReadingConfig = ReadingConfig()
    """How the model is asked what a text says."""
    asking: Asking = Asking(temperature=0.0)
    """How the model is asked; it is always asked at temperature 0."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.sample < 1:
            raise ValueError(f"sample must be 1 or more turns per language, got {self.sample}")
