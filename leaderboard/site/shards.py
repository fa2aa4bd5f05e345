"""Data of a page as classic scripts, which a browser loads from the disk as well as from a server.

From `file://` a page may not fetch, but it may load `<script src>`. A shard is such a script: one
call with the shard's name and its data as base64 of raw deflate, which the page unpacks with
DecompressionStream. So nothing in the data is ever read as code: there is no character outside
base64 in it. Names are a letter and a number, never from a record.
"""

import base64
import binascii
import re
import zlib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from isal import isal_zlib

from ultralink_data import atomic
from ultralink_data.errors import DataError

DATA: Final = "data"
"""The folder of a site in which its shards are."""

LEVEL: Final = 2
"""Of isal, for texts: as small as zlib's level 1, in a fifth of its time."""

BEST: Final = 3
"""Of isal, for what every visitor loads."""

_WAITING: Final = 3
"""Shards that wait to be packed at most, so that memory stays flat."""

_CALL: Final = "ultralinkShard"
"""The one global function that a shard calls."""

_SHARD: Final = re.compile(rb'ultralinkShard\("([a-z]+[0-9]*)","([A-Za-z0-9+/=]*)"\);\n')


def encoded(data: Any) -> bytes:
    """`data` as JSON; a lone surrogate, which UTF-8 cannot say, becomes U+FFFD."""
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(data)))


def _whole(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(data, dict):
        return {_whole(key): _whole(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_whole(value) for value in data]
    return data


def shard_bytes(name: str, content: bytes, level: int = LEVEL) -> bytes:
    """The script that gives `content` to the page under `name`, a letter and a number."""
    packed = base64.b64encode(isal_zlib.compress(content, level, -zlib.MAX_WBITS))
    return b"".join((f'{_CALL}("{name}","'.encode(), packed, b'");\n'))


def shard_content(script: bytes) -> bytes:
    """What `shard_bytes` packed.

    Raises:
        ValueError: this is not such a script.
    """
    match = _SHARD.fullmatch(script)
    if match is None:
        raise ValueError("not a shard")
    try:
        return zlib.decompress(base64.b64decode(match[2], validate=True), -zlib.MAX_WBITS)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"not a shard: {error}") from error


class ShardFolder:
    """The shards of one site, written one by one; `count` and `size` (bytes) say how many so far.

    Inside a `with` block a thread packs and writes them meanwhile.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """

    def __init__(self, site: Path) -> None:
        self.folder = site / DATA
        self.count = 0
        self.size = 0
        self._packer: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[int]] = deque()
        with atomic.disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self._packer = ThreadPoolExecutor(1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        packer, self._packer = self._packer, None
        if packer is not None:
            packer.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self.finish()

    def write(self, name: str, content: bytes, level: int = LEVEL) -> None:
        """Write a shard, at once or meanwhile."""
        if self._packer is None:
            self._count(self._write(name, content, level))
            return
        self._waiting.append(self._packer.submit(self._write, name, content, level))
        while len(self._waiting) > _WAITING:
            self._count(self._waiting.popleft().result())

    def finish(self) -> None:
        """Wait until all shards so far are written."""
        while self._waiting:
            self._count(self._waiting.popleft().result())

    def _write(self, name: str, content: bytes, level: int) -> int:
        path = self.folder / f"{name}.js"
        script = shard_bytes(name, content, level)
        with atomic.disk_errors(path):
            path.write_bytes(script)
        return len(script)

    def _count(self, size: int) -> None:
        self.count += 1
        self.size += size

    def read(self, name: str) -> Any:
        """The JSON of a shard.

        Raises:
            DataError: there is none, or it is damaged.
        """
        self.finish()
        path = self.folder / f"{name}.js"
        try:
            return msgspec.json.decode(shard_content(path.read_bytes()))
        except (OSError, ValueError, msgspec.DecodeError) as error:
            raise DataError(f"{path}: {error}", hint="build the site again") from error


class ShardRows:
    """Rows as JSON arrays in shards `PREFIX0`, `PREFIX1` ...; a shard ends when it is full.

    Only the rows of the shard that is being filled are in memory. `starts` are the numbers of the
    first rows of the shards.
    """

    def __init__(self, folder: ShardFolder, prefix: str, limit: int) -> None:
        self.folder = folder
        self.prefix = prefix
        self.limit = limit
        self.starts: list[int] = []
        self.total = 0
        self._rows: list[Sequence[Any]] = []
        self._filled = 0

    def add(self, row: Any, size: int) -> int:
        """Add a row of about `size` characters and return its number."""
        self._rows.append(row)
        self._filled += size
        self.total += 1
        if self._filled >= self.limit:
            self.close()
        return self.total - 1

    def close(self) -> None:
        """Write the rows that wait, if there are any; the next row opens a new shard."""
        if self._rows:
            name = f"{self.prefix}{len(self.starts)}"
            self.folder.write(name, encoded(self._rows))
            self.starts.append(self.total - len(self._rows))
            self._rows = []
            self._filled = 0
