"""Dataset folders that a person names: whether they are some, their names and languages."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ultralink_data.errors import DataError
from ultralink_data.store import dataset, release, unread_rows

_LONGEST_NAME: Final = 40
"""Characters of a variant's name, which is also part of file names."""


def require_dataset(folder: Path) -> None:
    """Check that a folder has release files, none that is passed over, and is whole.

    Raises:
        DataError: it is no dataset folder, or its files are not those of its manifest.
    """
    if not folder.is_dir() or not dataset.release_files(folder):
        raise DataError(
            f"{folder} has no {{language}}_{{kind}}.jsonl file",
            hint="make a dataset with `ultralink-bench data starter -o FOLDER`, or check the path",
        )
    unread_rows.refuse(folder)
    if (folder / dataset.MANIFEST).is_file():
        dataset.check(folder)


def variant_names(folders: Sequence[str]) -> tuple[str, ...]:
    """A short name for each folder: its own, and as much of its parents' as tells it apart."""
    parts = [[p for p in map(_plain, Path(os.path.abspath(f)).parts) if p] for f in folders]
    depths = [1] * len(folders)
    for _ in range(max(map(len, parts), default=0)):
        found = Counter(_joined(p, d) for p, d in zip(parts, depths, strict=True))
        for place, (own, depth) in enumerate(zip(parts, depths, strict=True)):
            if found[_joined(own, depth)] > 1 and depth < len(own):
                depths[place] += 1
    names: list[str] = []
    for number, (own, depth) in enumerate(zip(parts, depths, strict=True), 1):
        name = _joined(own, depth)[-_LONGEST_NAME:].lstrip("-._") or f"dataset-{number}"
        taken = name in names or name == "all"
        names.append(f"{name}-{number}" if taken else name)
    return tuple(names)


def _joined(parts: Sequence[str], depth: int) -> str:
    return "-".join(parts[-depth:])


def _plain(text: str) -> str:
    """The text with only the characters that a variant's name may have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")


def folder_languages(folder: str) -> list[str]:
    """The languages of a folder's release files that are not empty."""
    files = [path for path in dataset.release_files(Path(folder)) if path.stat().st_size]
    return list(dict.fromkeys(release.parse_file_name(path)[0] for path in files))
