"""Single values from the header of a GGUF file: what it says of its tokenizer beside the tokens.

Source of the format: ggml's docs/gguf.md, versions 2 and 3, little-endian. Arrays are skipped: a
vocabulary of 262,144 tokens costs a fraction of a second. No package is needed.
"""

import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

from ultralink_data.errors import PrerequisiteError

Field: TypeAlias = int | float | bool | str

_FORMATS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?"} | {
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_VERSIONS: Final = (2, 3)

_BOS_BY_DEFAULT: Final = {
    *("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
    *("jina-v5-nano", "tekken", "chameleon"),
}
"""Byte-pair vocabularies to which llama.cpp adds a BOS unless the file says no
(src/llama-vocab.cpp); it adds one to no other of them unless the file says yes."""


def read_fields(path: Path) -> dict[str, Field]:
    """The header's fields that are not arrays, by name.

    Raises:
        PrerequisiteError: the file cannot be read, or it is no GGUF file or a damaged one.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _GgufHeader(data).fields()
    except (OSError, ValueError, struct.error) as error:
        raise PrerequisiteError(
            f"cannot read {path} as a GGUF file: {error}", hint="make or fetch the file again"
        ) from error


def adds_bos(fields: Mapping[str, Field]) -> bool:
    """Whether a BOS starts every text, as llama.cpp decides it."""
    said = fields.get("tokenizer.ggml.add_bos_token")
    kind, split = fields.get("tokenizer.ggml.model"), fields.get("tokenizer.ggml.pre", "")
    if kind == "gemma4" or split == "gemma4":
        return True  # files of this model say no; llama.cpp overrides them
    if said is not None:
        return bool(said)
    return kind == "llama" or (kind == "gpt2" and split in _BOS_BY_DEFAULT)


def adds_space(fields: Mapping[str, Field]) -> bool:
    """Whether a text gets a space in front; only asked of sentencepiece vocabularies."""
    return bool(fields.get("tokenizer.ggml.add_space_prefix", True))


def turn_ends(fields: Mapping[str, Field]) -> list[int]:
    """Tokens that end a turn or a message of a chat, beside the EOS; most files name none."""
    names = (f"tokenizer.ggml.{name}_token_id" for name in ("eot", "eom"))
    return [int(fields[name]) for name in names if name in fields]


class _GgufHeader:
    """A position in a header, moved on by what is read."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def fields(self) -> dict[str, Field]:
        if self._data[:4] != b"GGUF":
            raise ValueError("it does not begin with GGUF")
        self._at = 4
        (version,) = self._take("I")
        if version not in _VERSIONS:
            raise ValueError(f"version {version} is none of {', '.join(map(str, _VERSIONS))}")
        _, count = self._take("QQ")
        found = {}
        for _ in range(count):
            name = self._text()
            (kind,) = self._take("I")
            value = self._value(kind)
            if value is not None:
                found[name] = value
        return found

    def _take(self, letters: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{letters}", self._data, self._at)
        self._at += struct.calcsize(f"<{letters}")
        return values

    def _text(self) -> str:
        (size,) = self._take("Q")
        self._at += size
        if self._at > len(self._data):
            raise ValueError("it ends within its header")
        return self._data[self._at - size : self._at].decode()

    def _value(self, kind: int) -> Field | None:
        """A value; None for an array, which is passed over."""
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY:
            return self._take(self._format(kind))[0]
        inner, count = self._take("IQ")
        if inner == _STRING:
            for _ in range(count):
                (size,) = self._take("Q")
                self._at += size
        else:
            self._at += count * struct.calcsize(self._format(inner))
        return None

    @staticmethod
    def _format(kind: int) -> str:
        if kind not in _FORMATS:
            raise ValueError(f"a field has the unknown type {kind}")
        return _FORMATS[kind]
