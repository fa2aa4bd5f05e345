"""Files and folders that a command line names, checked before the work and not after it."""

import argparse
import errno
from pathlib import Path
from typing import Final

from harness.options.option_values import ByForm
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, PrerequisiteError

OUTPUTS: Final = ("out", "card", "drop_to", *ByForm.ENDS)
"""Where options keep what a command writes."""
READS_STORE: Final = frozenset(
    {
        "compare",
        "doctor",
        "leaderboard_serve",
        "leaderboard_show",
        "leaderboard_site",
        "margin_study",
        "paper",
        "power",
        "samples_show",
        "store",
        "task_signal",
    }
)
"""Modules of commands that only read the store, or say themselves that it cannot be written."""


def check_places(arguments: argparse.Namespace) -> None:
    """Check that what is written can be, and that the folder of benchmark files is there.

    Raises:
        ConfigError: a file stands where a folder is written, or the other way round.
        PrerequisiteError: a place cannot be written, or the folder does not exist.
    """
    for value in vars(arguments).values():
        for path in value if isinstance(value, list | tuple) else (value,):
            if isinstance(path, Path):
                _refuse_endless(path)
    for name in OUTPUTS:
        path = getattr(arguments, name, None)
        if isinstance(path, Path):
            _check_output(path, *arguments.options[_option(arguments, name)])
    runs = getattr(arguments, "runs", None)
    if isinstance(runs, Path) and arguments.handler.partition(":")[0] not in READS_STORE:
        if runs.exists() and not runs.is_dir():
            raise ConfigError(f"--runs {runs} is a file", hint="name a folder for the store")
        atomic.check_writable(runs / "work")
    benchmarks = getattr(arguments, "benchmarks", None)
    if isinstance(benchmarks, Path) and not benchmarks.is_dir():
        raise PrerequisiteError(
            f"--benchmarks {benchmarks}: there is no such folder",
            hint="name the folder that holds mgsm/, humaneval/ and others; "
            "`ultralink-bench tasks fetch` gets them",
        )


def _refuse_endless(path: Path) -> None:
    """Refuse a link that leads back to itself, which no reader could open and `resolve` raises at.

    Raises:
        PrerequisiteError: it is one.
    """
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise PrerequisiteError(
                f"{path} is a link that leads back to itself", hint="check the path"
            ) from error


def _option(arguments: argparse.Namespace, name: str) -> str:
    """Where the option of an output is found: `-o` may keep a file under the name of its form."""
    return name if name in arguments.options else "out"


def _check_output(path: Path, spelling: str, metavar: str) -> None:
    folder = metavar == "DIR"
    if path.exists() and path.is_dir() != folder and metavar != "OUT":
        found, wanted = ("file", "folder") if folder else ("folder", "file")
        raise ConfigError(f"{spelling} {path} is a {found}", hint=f"name a {wanted}")
    atomic.check_writable(path / "file" if path.is_dir() else path)
