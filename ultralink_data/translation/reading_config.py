"""How a model is asked what a text says: the settings of the check by meaning."""

import msgspec


class ReadingConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the quantities of a text are asked for.

    Raises:
        ValueError: a number out of its range.
    """

    reading_tokens: int = 1200
    """Most tokens of a reply that lists the quantities of a turn."""
    structured: bool = True
    """Ask for the quantities in a JSON schema, which some endpoints do not support."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.reading_tokens < 1:
            raise ValueError(f"reading_tokens must be 1 or more, got {self.reading_tokens}")
