"""What a backend is: how a model is loaded, how it scores a text, and how it is ended."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from tasks.models.generation import Watch
from tasks.models.likelihood import Boundary
from ultralink_data.llm.endpoint import EndpointIdentity

LogProbs = Callable[[Any, Sequence[Boundary]], list[list[float]]]
"""The log-probabilities of each row's target tokens, in nats: see `likelihood.token_log_probs`."""


class LoadSettings(NamedTuple):
    """What of an evaluation's config a backend goes by; see `tasks.eval_config.EvalConfig`."""

    batch_size: int
    dtype: str
    max_length: int | None
    threads: int | None
    seed: int
    served: EndpointIdentity | None


class Loaded(NamedTuple):
    """An lm-eval model, and what tells how each of its rows ended."""

    lm: Any
    watch: Watch


class Backend(ABC):
    """A way to run a model. Its module exports `BACKEND`, and imports nothing heavy at its top.

    `serves` is true where an endpoint runs the model (`EvalConfig.served`): nothing is loaded here,
    and there are no log-likelihoods. `spare` is what `likelihood.score_references` must leave free
    of the context: 1 where the last token of a row is not read by the model.
    """

    serves: ClassVar[bool] = False
    spare: ClassVar[int] = 1

    @abstractmethod
    def load(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """Load `model`; an endpoint's replies are kept in the file `replies`.

        Raises:
            PrerequisiteError: what it needs is not installed, or the path holds no model.
        """

    def log_probs(self) -> LogProbs:
        """What scores reference texts.

        Raises:
            NotImplementedError: it gives no log-likelihoods; `EvalConfig` refuses to ask for them.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no log-likelihoods")

    def close(self, lm: Any) -> None:
        """End what it has started beside this process."""
        del lm  # nothing, where the model runs in this process
