"""Records and reports are read strictly: what does not fit is named by file and field."""

from pathlib import Path
from typing import TypeVar

import msgspec

from ultralink_data.errors import DataError
from ultralink_data.json_text import json_value

Decoded = TypeVar("Decoded", bound=msgspec.Struct)


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    """The fields read first, so that an error can name a file of another version or kind."""

    schema: int
    kind: str


def read_as(path: Path, record_type: type[Decoded], kind: str, schema: int) -> Decoded:
    """The content of a file of this kind and version.

    Raises:
        DataError: no such file, or it is something else; the message names file and field.
    """
    remake = "make it again: records are written by `eval` and `run`, never by hand"
    try:
        data = path.read_bytes()
        header = json_value(data, _Header)
        if header.schema != schema:
            raise DataError(
                f"{path}: field `schema` is {header.schema}, this version reads {schema}",
                hint="read it with the version that wrote it, or run again",
            )
        if header.kind != kind:
            raise DataError(
                f"{path}: field `kind` is {header.kind!r}, expected {kind!r}",
                hint="run records have kind `eval`, experiment reports (report.json) `experiment`",
            )
        return json_value(data, record_type)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    except msgspec.DecodeError as error:
        raise DataError(f"{path}: {_name_field(str(error))}", hint=remake) from error


def _name_field(text: str) -> str:
    """Rewrite msgspec's "... - at `$.cells[0]`" to name the field of the record."""
    return text.replace("at `$.", "at field `")
