"""Entries of a ZIP file whose author is not trusted: sizes are checked before and while reading.

inspect packs its logs with Zstandard (method 93), which the `zipfile` of Python before 3.14 does
not read; pyarrow, which is here anyway, does.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ultralink_data.errors import DataError

MOST_ENTRIES: Final = 200_000
MOST_BYTES: Final = 1 << 28
"""Unpacked bytes of one entry."""
MOST_TOTAL: Final = 1 << 32
"""Unpacked bytes of all entries."""
_STORED, _DEFLATED, _ZSTANDARD = 0, 8, 93
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_BLOCK: Final = 1 << 20


class BoundedZip:
    """The entries of a ZIP file by name; of a name that occurs twice the last, as in `zipfile`."""

    def __init__(self, path: Path) -> None:
        """Read the directory.

        Raises:
            DataError: the file cannot be read, is no ZIP file, or claims to unpack to too much.
        """
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                listed = archive.infolist()
        except OSError as error:
            raise DataError(
                f"cannot read {path}: {error.strerror or error}", hint="check the path"
            ) from error
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as error:
            raise self._damaged(str(error)) from error
        if len(listed) > MOST_ENTRIES:
            raise self._large(f"{len(listed)} entries", f"{MOST_ENTRIES}")
        total = sum(entry.file_size for entry in listed)
        if total > MOST_TOTAL:
            raise self._large(f"{total} bytes unpacked", f"{MOST_TOTAL}")
        self.entries: Mapping[str, zipfile.ZipInfo] = {entry.filename: entry for entry in listed}

    def read(self, name: str) -> bytes:
        """The content of an entry.

        Raises:
            DataError: there is none, it is damaged, or larger than `MOST_BYTES` or than it claims.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise self._damaged(f"no entry {name!r}")
        if entry.file_size > MOST_BYTES:
            raise self._large(f"entry {name!r} of {entry.file_size} bytes", f"{MOST_BYTES}")
        if entry.flag_bits & 1:
            raise self._damaged(f"entry {name!r} is encrypted")
        data = self._unpacked(entry, self._packed(entry))
        if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
            raise self._damaged(f"entry {name!r} is not what its checksum says")
        return data

    def _packed(self, entry: zipfile.ZipInfo) -> bytes:
        """The packed bytes of an entry, from behind its local header."""
        with self.path.open("rb") as file:
            file.seek(entry.header_offset)
            header = file.read(30)
            if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
                raise self._damaged(f"entry {entry.filename!r} has no header")
            name, extra = _LOCAL_HEADER.unpack(header)[1:]
            file.seek(entry.header_offset + 30 + name + extra)
            return file.read(min(entry.compress_size, MOST_BYTES))

    def _unpacked(self, entry: zipfile.ZipInfo, packed: bytes) -> bytes:
        """At most one byte more than the entry claims, so that a larger one is seen and not held.

        Raises:
            DataError: it cannot be unpacked.
        """
        most = entry.file_size + 1
        try:
            if entry.compress_type == _STORED:
                return packed[:most]
            if entry.compress_type == _DEFLATED:
                return zlib.decompressobj(-15).decompress(packed, most)
            if entry.compress_type == _ZSTANDARD:
                return _zstandard(packed, most)
        except (OSError, zlib.error) as error:
            raise self._damaged(f"entry {entry.filename!r}: {error}") from error
        raise self._damaged(
            f"entry {entry.filename!r} is packed with method {entry.compress_type}, "
            "not deflate or Zstandard"
        )

    def _damaged(self, why: str) -> DataError:
        return DataError(f"{self.path}: {why}", hint="copy it again from where it was written")

    def _large(self, what: str, most: str) -> DataError:
        return DataError(
            f"{self.path}: {what}, more than {most}",
            hint="it may be made to fill the memory; split the log if it is yours",
        )


def _zstandard(packed: bytes, most: int) -> bytes:
    """The first bytes of Zstandard frames, at most so many."""
    from pyarrow import BufferReader, CompressedInputStream

    found = io.BytesIO()
    with CompressedInputStream(BufferReader(packed), "zstd") as stream:
        while found.tell() < most:
            part = stream.read(min(_BLOCK, most - found.tell()))
            if not part:
                break
            found.write(part)
    return found.getvalue()
