"""`openai-chat`: any server with OpenAI's chat interface."""

from pathlib import Path
from typing import ClassVar

from tasks.models.backend import Backend, Loaded, LoadSettings

_TIMEOUT = 600.0
"""Seconds for one answer; a long one from a model that reasons takes minutes."""


class EndpointBackend(Backend):
    """A model that an endpoint serves; its replies are stored as they come."""

    serves: ClassVar[bool] = True

    def load(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """Nothing is loaded: `settings.served` says whom to ask."""
        from tasks.models.chat_endpoint import ChatEndpoint
        from tasks.models.thinking_mode import with_switch

        assert settings.served is not None  # EvalConfig sees to that
        served = with_switch(settings.served, settings.thinking)
        endpoint = served.endpoint(concurrency=settings.batch_size, timeout=_TIMEOUT)
        chat = ChatEndpoint(endpoint, replies, seed=settings.seed)
        return Loaded(chat, chat)


BACKEND = EndpointBackend()
