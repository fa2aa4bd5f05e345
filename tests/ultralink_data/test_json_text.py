"""JSON and TOML of users: only the format's own errors come out, whatever the text."""

import tomllib

import msgspec
import pytest

from ultralink_data.json_text import json_value, toml_tables

DEEP = 50_000


class Named(msgspec.Struct):
    """Reads one field and passes over the others."""

    name: str = ""


@pytest.mark.parametrize("kind", [Named, dict, msgspec.Raw])
def test_brackets_in_brackets_are_an_error_of_json(kind):
    text = b'{"other": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    with pytest.raises(msgspec.DecodeError, match="nested too deeply"):
        json_value(text, kind)


def test_a_mark_is_taken_and_a_byte_is_counted_from_the_start_of_the_file():
    assert json_value(b'\xef\xbb\xbf{"name": "a"}', Named).name == "a"
    with pytest.raises(msgspec.DecodeError, match="byte 13 is not UTF-8"):
        json_value(b'{"name": "caf\xe9"}', Named)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * DEEP, "nested too deeply"),
        ("a = " + "9" * 5000, "Exceeds the limit"),
        ("a = ", "Invalid value"),
    ],
)
def test_toml_that_cannot_be_read_is_an_error_of_toml(text, said):
    with pytest.raises(tomllib.TOMLDecodeError, match=said):
        toml_tables(text)
    assert toml_tables("a = 3") == {"a": 3}
