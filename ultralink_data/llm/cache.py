"""Replies of language models on disk: an answered request is never asked or paid for again."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from ultralink_data.atomic import disk_errors
from ultralink_data.errors import BenchError, DataError, PrerequisiteError


class ReplyCache:
    """A file from key to reply, both opaque.

    When `put` returns, the operating system has the data: a killed process loses nothing, a power
    cut at most the last moments. Several processes may share one file. Use it from one thread.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            PrerequisiteError: the folder is not writable.
            DataError: the file exists but is not a cache.
        """
        self.path = path
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
        """Store a reply; one that is already there is kept.

        Raises:
            PrerequisiteError: the disk is full.
            DataError: the file is damaged.
        """
        self.put_all([(key, reply)])

    def put_all(self, replies: Sequence[tuple[str, bytes]]) -> None:
        """Store several replies, all or none.

        Raises:
            PrerequisiteError: the disk is full.
            DataError: the file is damaged.
        """
        with self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                insert = "INSERT OR IGNORE INTO replies VALUES (?, ?)"
                self._database.executemany(insert, replies)
                self._database.execute("COMMIT")
            except sqlite3.Error:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise PrerequisiteError(
                f"cannot use the reply cache {self.path}: {error}",
                hint="free space in a writable folder; every reply stored so far is kept",
            ) from error
        except sqlite3.DatabaseError as error:
            raise DataError(
                f"{self.path} is not a complete reply cache: {error}",
                hint="move it away; a new one is made, and its replies are asked for again",
            ) from error


class GroupedWrites:
    """Stores the replies that arrive in one turn of the event loop in one transaction.

    One transaction per reply would cost more than everything else the client adds to a request.
    """

    def __init__(self, cache: ReplyCache) -> None:
        self._cache = cache
        self._waiting: list[tuple[str, bytes]] = []
        self._stored: asyncio.Future[None] | None = None

    async def put(self, key: str, reply: bytes) -> None:
        """Store a reply; it is stored when this returns.

        Raises:
            PrerequisiteError, DataError: see `ReplyCache.put`.
        """
        if self._stored is None:
            loop = asyncio.get_running_loop()
            self._stored = loop.create_future()
            loop.call_soon(self._store)
        self._waiting.append((key, reply))
        # Shielded: one task that is cancelled must not take the others' writes with it.
        await asyncio.shield(self._stored)

    def _store(self) -> None:
        waiting, stored = self._waiting, self._stored
        self._waiting, self._stored = [], None
        if stored is None:
            return
        try:
            self._cache.put_all(waiting)
        except BenchError as error:
            stored.set_exception(error)
        else:
            stored.set_result(None)
