"""The files of a benchmark that come from upstream: repository, commit, size and SHA-256.

They are declared in the benchmark's module, or in a TOML file beside it with its name.
"""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ultralink_data.errors import DataError

if TYPE_CHECKING:
    from ultralink_data.completion import FileMark


class PinnedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file: its name here (see `tasks.files`), its path upstream, its size and hash.

    `bytes` is its size. `json_sha256` is set if the file here is made from the literals of an
    upstream Python file.
    """

    name: str
    path: str
    bytes: int
    sha256: str
    json_sha256: str = ""

    @property
    def mark(self) -> "FileMark":
        """The expected size and hash of the file here."""
        from ultralink_data.completion import FileMark

        if self.json_sha256:
            return FileMark(name=self.name, sha256=self.json_sha256)
        return FileMark(name=self.name, sha256=self.sha256, bytes=self.bytes)


class PinnedSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The files of one benchmark; `base` is repository and commit."""

    base: str
    files: tuple[PinnedFile, ...]


def read_pins(path: Path) -> PinnedSource:
    """The pinned files that a TOML file lists.

    Raises:
        DataError: it is not such a list (names file and field).
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), PinnedSource)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DataError(
            f"{path}: {error}", hint="it needs `base`, and `files` with name, path, bytes, sha256"
        ) from error
