"""Batches that a provider works on: on disk before they are sent, until their results are stored.

A killed run leaves them there. The next one waits for the same batches; none is paid for twice.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from ultralink_data.atomic import disk_errors
from ultralink_data.errors import DataError, PrerequisiteError


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that are sent as one batch.

    `id` is ours and goes into the batch's metadata, so that a batch can be found even if the answer
    to its submission was lost; `batch` is the provider's id, empty until it is known. `keys` are
    the keys of the replies, `started` the time of the submission in seconds since 1970.
    """

    id: str
    keys: tuple[str, ...]
    started: float
    batch: str = ""


class BatchStore:
    """The waves under way of one endpoint, in a file; use it in `with`, from one process.

    Raises:
        PrerequisiteError: the folder is not writable, or another process sends batches from it.
        DataError: the file exists but is not such a store.
    """

    def __init__(self, path: Path, endpoint: str) -> None:
        self._path = path
        self._endpoint = endpoint

    def __enter__(self) -> "BatchStore":
        with disk_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = self._path.with_name(f"{self._path.name}.lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise PrerequisiteError(
                f"{self._path}: another process sends batches from here",
                hint="wait until it is done, or stop it; batches that it sent are waited for",
            ) from error
        with self._errors():
            self._database = sqlite3.connect(self._path, isolation_level=None)
            # Synced to disk: even after a power cut a batch must not be sent again.
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS waves (id TEXT PRIMARY KEY, endpoint TEXT, wave BLOB)"
                " STRICT"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._lock.close()

    def waves(self) -> list[Wave]:
        """The waves under way, oldest first.

        Raises:
            DataError: the file is damaged.
        """
        with self._errors():
            query = "SELECT wave FROM waves WHERE endpoint = ? ORDER BY rowid"
            found = self._database.execute(query, (self._endpoint,)).fetchall()
            return [msgspec.json.decode(wave, type=Wave) for (wave,) in found]

    def save(self, wave: Wave) -> None:
        """Store a wave, or an update of it.

        Raises:
            PrerequisiteError: the disk is full.
        """
        row = (wave.id, self._endpoint, msgspec.json.encode(wave))
        with self._errors():
            self._database.execute("INSERT OR REPLACE INTO waves VALUES (?, ?, ?)", row)

    def drop(self, wave: Wave) -> None:
        """Forget a wave: it was never sent, or its results are stored."""
        with self._errors():
            self._database.execute("DELETE FROM waves WHERE id = ?", (wave.id,))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise PrerequisiteError(
                f"cannot use {self._path}: {error}", hint="free space in a writable folder"
            ) from error
        except (sqlite3.DatabaseError, msgspec.DecodeError) as error:
            raise DataError(
                f"{self._path} is not a list of batches: {error}",
                hint="move it away; the provider's list of batches shows what was paid",
            ) from error
