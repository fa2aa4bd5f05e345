"""Templates read without a parser: those whose arguments are plain text, and boxes of many lines.

The trees have the attributes of mwparserfromhell's that `ultralink_data.wiki.template_text` looks
at; values are texts, those of a box in wikitext.
"""

import re
from typing import NamedTuple

_SIMPLE = re.compile(r"\{\{([^\[\]{}<>|\n&]+)((?:\|(?:[^\[\]{}<>|\n&:']|'(?!'))*)*)\}\}")
"""No links, marks of emphasis, elements, entities, addresses; nothing that begins a line."""

_BOX_PART = re.compile(
    r"\[\[[^\n\[\]{}<>|]+(?:\|[^\n\[\]{}<>]*)?\]\](?!\])|<br ?/?>"
    r"|(\{\{(?=[^\n\[\]{}<>|]*[\w!][^\n\[\]{}<>|]*\n?(?:\||\}\}))|\}\}(?!\}))"
    r"|(\|)|([\[\]{}<>]|''|//|\n=)"
)
"""Whole links and line breaks, which part no arguments; templates whose name is one; bars; what
takes a parser."""

_NOT_PLAIN_VALUE = re.compile(r"[\[\]{}<>&:;*#'=-]|\n")


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
    return None if found is None else _template(found[1], found[2].split("|")[1:])


def box_template(source: str) -> PlainTemplate | None:
    """A template of several lines with its arguments in wikitext; None if a parser must tell."""
    name, bar, _ = source.partition("|")
    if not bar or "\n" not in source or not _SIMPLE.fullmatch(f"{name.strip()}}}}}"):
        return None
    depth = 0
    bars: list[int] = []
    for found in _BOX_PART.finditer(source):
        if found[3]:
            return None
        if found[1]:
            depth += 1 if found[1] == "{{" else -1
            if not depth and found.end() < len(source):
                return None
        elif found[2] and depth == 1:
            bars.append(found.start())
    if depth or not source.endswith("}}"):
        return None
    ends = [*bars[1:], len(source) - 2]
    arguments = [source[start + 1 : end] for start, end in zip(bars, ends, strict=True)]
    made = _template(name[2:], arguments)
    return None if any(map(_is_unsure, made.params)) else made


def _is_unsure(one: PlainParameter) -> bool:
    # The sign may stand within another template. Alone, a mark of a list would begin a line.
    return "{{" in one.name or "[[" in one.name or one.value.startswith(tuple("*#:;-="))


def is_plain_value(value: str) -> bool:
    """Whether the value of an argument is its text."""
    return not _NOT_PLAIN_VALUE.search(value.strip())


def _template(name: str, arguments: list[str]) -> PlainTemplate:
    params: list[PlainParameter] = []
    position = 0
    for argument in arguments:
        key, given, value = argument.partition("=")
        if given:
            params.append(PlainParameter(key, value, True))
        else:
            position += 1
            params.append(PlainParameter(str(position), argument, False))
    return PlainTemplate(name, tuple(params))
