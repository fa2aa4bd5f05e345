"""The collection that a command looks at, with a warning for every record that cannot be read."""

from pathlib import Path

from harness import show
from harness.progress.terminal import TERMINAL
from leaderboard.collection import Collection, load


def opened(folder: Path) -> Collection:
    """Everything recorded below a folder; what is missing from it is told in two lines each.

    Raises:
        PrerequisiteError: there is no such folder.
    """
    with TERMINAL.work("read the records", unit="stores") as meter:
        collection = load(folder)
        meter.add(1)
    for fault in collection.faults:
        show.warn(f"left out: {fault.message}")
        show.console(error=True).print("  write it again with the command that made it, or move it")
    return collection
