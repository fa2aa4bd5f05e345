"""What a stage tells while it runs. Stages draw and print nothing: who calls one hands this in."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from ultralink_data.llm.request import Usage
from ultralink_data.stage.outcome import Advance, ignore


class AskingDisplay:
    """How one stage that asks a model is shown; this one shows nothing."""

    def advance(self, done: int, still_open: int) -> None:
        """Take in how many rows are done, and how many stay open."""

    def status(self, text: str) -> None:
        """Take in how the provider's batches stand."""

    def warn(self, text: str) -> None:
        """Tell what a person must know of the replies."""

    def say(self, text: str) -> None:
        """Tell what happens now."""


class Display:
    """How a run is shown; this one shows nothing."""

    def warn(self, text: str) -> None:
        """Tell what a person must know of the input."""

    def counting(self, stage: str, what: str) -> AbstractContextManager[Advance]:
        """Of rows whose number is not known before; what is yielded takes in how many are done."""
        return nullcontext(ignore)

    def reading(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Of the bytes of files; what is yielded takes in that so many more are read."""
        return nullcontext(lambda size: None)

    def asking(
        self, stage: str, total: int, usage: Usage, max_cost: float | None
    ) -> AbstractContextManager[AskingDisplay]:
        """Of `total` rows that a model is asked about, with what that costs."""
        return nullcontext(AskingDisplay())


QUIET = Display()
