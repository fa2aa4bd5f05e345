"""The stages of dataset building as a person at a terminal sees them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from harness import show
from harness.building.display import AskingDisplay, Display
from harness.commands.asking_bar import showing
from ultralink_data.llm.request import Usage
from ultralink_data.stage.outcome import Advance


class Terminal(Display):
    """Bars and lines on standard error."""

    def warn(self, text: str) -> None:
        """A line."""
        show.warn(text)

    def counting(self, stage: str, what: str) -> AbstractContextManager[Advance]:
        """A line that counts."""
        return show.counting(stage, what)

    def reading(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """A bar over the bytes."""
        return show.reading(what, total)

    def asking(
        self, stage: str, total: int, usage: Usage, max_cost: float | None
    ) -> AbstractContextManager[AskingDisplay]:
        """A bar with rate, time left and spend."""
        return showing(stage, total, usage, max_cost)


TERMINAL = Terminal()
