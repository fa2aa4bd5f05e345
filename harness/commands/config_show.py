"""`ultralink-bench config show`: the fields of a config, as a profile sets them."""

import argparse
import shutil
import sys

import msgspec

from harness.options import defaults
from harness.options.field_list import field_list, named_config
from harness.options.settable import SETTABLE
from harness.options.settings import apply_settings, unknown_field
from harness.show import PIPE_WIDTH
from ultralink_data.errors import ConfigError


def show_config(arguments: argparse.Namespace) -> int:
    """Print the fields that `--set` takes.

    Raises:
        ConfigError: an unknown profile or field, a value that does not fit, or an option that the
            chosen config does not have.
    """
    config = named_config(SETTABLE[arguments.of])
    made = _made(arguments, config)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
    text = field_list(config, made, arguments.wanted, min(width, PIPE_WIDTH))
    if not text:
        raise unknown_field(arguments.wanted[0], config)
    sys.stdout.write(text)
    return 0


def _made(arguments: argparse.Namespace, config: type[msgspec.Struct]) -> msgspec.Struct | None:
    """The config whose values are shown; None where only a file or options give it values."""
    from harness.experiment import profiles

    if arguments.of == "run":
        made = profiles.get(arguments.profile or defaults.PROFILE)
        return apply_settings(made, arguments.settings)
    if arguments.profile is not None:
        raise ConfigError(
            f"--profile {arguments.profile} with --of {arguments.of}",
            hint="a profile is one of `run`: leave one of the two out",
        )
    if arguments.of == "train":
        return apply_settings(config(), arguments.settings)
    if arguments.settings:
        raise ConfigError(
            f"--set {arguments.settings[0]} with --of {arguments.of}",
            hint="a recipe's values are in its file: `data build --dry-run` shows its plan",
        )
    return None
