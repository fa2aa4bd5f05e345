"""Messages on a stream: a length, then that many bytes, up to a limit.

This file also runs inside the jail, where only the standard library exists.
"""

import os
import struct
from typing import Final

from tasks.sandbox.codec import WireError

_FRAME: Final = struct.Struct("!I")


def write_frame(fd: int, payload: bytes | bytearray) -> None:
    """Write one frame whole; blocks while the other side does not read."""
    view = memoryview(_FRAME.pack(len(payload)) + payload)
    while view:
        view = view[os.write(fd, view) :]


def read_frame(fd: int, limit: int) -> bytes:
    """Read one frame of at most `limit` bytes.

    Raises:
        EOFError: the other side closed the connection.
        WireError: the frame is longer than `limit`.
    """
    (size,) = _FRAME.unpack(_read_exactly(fd, _FRAME.size))
    if size > limit:
        raise WireError(f"a message of {size} bytes, limit {limit}")
    return _read_exactly(fd, size)


def _read_exactly(fd: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise EOFError("the other side closed the connection")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
