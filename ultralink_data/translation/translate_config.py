"""How dialogues are translated: the settings of `data translate` and `data quality`."""

import math
from typing import Literal

import msgspec

from ultralink_data.stage.asking_config import Asking
from ultralink_data.translation.reading_config import ReadingConfig

Names = Literal["keep", "localise"]


class TranslateConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How dialogues are translated. Tokens are by estimate.

    Raises:
        ValueError: a value out of its range.
    """

    names: Names = "keep"
    """Keep names of people and places, or replace them with local ones."""
    context_tokens: int = 1500
    """Most tokens of earlier turns, with their translations, sent along with a turn."""
    max_turn_tokens: int = 3000
    """Longest turn; a dialogue with a longer one is rejected without asking the model."""
    reply_factor: float = 4.0
    """Most reply tokens per source token: other scripts need more."""
    check_meaning: bool = False
    """Also ask the model what source and translation say, each alone, and compare."""
    keep_unread: bool = False
    """Keep turns whose quantities the model could not list, instead of rejecting the dialogue."""
    reading: ReadingConfig = ReadingConfig()
    """How the model is asked what a text says."""
    asking: Asking = Asking(temperature=0.3)
    """How the model is asked."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.context_tokens < 0:
            raise ValueError(f"context_tokens must be 0 or more, got {self.context_tokens}")
        if self.max_turn_tokens < 1:
            raise ValueError(f"max_turn_tokens must be 1 or more, got {self.max_turn_tokens}")
        if not 1 <= self.reply_factor < math.inf:
            raise ValueError(f"reply_factor must be 1 or more, got {self.reply_factor}")
