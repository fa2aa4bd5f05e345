"""The lines of a file of saved outputs, and whether it is about the language it is graded in."""

import codecs
import gzip
import re
import zlib
from collections.abc import Collection
from pathlib import Path

from ultralink_data.errors import ConfigError, DataError


def saved_lines(path: Path) -> list[bytes]:
    """The lines of a file, unpacked if it ends in .gz; a byte order mark of UTF-8 is taken.

    Raises:
        DataError: it cannot be read, or is UTF-16, of which no line could be read.
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None)
        hint = "check the path" if said else "the file is damaged or no gzip: write it again"
        raise DataError(f"cannot read {path}: {said or error}", hint=hint) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(f"{path} is UTF-16, not UTF-8", hint="write it again as UTF-8")
    return data.removeprefix(codecs.BOM_UTF8).split(b"\n")


def check_name(path: Path, language: str, known: Collection[str]) -> None:
    """Refuse a file whose name names other languages of the benchmark, and not this one.

    Raises:
        ConfigError: says which language it names.
    """
    named = [word for word in re.split(r"[^A-Za-z]+", path.name) if word in known]
    if named and language not in named:
        raise ConfigError(
            f"{path} names {named[-1]}, and is to be graded as {language}",
            hint=f"give --languages {named[-1]}, or rename the file",
        )


def other_language(said: object, language: str) -> str:
    """Why a row whose field `language` says something else is not graded; "" if it is."""
    if said is None or said == language:
        return ""
    return f"the row's language is {said!r}, not {language}"
