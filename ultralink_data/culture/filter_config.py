"""How the cultural filter judges conversations: the settings of `data filter`."""

import msgspec

from ultralink_data.stage.asking_config import Asking


class FilterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How conversations are judged. Tokens are by estimate.

    Raises:
        ValueError: a value out of its range, or neither of the two filters.
    """

    threshold: int = 0
    """Keep a conversation whose total score is at most this, from 0 to 6."""
    keywords: bool = True
    """Sort out by keywords before a model is asked."""
    model: bool = True
    """Ask a model about what the keywords leave."""
    window_tokens: int = 3000
    """How much of a conversation one request holds."""
    reply_tokens: int = 800
    """Limit of the reply that holds a verdict."""
    structured: bool = True
    """Ask for verdicts by a JSON schema, which not every endpoint takes."""
    asking: Asking = Asking(temperature=0.0)
    """How often and how a conversation is asked about."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if not 0 <= self.threshold <= 6:
            raise ValueError(f"threshold must be from 0 to 6, got {self.threshold}")
        for name in ("window_tokens", "reply_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        if not (self.keywords or self.model):
            raise ValueError("neither keywords nor a model: nothing would be filtered")
