"""Templates whose arguments are plain text, which are most: read without a parser.

The tree has the attributes of mwparserfromhell's that `ultralink_data.wiki.template_text` looks at.
"""

import re
from typing import NamedTuple

_SIMPLE = re.compile(r"\{\{([^\[\]{}<>|\n&]+)((?:\|(?:[^\[\]{}<>|\n&:']|'(?!'))*)*)\}\}")
"""No links, marks of emphasis, elements, entities, addresses; nothing that begins a line."""


class PlainParameter(NamedTuple):
    """An argument: `showkey` says if it was given by name."""

    name: str
    value: str
    showkey: bool


class PlainTemplate(NamedTuple):
    """A template and its arguments."""

    name: str
    params: tuple[PlainParameter, ...]


def simple_template(source: str) -> PlainTemplate | None:
    """The template that the whole of `source` is; None where it takes a parser to tell."""
    found = _SIMPLE.fullmatch(source)
    if found is None:
        return None
    params: list[PlainParameter] = []
    position = 0
    for argument in found[2].split("|")[1:]:
        name, given, value = argument.partition("=")
        if given:
            params.append(PlainParameter(name, value, True))
        else:
            position += 1
            params.append(PlainParameter(str(position), argument, False))
    return PlainTemplate(found[1], tuple(params))
