"""The text of wikitext that scanning alone does not settle, by mwparserfromhell's tree."""

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from ultralink_data.wiki.scan import is_dropped_link
from ultralink_data.wiki.simple_template import (
    PlainTemplate,
    box_template,
    is_plain_value,
    simple_template,
)
from ultralink_data.wiki.template_arguments import UNKNOWN
from ultralink_data.wiki.template_text import plain_name, template_text

_BREAKING_TAGS = frozenset(
    ("br", "p", "div", "center", "blockquote", "poem", "ul", "ol", "dl", "tr")
)
_DROPPED_TAGS = frozenset(("ref", "references", "gallery", "table"))
_NESTING = re.compile(
    r"(?P<opens>\{\{|\[|<(?!(?:w?br|hr|li|p|d[dt]|t[dhr])\b)(?=[a-z])[^<>]*+(?<!/)>)"
    r"|\}\}|\]|</(?=[a-z])",
    re.IGNORECASE,
)
"""Marks that open and close templates, links and those elements that must be closed."""

_DEEPEST = 30
"""Levels that are parsed: for each mark that is not closed the parser begins anew."""

_INTERLANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z-]+)?|simple")


def rendered(source: str, language: str, unknown: list[str]) -> str:
    """The text that a reader of the page sees; the wikitext itself where marks nest too deep.

    Where a template is in no table, `UNKNOWN` stands, and its name is appended to `unknown`.
    """
    simple = simple_template(source)
    if simple is not None:
        said = template_text(simple, language, str)
        if UNKNOWN in said:
            unknown.append(plain_name(simple.name))
        return said
    if is_too_deep(source):
        return source
    reader = _Reader(language, unknown)
    box = box_template(source)
    return reader.wikitext(source) if box is None else reader.box(box)


def is_too_deep(source: str) -> bool:
    """Whether too many templates, links or elements are open at once; most never close then."""
    depth = {"{": 0, "[": 0, "<": 0}
    kinds = {"}": "{", "]": "["}
    for found in _NESTING.finditer(source):
        mark = found.group()[0]
        kind = kinds.get(mark, mark)
        depth[kind] = depth[kind] + 1 if found["opens"] else max(0, depth[kind] - 1)
        if depth[kind] > _DEEPEST:
            return True
    return False


def link_text(title: str, text: str | None) -> str:
    """What a link shows; `text` is what stands after its first bar."""
    title = title.strip()
    if is_dropped_link(title):
        return ""
    if text is not None:
        return text
    prefix, colon, _ = title.partition(":")
    if colon and _INTERLANGUAGE.fullmatch(prefix.strip().casefold()):
        return ""
    title = title.lstrip(":")
    # A file or category that is only named is a note to readers.
    return "" if is_dropped_link(title) else title.partition("#")[0] or title


class _Reader:
    """Reads trees of one language."""

    def __init__(self, language: str, unknown: list[str]) -> None:
        self._language = language
        self._unknown = unknown

    def wikitext(self, source: str) -> str:
        import mwparserfromhell

        return self.text(mwparserfromhell.parse(source).nodes)

    def box(self, node: PlainTemplate) -> str:
        """The text of a template whose values are wikitext: those that it prints are parsed."""
        return self._printed(
            node, lambda value: value if is_plain_value(value) else self.wikitext(value)
        )

    def text(self, nodes: Iterable[Any]) -> str:
        return "".join(map(self._shown, nodes))

    def _shown(self, node: Any) -> str:
        show = self._BY_KIND.get(type(node).__name__)
        return show(self, node) if show is not None else ""  # comments, arguments of templates

    def _link(self, node: Any) -> str:
        return link_text(str(node.title), None if node.text is None else self.text(node.text.nodes))

    def _external(self, node: Any) -> str:
        return self.text(node.title.nodes) if node.title is not None and node.brackets else ""

    def _tag(self, node: Any) -> str:
        name = str(node.tag).strip().casefold()
        if name in _DROPPED_TAGS or node.wiki_markup in (":", ";"):
            return ""
        if node.wiki_markup in ("*", "#"):
            return "- "
        inner = self.text(node.contents.nodes) if node.contents is not None else ""
        if name in ("sup", "sub"):  # read last, when what stands before it is known
            return f"<{name}>{inner}</{name}>"
        return f"\n{inner}\n" if name in _BREAKING_TAGS else inner

    def _template(self, node: Any) -> str:
        return self._printed(node, lambda value: self.text(value.nodes))

    def _printed(self, node: Any, render: Callable[[Any], str]) -> str:
        before = len(self._unknown)
        said = template_text(node, self._language, render)
        if UNKNOWN in said and len(self._unknown) == before:  # it, and none in its arguments
            self._unknown.append(plain_name(str(node.name)))
        return said

    _BY_KIND: ClassVar[dict[str, Callable[["_Reader", Any], str]]] = {
        "Text": lambda _, node: str(node.value),
        "HTMLEntity": lambda _, node: str(node),  # the caller's: as a mark it would be markup
        "Heading": lambda self, node: self.text(node.title.nodes),
        "Wikilink": _link,
        "ExternalLink": _external,
        "Tag": _tag,
        "Template": _template,
    }
