"""Files that may be compressed."""

import bz2
import gzip
from pathlib import Path
from typing import IO, cast


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, decompressed if its name ends in .gz or .bz2 (several streams too)."""
    if path.suffix == ".bz2":
        return bz2.open(path)
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
