"""Where `eval` writes: records, tables in any form, and links to the samples under a model's name.

`--out` takes a folder for all of it, or files for the one table of all models; the end of a file's
name says its form.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from harness.options import defaults
from leaderboard.render import latex_document, to_csv, to_markdown
from leaderboard.table import Table
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

_FORMS: Final[dict[str, Callable[[Table], str]]] = {
    ".md": to_markdown,
    ".csv": to_csv,
    ".tex": lambda table: latex_document([table]),
}

_KINDS: Final = ("samples", "likelihood")


class Places:
    """The places of one command, checked when it begins."""

    def __init__(self, given: Sequence[Path] | None, runs: Path, names: Sequence[str]) -> None:
        """Choose the places of models of these names.

        Raises:
            ConfigError: a file of an unknown form, two folders, or a folder that is a file.
            PrerequisiteError: one of them cannot be written.
        """
        self._links: dict[str, list[Path]] = {}
        folders = [path for path in given or () if not path.suffix or path.is_dir()]
        self._tables = [path for path in given or () if path not in folders]
        for path in self._tables:
            if path.suffix.lower() not in _FORMS:
                raise ConfigError(
                    f"--out {path}: no table has the form {path.suffix}",
                    hint=f"end the name in {', '.join(_FORMS)}, or name a folder",
                )
        if len(folders) > 1:
            named = ", ".join(map(str, folders))
            raise ConfigError(f"--out names two folders: {named}", hint="name one of them")
        self._folders = {
            name: folders[0] if folders else defaults.reports(runs, f"eval-{_flat(name)}")
            for name in names
        }
        if folders:
            self._tables += [folders[0] / f"scores{suffix}" for suffix in _FORMS]
        for folder in self._folders.values():
            if folder.exists() and not folder.is_dir():
                raise ConfigError(f"--out {folder} is a file", hint="name a folder")
            atomic.check_writable(folder / "scores.md")
        for path in self._tables:
            atomic.check_writable(path)

    def folder(self, name: str) -> Path:
        """Where the records of a model go."""
        return self._folders[name]

    def write_tables(self, table: Table) -> list[Path]:
        """Write the table in every form that was asked for; returns the files."""
        for path in self._tables:
            atomic.write_text(path, _FORMS[path.suffix.lower()](table))
        return self._tables

    def link(self, name: str, run_id: str, made: Path) -> None:
        """Link the samples of an evaluation under the model's name, beside its record."""
        for kind in _KINDS:
            target = made / kind
            if not target.is_dir():
                continue
            link = self._folders[name] / kind / f"{_flat(name)}-{run_id}"
            with atomic.disk_errors(link):
                link.parent.mkdir(parents=True, exist_ok=True)
                if link.is_symlink():
                    link.unlink()
            try:
                link.symlink_to(os.path.relpath(target.resolve(), link.parent.resolve()))
            except OSError:  # no links here, or something else has the name
                link = target
            self._links.setdefault(name, []).append(link)

    def links(self, name: str) -> list[Path]:
        """The folders of a model's samples."""
        return self._links.get(name, [])


def _flat(name: str) -> str:
    """A model's name as that of one file."""
    return name.replace("/", "-")
