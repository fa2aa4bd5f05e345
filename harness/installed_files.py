"""Whether the installed packages are still the files that the wheel put there.

Their names are common words: another distribution with a package `tasks` or `train`, installed
later into the same environment, writes its files over ours, and pip does not say so.
"""

import csv
from pathlib import Path
from typing import Final

DISTRIBUTION: Final = "ultralink-bench"
_INFO: Final = "ultralink_bench-*.dist-info"


def overwritten(home: Path, rooms: tuple[str, ...]) -> str:
    """The first file of ours that is another one now, or gone; "" if all are as installed.

    `home` is the folder that holds the packages. A checkout has no list of files: "".
    """
    for info in sorted(home.glob(_INFO)):
        try:
            lines = (info / "RECORD").read_text("utf-8").splitlines()
        except OSError:
            continue
        for name, _, size in csv.reader(lines):
            if name.partition("/")[0] not in rooms or not name.endswith(".py"):
                continue
            try:
                found = (home / name).stat().st_size
            except OSError:
                return name
            if size and found != int(size):
                return name
    return ""


def others_with(rooms: tuple[str, ...]) -> dict[str, list[str]]:
    """Package name to the other distributions here that have a package of that name."""
    from importlib.metadata import packages_distributions

    by_name = packages_distributions()
    found = {room: sorted(set(by_name.get(room, ())) - {DISTRIBUTION}) for room in rooms}
    return {room: names for room, names in found.items() if names}
