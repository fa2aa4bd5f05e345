"""TOML files decoded strictly, with errors that name file and line."""

import re
import tomllib
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from harness.options.toml_faults import fault_of
from harness.options.toml_lines import Place, line_of
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.json_text import toml_tables

T = TypeVar("T")


class TomlFile:
    """A TOML file's text; `hint` says where to find its form.

    Raises:
        ConfigError: it is not UTF-8.
        PrerequisiteError: there is no such file; `missing` says what to do.
    """

    def __init__(self, path: Path, what: str, hint: str, missing: str) -> None:
        self.path, self._hint = path, hint
        try:
            self.text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise PrerequisiteError(
                f"no {what} at {path} ({error.strerror})", hint=missing
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{path}: byte {error.start} is not UTF-8", hint="save the file as UTF-8"
            ) from error

    def decoded(self, kind: type[T]) -> T:
        """The whole file as a struct.

        Raises:
            ConfigError: it is no TOML, or a field is unknown, missing or wrong.
        """
        data = self.parsed()
        try:
            return msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            self.refuse(*fault_of(data, kind, error))

    def said(self, place: Place) -> str:
        """File and line of the text that stands for this place."""
        line = line_of(self.text, place)
        return str(self.path) if line is None else f"{self.path}:{line}"

    def refuse(self, place: Place, what: str) -> NoReturn:
        """Raise a `ConfigError` about a place of the file."""
        raise ConfigError(f"{self.said(place)}: {what}", hint=self._hint)

    def parsed(self) -> dict[str, Any]:
        """The file's tables as they are.

        Raises:
            ConfigError: it is no TOML.
        """
        try:
            return toml_tables(self.text)
        except tomllib.TOMLDecodeError as error:
            said = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error))
            where, what = (
                (f"{self.path}:{said[2]}", said[1]) if said else (str(self.path), str(error))
            )
            raise ConfigError(f"{where}: not valid TOML: {what}", hint="fix this line") from error
