"""How the cultural filter judges conversations: the settings of `data filter`."""

import msgspec

from ultralink_data.stage.asking_config import Asking


class FilterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How conversations are judged. Tokens are by estimate.

    Raises:
        ValueError: a value out of its range, or neither of the two filters.
    """

    threshold: int = 0
    """Highest total score of a conversation that is kept, from 0 to 6."""
    keywords: bool = True
    """Reject by keywords before asking a model."""
    model: bool = True
    """Ask a model about the rows that keywords did not reject."""
    window_tokens: int = 3000
    """Most tokens of a conversation in one request."""
    reply_tokens: int = 800
    """Most tokens in a reply with a verdict."""
    structured: bool = True
    """Ask for verdicts in a JSON schema, which some endpoints do not support."""
    asking: Asking = Asking(temperature=0.0)
    """How the model is asked."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if not 0 <= self.threshold <= 6:
            raise ValueError(f"threshold must be from 0 to 6, got {self.threshold}")
        for name in ("window_tokens", "reply_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        if not (self.keywords or self.model):
            raise ValueError("neither keywords nor a model: nothing would be filtered")
