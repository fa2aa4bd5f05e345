"""The options of the `leaderboard` and `samples` commands: looking at what has run."""

from harness.options.lazy_parser import Commands


def add_leaderboard(leaderboard: Commands) -> None:
    """The commands of `leaderboard`."""


def add_samples(samples: Commands) -> None:
    """The commands of `samples`."""
