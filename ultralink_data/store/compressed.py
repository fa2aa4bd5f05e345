"""Files that may be packed."""

import bz2
import gzip
from pathlib import Path
from typing import IO, cast


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where its name ends in .gz or .bz2 (of several streams too)."""
    if path.suffix == ".bz2":
        return bz2.open(path)
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
