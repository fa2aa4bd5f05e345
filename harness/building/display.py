"""What a stage reports while it runs. Stages print nothing: the caller passes this in."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from ultralink_data.llm.request import Usage
from ultralink_data.stage.outcome import Advance, ignore


class AskingDisplay:
    """Shows one stage that asks a model; this one shows nothing."""

    def advance(self, done: int, still_open: int) -> None:
        """Update how many rows are done and how many stay open."""

    def status(self, text: str) -> None:
        """Update the state of the provider's batches."""

    def warn(self, text: str) -> None:
        """Report what a person must know about the replies."""

    def say(self, text: str) -> None:
        """Report the current step."""


class Display:
    """Shows a run; this one shows nothing."""

    def warn(self, text: str) -> None:
        """Report what a person must know about the input."""

    def counting(self, stage: str, what: str) -> AbstractContextManager[Advance]:
        """Progress over rows of unknown number; call the yielded function with the rows done."""
        return nullcontext(ignore)

    def reading(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Progress over the bytes of files; call the yielded function with the bytes just read."""
        return nullcontext(lambda size: None)

    def asking(
        self, stage: str, total: int, usage: Usage, max_cost: float | None
    ) -> AbstractContextManager[AskingDisplay]:
        """Progress over `total` rows that a model is asked about, with the cost."""
        return nullcontext(AskingDisplay())


QUIET = Display()
