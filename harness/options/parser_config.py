"""The options of the `config` commands."""

from harness.options import defaults
from harness.options.lazy_parser import Commands, LazyParser, add_command
from harness.options.settable import FIRST, SETTABLE


def add_config_commands(config: Commands) -> None:
    """The commands of `config`."""
    text = "list every field that --set takes: type, value, default and what it is"
    add_command(config, "show", "config_show:show_config", text, _add_show)


def _add_show(command: LazyParser) -> None:
    command.add_argument(
        "wanted",
        nargs="*",
        metavar="WORD",
        help="only fields whose name has it, e.g. learning_rate or train.",
    )
    command.add_argument(
        "--of",
        choices=tuple(SETTABLE),
        default=FIRST,
        help="the command whose fields they are; build is `data build` (default: %(default)s)",
    )
    command.add_argument(
        "--profile",
        metavar="NAME",
        help=f"whose values are shown, of `run` (default: {defaults.PROFILE})",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="FIELD=VALUE",
        help="change a config field first (repeatable)",
    )
