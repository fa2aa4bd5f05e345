"""The options of the `leaderboard` and `samples` commands: looking at what has run."""

from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.parser_parts import add_out, add_runs


def add_leaderboard(leaderboard: Commands) -> None:
    """The commands of `leaderboard`."""
    text = "write what has run as pages that open from disk and from any host"
    add_command(leaderboard, "site", "leaderboard_site:site", text, _add_site)
    text = "show those pages on this machine, and build them again as runs add records"
    add_command(leaderboard, "serve", "leaderboard_serve:serve", text, _add_serve)


def _add_site(command: LazyParser) -> None:
    add_out(command, "DIR", "folder of the site; an earlier site there is replaced")
    add_runs(command)


def _add_serve(command: LazyParser) -> None:
    text = "folder of the site, which stays (default: a temporary one)"
    add_out(command, "DIR", text, required=False)
    add_runs(command)
    command.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port to listen on; 0 is any that is free (default: %(default)s)",
    )
    command.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="an address of this machine alone (default: %(default)s)",
    )


def add_samples(samples: Commands) -> None:
    """The commands of `samples`."""
