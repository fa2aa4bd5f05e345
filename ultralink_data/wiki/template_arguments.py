"""Arguments of templates as text, and numbers as a Wikipedia writes them."""

import re
from collections.abc import Callable
from typing import Any

from ultralink_data.wiki.language_names import NUMBERS
from ultralink_data.wiki.templates import HARMLESS

Render = Callable[[Any], str]
"""Gives the text of an argument's value."""

UNKNOWN = "\x07"
"""Stands where a template printed what no table tells: a word of the sentence may be missing."""

_NUMBER = re.compile(r"([-−+]?)(\d{1,40})(?:\.(\d+))?")


def number(text: str, language: str) -> str:
    """A number as the language writes it; anything else as it is."""
    found = _NUMBER.fullmatch(text)
    style = NUMBERS.get(language)
    if found is None or style is None:
        return text
    sign, whole, decimals = found.groups()
    if len(whole) >= style.digits:
        whole = f"{int(whole):,}".replace(",", style.group)
    return sign + whole + (style.decimal + decimals if decimals else "")


class Arguments:
    """The arguments of a template as text."""

    def __init__(self, node: Any, render: Render) -> None:
        self._render = render
        self._values: dict[str, Any] = {}
        self._positional: list[str] = []
        self._texts: dict[str, str] = {}  # rendered once, as templates nest in arguments
        for one in node.params:
            name = str(one.name).strip()
            self._values[name] = one.value
            if not one.showkey or name.isdecimal():
                self._positional.append(name)

    def get(self, name: str) -> str:
        """The text of the argument of this name; "" where it is not given."""
        if name not in self._texts:
            value = self._values.get(name)
            self._texts[name] = "" if value is None else self._render(value).strip()
        return self._texts[name]

    def last(self) -> str:
        """The text of the last one by position."""
        return self.get(self._positional[-1]) if self._positional else ""

    def any(self) -> bool:
        """Whether one of them has a text."""
        return any(map(self.get, self._values))

    def none(self) -> bool:
        """Whether there is no argument, not even an empty one."""
        return not self._values

    def has_others(self, known: frozenset[str]) -> bool:
        """Whether one that is given by name has a text and is neither known nor harmless."""
        return any(
            not (name.isdecimal() or name in known or name in HARMLESS) and self.get(name)
            for name in self._values
        )

    def all(self) -> list[str]:
        """The texts of those by position that have one."""
        return [text for text in map(self.get, self._positional) if text]
