"""The parts of a text that a translation keeps (code, formulas, addresses), and its prose."""

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from ultralink_data.translation.single_lines import LONG_LINE, is_code_alone
from ultralink_data.translation.source_patterns import source_patterns

_FENCED = re.compile(r"```[ \t]*([\w+#.-]*)[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL)
_INLINE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_DISPLAY = re.compile(r"\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)", re.DOTALL)
# As Pandoc tells formulas from prices: only space outside, none inside, no digit after it.
_DOLLARS = re.compile(r"(?<![\\$\w])\$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?![\w$])")
_COMMAND = re.compile(r"\\[a-zA-Z]+(?:\{[^{}\n]*\})*(?:[_^](?:\{[^{}\n]*\}|\w))*")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'«»()，。、)]+(?<![.,;:!?])")

_CODE_LINE = (
    r"\s*(?:(?:async )?def \w+ ?\(.*|class \w+(?:\(.*\))?:|import [\w.]+(?: as \w+)?"
    r"|from [\w.]+ import .+|for \w+(?:, ?\w+)* in .+:"
    r"|(?:if|elif|while|with) (?!(?:NO_CODE) ).*[=()<>\[\]_].*:|while True:|else:|try:"
    r"|except\b.*:|#include\s*[<\"].+|(?:public|private|static|function|const|let|var) .*[={;(].*"
    r"|(?![-*•] ).*(?:\w\(| = ).*[;{]|[})\]]*[}][;)]*)\s*"
)
"""A line that is code and hardly prose; `NO_CODE` stands for words that open prose."""

_WITH_CODE = re.compile(
    r"\s*(?:return\b.*|(?:break|continue|pass);?|@\w+.*|[\w.]+\(.*\)[;:]?|(?:#|//) .*"
    r"|(?:\w+ )?[\w.]+(?:\[.*\])? ?[-+*/]?= ?\S.*)\s*"
)
"""A line that is code next to one that surely is: an equation may stand in prose."""

_TAG = re.compile(r"<(/?)([^\W\d_][\w:.-]{0,40})((?:\s[^<>\n]{0,300})?)>")
_HTML = (
    " a abbr article aside audio b blockquote body button caption center cite code dd del"
    " details div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head"
    " header hr html i iframe img input ins kbd label legend li link main mark meta nav object"
    " ol optgroup option p picture pre q s samp script section select small span strike strong"
    " style sub summary sup table tbody td template textarea tfoot th thead time title tr tt u"
    " ul var video "
)
"""HTML's tags, which need no closing one to be known; not `<br>`, for which a line may end."""

_ATTRIBUTE = re.compile(r"([A-Za-z][\w:.-]*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_QUOTES = "\"'"
_READ = (
    "abbr alt aria-description aria-label aria-placeholder aria-roledescription content data-label"
    " data-title data-tooltip dir hreflang label lang placeholder summary title value xml:lang"
)
"""Attributes that people read, or that name the language: a translation changes them."""

_COMMENT = re.compile(r"(?:^|\s)(?:#(?!include)|//).*$")


@cache
def _code_line() -> re.Pattern[str]:
    return re.compile(_CODE_LINE.replace("NO_CODE", source_patterns().no_code))


class Block(NamedTuple):
    """A fenced block of code: what stands after the fence, and the code."""

    tag: str
    code: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a text, in order; one without an end goes to the end."""
    return [Block(match[1].casefold(), match[2]) for match in _FENCED.finditer(text)]


def bare_code(text: str) -> list[str]:
    """Lines of code outside fences: two or more in a row, without comments; no blank ones."""
    lines = _FENCED.sub("\n", text).splitlines()
    bare = (without_comment(lines[at]) for at in sorted(_bare_lines(lines)))
    return [line for line in bare if line]


def lone_code(text: str) -> list[str]:
    """Lines outside fences that are code though no other line of code is beside them."""
    lines = _FENCED.sub("\n", text).splitlines()
    bare = _bare_lines(lines)
    return [
        without_comment(line)
        for at, line in enumerate(lines)
        if at not in bare and is_code_alone(line)
    ]


def addresses(text: str) -> list[str]:
    """Web addresses outside code."""
    return _ADDRESS.findall(_INLINE.sub(" ", _FENCED.sub("\n", text)))


def tags(text: str) -> list[str]:
    """Tags of markup outside code, as `<name>` or `</name>` in lower case, with their attributes.

    Attributes stand in order of their names, and those that people read (`alt`) are left out.
    They are those of HTML and those that open and close; other words in angle brackets are places
    to fill in (`<your name>`), which are prose.
    """
    found = _TAG.findall(_INLINE.sub(" ", _FENCED.sub("\n", text)))
    sides = {(bool(end), name.casefold()) for end, name, _ in found}
    return [
        f"<{end}{name.casefold()}{_attributes(rest)}>"
        for end, name, rest in found
        if f" {name.casefold()} " in _HTML
        or {(True, name.casefold()), (False, name.casefold())} <= sides
    ]


def _attributes(rest: str) -> str:
    """Attributes that a translation keeps, each behind a blank; their quotes are all the same."""
    if "=" not in rest:
        return ""
    kept = {
        f' {name.casefold()}="' + value.strip(_QUOTES) + '"'
        for name, value in _ATTRIBUTE.findall(rest)
        if name.casefold() not in _READ.split()
    }
    return "".join(sorted(kept))


def without_comment(line: str) -> str:
    """A line of code without the comment at its end."""
    return _COMMENT.sub("", line).rstrip()


def _bare_lines(lines: list[str]) -> set[int]:
    """Where code stands in lines of which none is fenced."""
    found: set[int] = set()
    run: list[int] = []
    sure = False
    for at, line in enumerate([*lines, "end"]):
        kind = _kind(line)
        if kind != "prose":
            run.append(at)
            sure = sure or kind == "code"
        elif line.strip():
            found |= set(run) if sure and len(run) > 1 else set()
            run, sure = [], False
    return found


@lru_cache(maxsize=8192)
def _kind(line: str) -> Literal["code", "beside code", "prose"]:
    """What a line is where it stands beside others; all checks of a turn ask for the same ones."""
    if len(line) > LONG_LINE:
        return "prose"
    if _code_line().fullmatch(line) or is_code_alone(line):
        return "code"
    return "beside code" if _WITH_CODE.fullmatch(line) else "prose"


def inline_code(text: str) -> list[str]:
    """Code between single backticks, with them."""
    return _INLINE.findall(_FENCED.sub("\n", text))


def formulas(text: str) -> list[str]:
    """LaTeX: between its delimiters, then lone commands with their arguments."""
    rest = _INLINE.sub(" ", _FENCED.sub("\n", text))
    found = _DISPLAY.findall(rest)
    rest = _DISPLAY.sub(" ", rest)
    found += _DOLLARS.findall(rest)
    return found + _COMMAND.findall(_DOLLARS.sub(" ", rest))


def prose(text: str) -> str:
    """The text without code, formulas and addresses; a gap marks where one stood."""
    lines = _FENCED.sub("\n", text).split("\n")
    code = _bare_lines(lines)
    text = "\n".join(
        "" if at in code or is_code_alone(line) else line for at, line in enumerate(lines)
    )
    for pattern in (_INLINE, _DISPLAY, _DOLLARS, _COMMAND, _ADDRESS):
        text = pattern.sub(" ", text)
    return text
