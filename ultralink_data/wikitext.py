"""Wikitext to clean text: paragraphs, headings and list items, and nothing else.

mwparserfromhell parses; this module decides what of the tree is text, and takes away what the
parser could not make sense of (unclosed templates, tables and tags stay text in its tree).
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from ultralink_data.wiki_names import CATEGORY_NAMESPACES, FILE_NAMESPACES

if TYPE_CHECKING:
    from opencc import OpenCC

_DROPPED_TAGS = frozenset(
    (
        *("ref", "references", "gallery", "table", "timeline", "imagemap", "score", "hiero", "hr"),
        *("graph", "mapframe", "maplink", "style", "script", "syntaxhighlight", "source", "ce"),
        *("chem", "templatestyles", "inputbox", "section", "indicator", "categorytree"),
    )
)

_BREAKING_TAGS = frozenset(
    ("br", "p", "div", "center", "blockquote", "poem", "ul", "ol", "dl", "tr")
)

_SHOWN_FIRST = frozenset(("abbr", "abréviation", "num", "число", "nombre", "unité", "formatnum"))
"""Templates that show their first argument."""

_SHOWN_LAST = frozenset(("lang", "langue", "lj", "nowrap", "nobr", "small", "transl"))
"""Templates that show their last argument; all others are dropped."""

_DROPPED_CLASSES = re.compile(r"infobox|navbox|thumb|toc|noprint|metadata|vertical-navbox")

_INTERLANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z-]+)?|simple")

_MEDIA = re.compile(r"\.(?:jpe?g|png|svg|gif|ogg|oga|ogv|webm|webp|tiff?|pdf|djvu|mid)$", re.I)
"""Ends of file links, whatever the language calls their namespace."""

_LEFT_LINE = re.compile(r"^[ \t]*(?:\{\||\|\}|\|-|\||!).*$", re.MULTILINE)
_LEFT_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>")
_LEFT_MARK = re.compile(r"\[\[|\]\]|\{\{+|\}\}+|'''?|__[^\W\d_a-z]{3,}__")
_EMPTY_BRACKETS = re.compile(r"[ \t]*[(（\[][\s,;:،؛，；、：/–—-]*[)）\]]")
_BRACKET_START = re.compile(r"([(（])[\s,;:،؛，；、：]+")
_BRACKET_END = re.compile(r"[\s,;،؛，；、]+([)）])")
_SPACES = re.compile(r"[ \t\u00a0]+")
_SPACE_BEFORE = re.compile(r" +([,.;)\]،؛，。；、])")
_EMPTY_ITEM = re.compile(r"^[ \t]*[-*#:;•]*[ \t.,;:]*$", re.MULTILINE)
_VARIANT = re.compile(r"-\{(.*?)\}-", re.DOTALL)

_HEADING = "\x00"
"""Marks a heading's line until it is known whether its section has text."""


def clean(wikitext: str, *, chinese_conversion: str | None = None) -> str:
    """The text of a page; paragraphs and headings are lines, with an empty line between them.

    `chinese_conversion` is an OpenCC configuration (`t2s`).
    """
    import mwparserfromhell

    source = wikitext.replace("\x00", "")
    if chinese_conversion is not None:
        source = _VARIANT.sub(lambda found: _variant(found.group(1)), source)
    text = _tidy(_render(mwparserfromhell.parse(source).nodes))
    return convert_chinese(text, chinese_conversion)


def convert_chinese(text: str, configuration: str | None) -> str:
    """The text in the script of an OpenCC configuration; as it is without one."""
    return _converter(configuration).convert(text) if configuration else text


def _render(nodes: Iterable[Any]) -> str:
    return "".join(_shown(node) for node in nodes)


