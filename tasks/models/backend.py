"""The interface of a backend: load a model, score texts, shut down."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

from tasks.models.generation import Watch
from tasks.models.likelihood import Boundary
from tasks.sampling import Thinking
from ultralink_data.added_code import Returns, blame_methods, blaming, file_of
from ultralink_data.errors import ConfigError
from ultralink_data.llm.endpoint import EndpointIdentity

LogProbs = Callable[[Any, Sequence[Boundary]], list[list[float]]]
"""The log-probabilities of each row's target tokens, in nats: see `likelihood.token_log_probs`."""


class LoadSettings(NamedTuple):
    """The part of an evaluation's config that a backend uses; see `eval_config.EvalConfig`."""

    batch_size: int
    dtype: str
    max_length: int | None
    threads: int | None
    seed: int
    served: EndpointIdentity | None
    thinking: Thinking = "default"


class Loaded(NamedTuple):
    """An lm-eval model, and the `Watch` that knows how each of its rows ended.

    `note` says in a sentence what was not loaded as the library would; "" if all was.
    """

    lm: Any
    watch: Watch
    note: str = ""


_RETURNS: Final = {"load": Returns(Loaded), "model_key": Returns(str, none=True)}


class Backend(ABC):
    """A way to run a model. Its module exports `BACKEND` and has no heavy top-level imports.

    `serves` is true if an endpoint runs the model (`EvalConfig.served`): nothing is loaded here,
    and there are no log-likelihoods. A row to score may have `spare` tokens more than the context
    (fewer if negative): 1 if the model does not read the last token of a row.
    """

    serves: ClassVar[bool] = False
    spare: ClassVar[int] = 1
    at_once: ClassVar[int | None] = None
    """Rows of one batch where the backend makes the batches itself; None: `batch_size`."""

    def __init_subclass__(cls) -> None:
        """A bug in a backend's file is stated with file and line; see `added_code`."""
        super().__init_subclass__()
        blame_methods(cls, "backend", _RETURNS)

    @property
    def scores(self) -> bool:
        """Whether it has log-likelihoods: a backend that does writes `log_probs`."""
        return type(self).log_probs is not Backend.log_probs

    def blamed(self) -> AbstractContextManager[None]:
        """An exception of the backend's file, its model's methods included, is named with line."""
        path = file_of(type(self))
        return blaming(path, f"backend {path.stem}", only_there=True)

    def model_key(self, model: str) -> str | None:
        """What tells the model that `--model` names from others, as scores are stored under it.

        None if `model` is a path: the content of its files tells. A backend that takes anything
        else (a name, an address, nothing) returns a text that changes whenever its answers may.
        """
        return None

    @abstractmethod
    def load(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """Load `model`; an endpoint's replies are stored in the file `replies`.

        `model` is what `--model` says, as a path (in which `//` is `/`).

        Raises:
            PrerequisiteError: a package is not installed, or the path holds no model.
        """

    def loaded(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """`load`, checked.

        Raises:
            ConfigError: the model or its watch lacks what every evaluation asks for.
        """
        found = self.load(model, settings, replies)
        lm, watch, _ = found
        for thing, name in ((lm, "generate_until"), (lm, "max_length"), (watch, "pop")):
            if not hasattr(thing, name):
                raise ConfigError(
                    f"{file_of(type(self))}: the {type(thing).__name__} that `load` gives has no "
                    f"`{name}`",
                    hint="give `Loaded(lm, watch)`: an lm-eval model that has `max_length` (it may "
                    "be None), and what has `pop` (see tasks/models/generation.py)",
                )
        return found

    def log_probs(self) -> LogProbs:
        """The function that scores reference texts.

        Raises:
            NotImplementedError: the backend has no log-likelihoods; `EvalConfig` refuses such
            requests first.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no log-likelihoods")

    def close(self, lm: Any) -> None:
        """End the processes that the backend has started."""
        del lm  # nothing to end if the model runs in this process
