"""Policies in TOML (docs/tables.md, Policies), decoded strictly: an error names file and line.

tier = "supporting"

[margins]
accuracy = 0.02

[tasks.mgsm]
tier = "critical"

[tasks.mgsm.languages.fr]
margin = 0.03
"""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from harness.experiment.toml_lines import Place, line_of
from harness.statistics.policy import LanguagePolicy, Policy, TaskPolicy, Tier
from ultralink_data.errors import ConfigError, PrerequisiteError

_FORM = "the form of the file: docs/tables.md, Policies"

P = TypeVar("P")


def read_policy(path: Path | None) -> Policy:
    """The policy in a file; without a file, the one that lets every primary metric decide.

    Raises:
        ConfigError: it is no TOML, or a field is unknown or wrong; names file and line.
        PrerequisiteError: there is no such file.
    """
    return Policy() if path is None else _PolicyText(path).policy()


class _PolicyText:
    """A policy's text, kept to name lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise PrerequisiteError(
                f"no policy at {path} ({error.strerror})", hint="check the path after --policy"
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{path}: byte {error.start} is not UTF-8", hint="save the file as UTF-8"
            ) from error

    def policy(self) -> Policy:
        """The whole of it, its tables decoded one by one: so an error's table is known."""
        try:
            data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            said = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error))
            where, what = (f"{self.path}:{said[2]}", said[1]) if said else (self.path, error)
            raise ConfigError(f"{where}: not valid TOML: {what}", hint=_FORM) from error
        tasks = {
            name: self._task(("tasks", name), found)
            for name, found in self._tables(data, (), "tasks").items()
        }
        return msgspec.structs.replace(self._decoded(data, Policy, ()), tasks=tasks)

    def _task(self, place: Place, data: dict[str, Any]) -> TaskPolicy:
        languages = {
            code: self._decoded(found, LanguagePolicy, (*place, "languages", code))
            for code, found in self._tables(data, place, "languages").items()
        }
        decoded = self._decoded(data, TaskPolicy, place)
        with_languages = {"languages": languages}
        return msgspec.structs.replace(decoded, **with_languages)

    def _tables(self, data: dict[str, Any], place: Place, name: str) -> dict[str, dict[str, Any]]:
        """The tables under a name, taken out of `data`."""
        found = data.pop(name, {})
        if not isinstance(found, dict):
            raise self._error((*place, name), f"`{name}` must be a table for each, got {found!r}")
        for key, value in found.items():
            if not isinstance(value, dict):
                raise self._error((*place, name, key), f"`{key}` must be a table, got {value!r}")
            if not key.strip():
                raise self._error((*place, name), f"`{name}` has an empty name")
        return found

    def _decoded(self, data: dict[str, Any], kind: type[P], place: Place) -> P:
        try:
            return msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            said = str(error)
            inside = re.search(r"at `\$\.?([^`]*)`", said)
            unknown = re.search(r"unknown field `([^`]*)`", said)
            named = [inside[1]] if inside and inside[1] else []
            within = [part for text in named for part in text.split(".")]
            within += [unknown[1]] if unknown else []
            # An error of `__post_init__` names its field in words alone.
            within = within or [key for key in data if re.search(rf"\b{key}\b", said)][:1]
            words = re.sub(r" - at `[^`]*`", "", said)
            if words.startswith("Invalid enum value"):
                words += f", known: {', '.join(tier.value for tier in Tier)}"
            path = ".".join(str(part) for part in (*place, *within))
            raise self._error((*place, *within), f"{path}: {words}") from error

    def _error(self, place: Place, what: str) -> ConfigError:
        line = line_of(self.text, place)
        where = str(self.path) if line is None else f"{self.path}:{line}"
        return ConfigError(f"{where}: {what}", hint=_FORM)
