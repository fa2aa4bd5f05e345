"""The options of the `leaderboard` and `samples` commands: looking at what has run."""

from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.parser_parts import add_out, add_runs


def add_leaderboard(leaderboard: Commands) -> None:
    """The commands of `leaderboard`."""
    text = "write what has run as pages that open from disk and from any host"
    add_command(leaderboard, "site", "leaderboard_site:site", text, _add_site)


def _add_site(command: LazyParser) -> None:
    add_out(command, "DIR", "folder of the site; an earlier site there is replaced")
    add_runs(command)


def add_samples(samples: Commands) -> None:
    """The commands of `samples`."""
