"""Records found anywhere under a folder, told from other JSON by their own first fields."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ultralink_data.folders import walk
from ultralink_data.json_text import json_value


class _Kind(msgspec.Struct, frozen=True):
    """The field that tells what a JSON file is."""

    kind: str = ""


def files_under(folder: Path, ending: str) -> Iterator[Path]:
    """The files with this ending under a folder, sorted; links are followed, each place once."""
    seen: set[str] = set()
    for root, folders, names in walk(folder, follow_links=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        for name in sorted(names):
            if name.endswith(ending):
                yield Path(root) / name


def kind_of(path: Path) -> str:
    """`eval` for a run record, `experiment` for a report, "" for any other JSON."""
    try:
        return json_value(path.read_bytes(), _Kind).kind
    except (OSError, msgspec.DecodeError):
        return ""


def looks_damaged(path: Path) -> bool:
    """Whether a file begins as a record does, and is no JSON all the same."""
    try:
        content = path.read_bytes()
        json_value(content)
    except OSError:
        return False
    except msgspec.DecodeError:
        return b'"run_id"' in content[:200] or b'"kind": "eval"' in content[:200]
    return False