def _shown(node: Any) -> str:
    """The text that a reader of the page sees of a node."""
    match type(node).__name__:
        case "Text":
            return str(node.value)
        case "Wikilink":
            return _link(node)
        case "Tag":
            return _tag(node)
        case "Heading":
            return f"\n\n{_HEADING}{_render(node.title.nodes).strip()}\n\n"
        case "HTMLEntity":
            return str(node.normalize())
        case "ExternalLink":
            return _render(node.title.nodes) if node.title is not None and node.brackets else ""
        case "Template":
            return _template(node)
        case _:  # comments, arguments of templates
            return ""


def _link(node: Any) -> str:
    title = str(node.title).strip()
    prefix, colon, _ = title.partition(":")
    prefix = prefix.strip().casefold()
    if colon and (prefix in FILE_NAMESPACES | CATEGORY_NAMESPACES or _MEDIA.search(title)):
        return ""
    if colon and node.text is None and _INTERLANGUAGE.fullmatch(prefix):
        return ""
    if node.text is None:
        return title.lstrip(":").partition("#")[0] or title
    return _render(node.text.nodes)


def _tag(node: Any) -> str:
    name = str(node.tag).strip().casefold()
    if name in _DROPPED_TAGS:
        return ""
    if node.wiki_markup in ("*", "#", ":", ";"):
        return "- " if node.wiki_markup in ("*", "#") else ""
    if name == "math":
        return f"${str(node.contents or '').strip()}$"
    if any(
        str(attribute.name).strip() == "class" and _DROPPED_CLASSES.search(str(attribute.value))
        for attribute in node.attributes
    ):
        return ""
    inner = _render(node.contents.nodes) if node.contents is not None else ""
    return f"\n{inner}\n" if name in _BREAKING_TAGS else inner


def _template(node: Any) -> str:
    name = str(node.name).strip().casefold()
    if name.startswith("formatnum:"):
        return name.removeprefix("formatnum:")
    if name in ("s", "s-", "siècle") and len(node.params) > 1:
        return "".join(_render(one.value.nodes) for one in node.params[:2]) + " siècle"
    shown = [one for one in node.params if not one.showkey]
    if shown and name in _SHOWN_FIRST:
        return _render(shown[0].value.nodes)
    if shown and (name in _SHOWN_LAST or name.startswith("lang-")):
        return _render(shown[-1].value.nodes)
    return ""


def _variant(inner: str) -> str:
    """One of the spellings that Chinese pages give side by side (`zh-hans:软件;zh-hant:軟體`)."""
    flag, bar, rest = inner.partition("|")
    if bar:
        if flag.strip().upper() in ("T", "H", "-"):
            return ""  # a rule for the title or the whole page, shown nowhere
        inner = rest
    spellings = dict(part.split(":", 1) for part in inner.split(";") if ":" in part)
    named = {name.strip(): text.strip() for name, text in spellings.items()}
    for name in ("zh-hans", "zh-cn", "zh", "zh-sg", "zh-hant", "zh-tw", "zh-hk"):
        if name in named:
            return named[name]
    return inner


def _tidy(text: str) -> str:
    for pattern in (_LEFT_LINE, _LEFT_TAG, _LEFT_MARK):
        text = pattern.sub("", text)
    text = _BRACKET_END.sub(r"\1", _BRACKET_START.sub(r"\1", text))
    text = _EMPTY_BRACKETS.sub("", _EMPTY_BRACKETS.sub("", text))
    text = _SPACE_BEFORE.sub(r"\1", _SPACES.sub(" ", text))
    text = _EMPTY_ITEM.sub("", text)
    lines = [line.strip() for line in text.splitlines()]
    return "\n\n".join(_sections([line for line in lines if line])) + "\n"


def _sections(lines: list[str]) -> list[str]:
    """The lines without headings that nothing follows but another heading."""
    kept: list[str] = []
    for line in reversed(lines):
        heading = line.startswith(_HEADING)
        if not heading or (kept and not kept[-1].startswith(_HEADING)):
            kept.append(line)
    return [line.replace(_HEADING, "") for line in reversed(kept)]


@cache
def _converter(configuration: str) -> "OpenCC":
    from opencc import OpenCC

    return OpenCC(configuration)
