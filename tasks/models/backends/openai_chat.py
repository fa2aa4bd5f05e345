"""`openai-chat`: whatever serves OpenAI's chat interface."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tasks.models.backend import Backend, Loaded

if TYPE_CHECKING:
    from tasks.eval_config import EvalConfig


_TIMEOUT = 600.0
"""Seconds for one answer; a long one from a model that reasons takes minutes."""


class EndpointBackend(Backend):
    """A model that an endpoint serves; its replies are stored as they come."""

    serves: ClassVar[bool] = True

    def load(self, model: Path, config: "EvalConfig", replies: Path) -> Loaded:
        """Nothing is loaded: `config.served` says whom to ask."""
        from tasks.models.chat_endpoint import ChatEndpoint

        assert config.served is not None  # EvalConfig sees to that
        endpoint = config.served.endpoint(concurrency=config.batch_size, timeout=_TIMEOUT)
        chat = ChatEndpoint(endpoint, replies, seed=config.seed)
        return Loaded(chat, chat)


BACKEND = EndpointBackend()
