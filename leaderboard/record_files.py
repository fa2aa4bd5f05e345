"""Records found anywhere under a folder, told from other JSON by their own first fields."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ultralink_data.folders import walk
from ultralink_data.json_text import json_value


class _Kind(msgspec.Struct, frozen=True):
    """The field that tells what a JSON file is."""

    kind: str = ""


def files_under(folder: Path, ending: str) -> Iterator[Path]:
    """The files with this ending under a folder, sorted; links are followed, each place once.

    A pipe or a socket is no file: to read one would be to wait for ever.
    """
    seen: set[str] = set()
    for root, folders, names in walk(folder, follow_links=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            if name.endswith(ending) and path.is_file():
                yield path


def kind_of(path: Path) -> str:
    """`eval` for a run record, `experiment` for a report, "" for any other JSON."""
    try:
        return json_value(path.read_bytes(), _Kind).kind
    except (OSError, msgspec.DecodeError):
        return ""


def looks_damaged(path: Path, *others: str) -> bool:
    """Whether a file begins as a run record does, or one of other kinds, and is no JSON."""
    try:
        content = path.read_bytes()
        json_value(content)
    except OSError:
        return False
    except msgspec.DecodeError:
        kinds = "|".join(("eval", *others)).encode()
        begun = re.compile(rb'"run_id"|"kind": ?"(' + kinds + rb')"')
        return begun.search(content[:200]) is not None
    return False
