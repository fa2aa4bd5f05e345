"""The parts of a text that a translation keeps (code, formulas, addresses), and its prose."""

import re
from functools import cache
from typing import NamedTuple

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

_LONG_LINE = 400
"""Characters above which a line is not looked at: code has none, and patterns take long there."""

_ALONE = re.compile(
    r"\s*(?:(?:async )?def \w+ ?\(.*\).*:|class \w+(?:\(.*\))?:|import [\w.]+(?: as \w+)?"
    r"|from [\w.]+ import .+|#include\s*[<\"].+|(?:const|let|var) [\w$]+ = .+;"
    r"|(?:[a-z_]\w*\.)*[a-z_]\w+\((?:.*[\"',(].*|[^\s()]*)\);?|[a-z_]\w* = [\w.]+\(.*\);?"
    r"|for \w+ in [\w.()]+: ?\S.*\(.*\)|[a-z_]\w* [-+*/]= [\w.]+;?|SELECT .+ FROM .+;?"
    r"|(?:pip3?|npm|yarn|conda|cargo|brew) install \S+)\s*"
)
"""A line that is code even where it stands alone."""

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
        if at not in bare and len(line) <= _LONG_LINE and _ALONE.fullmatch(line)
    ]


def addresses(text: str) -> list[str]:
    """Web addresses outside code."""
    return _ADDRESS.findall(_INLINE.sub(" ", _FENCED.sub("\n", text)))


def tags(text: str) -> list[str]:
    """Tags of markup outside code, as `<name>` or `</name>` in lower case.

    They are those of HTML and those that open and close; other words in angle brackets are places
    to fill in (`<your name>`), which are prose.
    """
    found = _TAG.findall(_INLINE.sub(" ", _FENCED.sub("\n", text)))
    sides = {(bool(end), name.casefold()) for end, name, _ in found}
    return [
        f"<{end}{name.casefold()}>"
        for end, name, _ in found
        if f" {name.casefold()} " in _HTML
        or {(True, name.casefold()), (False, name.casefold())} <= sides
    ]


def without_comment(line: str) -> str:
    """A line of code without the comment at its end."""
    return _COMMENT.sub("", line).rstrip()


def _bare_lines(lines: list[str]) -> set[int]:
    """Where code stands in lines of which none is fenced."""
    found: set[int] = set()
    run: list[int] = []
    sure = False
    for at, line in enumerate([*lines, "end"]):
        short = len(line) <= _LONG_LINE
        is_code = short and _code_line().fullmatch(line) is not None
        if is_code or (short and _WITH_CODE.fullmatch(line)):
            run.append(at)
            sure = sure or is_code
        elif line.strip():
            found |= set(run) if sure and len(run) > 1 else set()
            run, sure = [], False
    return found


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
    text = "\n".join("" if at in code else line for at, line in enumerate(lines))
    for pattern in (_INLINE, _DISPLAY, _DOLLARS, _COMMAND, _ADDRESS):
        text = pattern.sub(" ", text)
    return text
