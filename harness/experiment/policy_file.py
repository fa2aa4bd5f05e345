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
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from harness.options.toml_faults import fault_of
from harness.options.toml_file import TomlFile
from harness.options.toml_lines import Place
from harness.statistics.policy import UNIT_OF_TASKS, LanguagePolicy, Policy, TaskPolicy, Tier
from tasks.index import entries

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
        self.file = TomlFile(path, "policy", _FORM, "check the path after --policy")

    def policy(self) -> Policy:
        """The whole of it, its tables decoded one by one: so an error's table is known."""
        data = self.file.parsed()
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
            self.file.refuse((*place, name), f"`{name}` must be a table for each, got {found!r}")
        for key, value in found.items():
            if not isinstance(value, dict):
                self.file.refuse((*place, name, key), f"`{key}` must be a table, got {value!r}")
            if not key.strip():
                self.file.refuse((*place, name), f"`{name}` has an empty name")
        return found

    def _decoded(self, data: dict[str, Any], kind: type[P], place: Place) -> P:
        try:
            found = msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            within, said = fault_of(data, kind, error)
            words = re.sub(r" - at field `[^`]*`", "", said)
            if words.startswith("Invalid enum value"):
                words += f", known: {', '.join(tier.value for tier in Tier)}"
            self._refuse((*place, *within), words)
        margin = getattr(found, "margin", None)
        if margin is not None and margin >= 1 and place[1] in map(attrgetter("name"), entries()):
            self._refuse(
                (*place, "margin"), f"margin {margin:g} is the whole scale: {UNIT_OF_TASKS}"
            )
        return found

    def _refuse(self, place: Place, words: str) -> NoReturn:
        self.file.refuse(place, f"{'.'.join(map(str, place))}: {words}")
