"""JSON and TOML that a user gives, decoded so that nothing but the format's own error comes out.

`msgspec` and `json` raise RecursionError for text nested thousands of levels deep, as `tomllib`
does, and `tomllib` a plain ValueError for an integer of thousands of digits. Readers that name
file and line catch the format's error alone; here the others become it.
"""

import tomllib
from typing import Any, Final, TypeVar, overload

import msgspec

from ultralink_data.store.byte_order_mark import without_mark

T = TypeVar("T")

TOO_DEEP: Final = "nested too deeply"
"""What is wrong with brackets in brackets, thousands of levels deep."""


@overload
def json_value(data: bytes) -> Any: ...
@overload
def json_value(data: bytes, kind: type[T]) -> T: ...
def json_value(data: bytes, kind: Any = Any) -> Any:
    """The content of a JSON file, or of one line of it, a byte order mark at its start taken.

    Raises:
        msgspec.DecodeError: it is not JSON, no `kind`, not UTF-8, or nested too deeply.
    """
    try:
        return msgspec.json.decode(without_mark(data), type=kind)
    except RecursionError:
        raise msgspec.DecodeError(TOO_DEEP) from None
    except UnicodeDecodeError as found:  # its place is within a text, not within the file
        raise msgspec.DecodeError(_not_utf8(data) or str(found)) from None


def _not_utf8(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start} is not UTF-8"
    return ""


def toml_tables(text: str) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML, nested too deeply, or has a number of thousands of
            digits.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(TOO_DEEP) from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise tomllib.TOMLDecodeError(str(error).partition(";")[0]) from None
