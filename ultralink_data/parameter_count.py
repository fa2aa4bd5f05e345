"""How many parameters a model has, from the headers of its files: nothing is loaded."""

import mmap
import struct
from math import prod
from pathlib import Path
from typing import Final

import msgspec

from ultralink_data.adapters import is_adapter

# Private, and left so: stages read that file, so a rename in it would make their results anew.
from ultralink_data.gguf_fields import _GgufHeader

_PLAIN: Final = frozenset(("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"))
"""Types of tensors that hold a parameter in each place; others may pack several into one."""


class _Tensor(msgspec.Struct, frozen=True):
    """What is read of a tensor in the header of a safetensors file."""

    shape: tuple[int, ...] = ()
    dtype: str = ""


def parameter_count(model: Path) -> int | None:
    """The parameters of a model folder or GGUF file; a weight that is used twice counts once.

    None where the files do not say it: no weights there, a damaged header, adapters without their
    base, or quantised weights that share a number.
    """
    if model.is_file():
        return _of_gguf(model)
    if not model.is_dir() or is_adapter(model):
        return None
    total = 0
    for file in model.glob("*.safetensors"):
        found = _of_safetensors(file)
        if found is None:
            return None
        total += found
    return total or None


def _of_safetensors(file: Path) -> int | None:
    try:
        with file.open("rb") as content:
            length = int.from_bytes(content.read(8), "little")
            header = content.read(min(length, file.stat().st_size))
        tensors = msgspec.json.decode(header, type=dict[str, _Tensor])
    except (OSError, msgspec.DecodeError):
        return None
    tensors.pop("__metadata__", None)
    if any(one.dtype not in _PLAIN for one in tensors.values()):
        return None
    return sum(prod(one.shape) for one in tensors.values())


class _TensorHeader(_GgufHeader):
    """The header of a GGUF file with what follows its fields: name and shape of each tensor."""

    def parameters(self) -> int:
        self.fields()
        (tensors,) = struct.unpack_from("<Q", self._data, 8)
        total = 0
        for _ in range(tensors):
            self._text()
            (dimensions,) = self._take("I")
            total += prod(self._take("Q" * dimensions))
            self._take("IQ")
        return total


def _of_gguf(file: Path) -> int | None:
    try:
        with (
            file.open("rb") as content,
            mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            return _TensorHeader(data).parameters() or None
    except (OSError, ValueError, struct.error):
        return None
