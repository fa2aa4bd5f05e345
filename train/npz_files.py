"""Arrays in an uncompressed `.npz` file, written piece by piece and read where they lie.

The bytes are those of `numpy.savez`, which needs whole arrays.
"""

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np

MAPPED_FROM: Final = 1 << 26
"""Bytes of a file from which its arrays stay on the disk."""

_CHUNK: Final = 1 << 20
_FORMAT: Any = np.lib.format  # it has no types
_LOCAL_HEADER: Final = struct.Struct("<26xHH")


class ArrayPieces(NamedTuple):
    """A one-dimensional array of `length` numbers, as pieces that follow each other."""

    dtype: np.dtype
    length: int
    pieces: Iterable[np.ndarray]


def whole(array: np.ndarray) -> ArrayPieces:
    """An array as one piece."""
    return ArrayPieces(array.dtype, len(array), [array])


def write_npz(path: Path, arrays: Mapping[str, ArrayPieces]) -> None:
    """Write the arrays, in their order.

    Raises:
        OSError: the disk is full or the folder is not writable.
        ValueError: the pieces of an array have not the length that it should have.
    """
    with ZipFile(path, "w", ZIP_STORED, allowZip64=True) as archive:
        for name, (dtype, length, pieces) in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                form = {
                    "descr": _FORMAT.dtype_to_descr(dtype),
                    "fortran_order": False,
                    "shape": (length,),
                }
                _FORMAT.write_array_header_1_0(file, form)
                written = 0
                for piece in pieces:
                    file.write(np.ascontiguousarray(piece, dtype).data)
                    written += len(piece)
            if written != length:
                raise ValueError(f"{name} has {written} numbers, not {length}")


def read_npz(path: Path, names: Iterable[str]) -> list[np.ndarray]:
    """The arrays with these names; those of a large file stay on the disk, to be read as needed.

    All bytes are checked against the file's checksums. Large is from `MAPPED_FROM` bytes on.

    Raises:
        OSError, ValueError, KeyError, BadZipFile: an array is missing or damaged.
    """
    if path.stat().st_size < MAPPED_FROM:
        with np.load(path, allow_pickle=False) as file:
            return [file[name] for name in names]
    with ZipFile(path) as archive:
        return [_mapped(path, archive, archive.getinfo(f"{name}.npy")) for name in names]


def _mapped(path: Path, archive: ZipFile, member: ZipInfo) -> np.ndarray:
    if member.compress_type != ZIP_STORED:
        raise BadZipFile(f"{member.filename} is compressed")
    with archive.open(member) as file:
        _FORMAT.read_magic(file)
        shape, _, dtype = _FORMAT.read_array_header_1_0(file)
        begin = file.tell()
        while file.read(_CHUNK):  # to its end, where the checksum is compared
            pass
    with path.open("rb") as raw:
        raw.seek(member.header_offset)
        name, extra = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    start = member.header_offset + _LOCAL_HEADER.size + name + extra + begin
    return np.memmap(path, dtype, "r", start, shape)
