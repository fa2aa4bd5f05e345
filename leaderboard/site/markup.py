"""HTML made of elements, in which every text is escaped because nothing else can be written.

Names, ids and labels come from outside: what cannot be seen in them, such as the overrides that
turn the direction of what follows, stands as its code. What a model wrote keeps its characters and
is isolated, so that its direction ends with it.
"""

import re
from html import escape
from typing import Final

from leaderboard.visible_text import character_code, visible

VOID: Final = frozenset(("br", "col", "hr", "input", "link", "meta"))
"""Elements that have no end tag."""

_NOT_IN_HTML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no HTML document may hold, or no file in UTF-8; browsers drop or change it."""


class Markup(str):
    """A text that is HTML already. Only this module makes one from plain text."""

    __slots__ = ()


def text(value: str) -> Markup:
    """A name, id or label on one line, escaped, with what cannot be seen written as its code."""
    return Markup(escape(visible(value), quote=False))


def attribute(value: str) -> str:
    """The value of an attribute, to stand between double quotes; otherwise as `text`."""
    return escape(visible(value), quote=True)


def isolated(value: str) -> Markup:
    """What a model or a dataset wrote: its own characters and lines, in its own direction.

    Only characters that no HTML document can hold stand as their code.
    """
    whole = _NOT_IN_HTML.sub(lambda found: character_code(found.group()), value)
    return Markup(f'<bdi dir="auto">{escape(whole, quote=False)}</bdi>')


def element(tag: str, *content: str, **attributes: str | float | bool | None) -> Markup:
    """An element: content that is no `Markup` is escaped by `text`, an attribute by `attribute`.

    `class_` and `for_` stand for `class` and `for`, and an underscore for a hyphen. An attribute
    that is None or False is left out, one that is True has no value.

    Raises:
        ValueError: an attribute that runs or styles (`onclick`, `style`), or content in an element
            that has none: both are bugs of ours.
    """
    parts = [f"<{tag}"]
    for key, value in attributes.items():
        name = key.removesuffix("_").replace("_", "-")
        if name == "style" or name.startswith("on"):
            raise ValueError(f"the pages' policy forbids the attribute {name}")
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            shown = attribute(value) if isinstance(value, str) else value
            parts.append(f' {name}="{shown}"')
    parts.append(">")
    if tag in VOID:
        if content:
            raise ValueError(f"<{tag}> has no content")
        return Markup("".join(parts))
    parts += [one if isinstance(one, Markup) else text(one) for one in content]
    return Markup(f"{''.join(parts)}</{tag}>")


def joined(*parts: str, between: str = "") -> Markup:
    """Parts one after another; those that are no `Markup` are escaped."""
    gap = between if isinstance(between, Markup) else text(between)
    return Markup(gap.join(one if isinstance(one, Markup) else text(one) for one in parts))


def source_link(address: str, words: str = "") -> Markup:
    """A link to an address from outside if it is a web address, else its text alone.

    `javascript:` and every other scheme that is not `https` or `http` never becomes a link.
    """
    if not re.match("https?://[^/]", address) or visible(address) != address:
        return text(words or address)
    return element("a", words or address, href=address, rel="noopener noreferrer")
