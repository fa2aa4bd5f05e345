"""One model of an evaluation: loaded when something is first asked of it that is not known yet."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tasks.benchmark import Request
from tasks.eval_config import EvalConfig
from tasks.models import backends
from tasks.models.backend import Loaded
from tasks.models.kept_answers import KeptAnswers, ModelFacts
from tasks.models.lm_eval_adapter import longest_prompt
from tasks.models.thinking_mode import THINKING_TOKENS, ChatForm, chat_form, limit


class ModelSession:
    """A model with its config.

    `answers` are those kept of it; `on_loading` is called before it is loaded.
    """

    def __init__(
        self,
        model: Path,
        config: EvalConfig,
        replies: Path,
        answers: KeptAnswers,
        on_loading: Callable[[], None],
    ) -> None:
        self._model = model
        self.config = config
        self._replies = replies
        self.answers = answers
        self._on_loading = on_loading
        self.backend = backends.get(config.backend)
        self._loaded: Loaded | None = None
        self._form = ChatForm({}, thinks=False)
        self._facts: ModelFacts | None = None
        self._limits: dict[str, int] = {}

    def close(self) -> None:
        """End the processes that the backend has started."""
        if self._loaded is not None:
            self.backend.close(self._loaded.lm)

    def loaded(self) -> Loaded:
        """The model, loaded if it is not."""
        if self._loaded is None:
            config = self.config
            self._on_loading()
            self._loaded = self.backend.loaded(self._model, config.load_settings(), self._replies)
            served = config.served is not None
            self._form = chat_form(self._loaded.lm, config.thinking, served=served)
            self._facts = ModelFacts(
                max_length=self._loaded.lm.max_length,
                note=self._loaded.note,
                thinks=self._form.thinks,
                single=bool(getattr(self._loaded.watch, "single", False)),
            )
            if not served:
                self.answers.learn(self.load_key(), self._facts)
        return self._loaded

    def facts(self) -> ModelFacts:
        """What is asked of a loaded model, from an earlier evaluation if it is known."""
        if self._facts is None and self.config.served is None:
            self._facts = self.answers.facts(self.load_key())
        if self._facts is None:
            self.loaded()
        assert self._facts is not None  # `loaded` sets it
        return self._facts

    def load_key(self) -> dict[str, Any]:
        """Everything of the config that decides how a prompt is answered, but for sampling."""
        config = self.config
        return {
            "backend": config.backend,
            "dtype": config.dtype,
            "max_length": config.max_length,
            "threads": config.threads,
            "thinking": config.thinking,
            "thinking_tokens": config.thinking_tokens,
            "device": _device(config.backend),
        }

    def limit(self, task: str, requests: Sequence[Request]) -> int:
        """The token limit of a task's requests in all languages."""
        budget = self.config.thinking_tokens
        if not requests[0].chat or (budget is None and not self._may_think()):
            return requests[0].max_tokens
        budget = THINKING_TOKENS if budget is None else budget
        if not budget:
            return requests[0].max_tokens
        key = hashlib.sha256(repr((task, requests)).encode()).hexdigest()
        if key not in self._limits:
            lm = self.loaded().lm
            longest = 0 if lm.max_length is None else longest_prompt(lm, requests)
            self._limits[key] = limit(requests, budget, longest, lm.max_length)
        return self._limits[key]

    def _may_think(self) -> bool:
        return self.facts().thinks


def _device(backend: str) -> str:
    """What the numbers are computed on: a GPU's differ from a processor's."""
    if backend != "hf":
        return ""
    import torch

    return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else "cpu"
