"""Files under a second name: hard links where the file system has them, else copies."""

import os
import shutil
from pathlib import Path


def link_file(source: Path, target: Path) -> None:
    """Give a file that nobody writes to again a second name, which must be free."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def link_folder(source: Path, target: Path) -> None:
    """Give all files of a folder a second name below `target`, in folders of the same names."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            link_file(path, place)
