"""Replies of language models on disk: what was answered once is never asked or paid for again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from ultralink_data.atomic import disk_errors
from ultralink_data.errors import DataError, PrerequisiteError


class ReplyCache:
    """A file from key to reply, both opaque; each reply is on disk before `put` returns.

    Several processes may share one file. Use it from one thread.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            PrerequisiteError: the folder is not writable.
            DataError: the file is there and is no cache.
        """
        self._path = path
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._errors():
            self._database = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply BLOB) STRICT"
            )

    def __enter__(self) -> "ReplyCache":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def get(self, key: str) -> bytes | None:
        """The reply stored under `key`.

        Raises:
            DataError: the file is damaged.
        """
        with self._errors():
            query = "SELECT reply FROM replies WHERE key = ?"
            row = self._database.execute(query, (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, key: str, reply: bytes) -> None:
        """Store a reply; one that stands there already is kept.

        Raises:
            PrerequisiteError: the disk is full.
            DataError: the file is damaged.
        """
        with self._errors():
            self._database.execute("INSERT OR IGNORE INTO replies VALUES (?, ?)", (key, reply))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise PrerequisiteError(
                f"cannot use the reply cache {self._path}: {error}",
                hint="free space in a writable folder; every reply stored so far is kept",
            ) from error
        except sqlite3.DatabaseError as error:
            raise DataError(
                f"{self._path} is no whole reply cache: {error}",
                hint="move it away; it is made anew, and its replies asked for again",
            ) from error
