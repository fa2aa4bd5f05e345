"""Folders walked so that one that cannot be read is an error, and not one without files."""

import os
from collections.abc import Iterator
from pathlib import Path


def walk(folder: Path, *, follow_links: bool = False) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder from `folder` down, with the names of its folders and files, as `os.walk` gives.

    Names may be taken out of the list of folders, which are then passed over.

    Raises:
        OSError: a folder cannot be read, which `os.walk` alone passes over.
    """
    yield from os.walk(folder, onerror=_raise, followlinks=follow_links)


def _raise(error: OSError) -> None:
    raise error
