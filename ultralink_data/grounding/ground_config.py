"""How dialogues about passages are made: the settings of `data ground`."""

import msgspec

from ultralink_data.stage.asking_config import Asking


class GroundConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How dialogues are made; defaults are upstream's where it has them. Tokens are by estimate.

    Raises:
        ValueError: a value out of its range.
    """

    passage_tokens: int = 2000
    """Longest passage; articles are split into passages."""
    context_tokens: int = 4070
    """Most tokens of passage and dialogue in a prompt; the end of the passage is cut to fit."""
    answer_tokens: int = 10
    """Shortest answer that is accepted."""
    stop_probability: float = 0.1
    """Chance that a dialogue ends before its first follow-up question; doubles with each one."""
    with_document: bool = True
    """Give the model the passage when it answers, not the question alone."""
    max_rounds: int = 5
    """Most questions in a dialogue."""
    question_reply_tokens: int = 200
    """Most tokens in a reply with a question."""
    answer_reply_tokens: int = 1024
    """Most tokens in a reply with an answer."""
    asking: Asking = Asking()
    """How the model is asked."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if not 0 < self.stop_probability <= 1:
            raise ValueError(f"stop_probability must be in (0, 1], got {self.stop_probability}")
        sizes = ("passage_tokens", "context_tokens", "max_rounds")
        for name in (*sizes, "question_reply_tokens", "answer_reply_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
