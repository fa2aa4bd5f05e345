"""The parts of a text that a translation leaves alone: code, formulas, addresses; and its prose."""

import re
from typing import NamedTuple

_FENCED = re.compile(r"```[ \t]*([\w+#.-]*)[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL)
_INLINE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_DISPLAY = re.compile(r"\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)", re.DOTALL)
# As Pandoc tells formulas from prices: nothing but space outside, none inside, no digit after it.
_DOLLARS = re.compile(r"(?<![\\$\w])\$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?![\w$])")
_COMMAND = re.compile(r"\\[a-zA-Z]+(?:\{[^{}\n]*\})*(?:[_^](?:\{[^{}\n]*\}|\w))*")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'«»()，。、)]+(?<![.,;:!?])")


class Block(NamedTuple):
    """A fenced block of code: what stands after the fence, and the code."""

    tag: str
    code: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a text, in order; one without an end goes to the end."""
    return [Block(match[1].casefold(), match[2]) for match in _FENCED.finditer(text)]


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
    for pattern in (_FENCED, _INLINE, _DISPLAY, _DOLLARS, _COMMAND, _ADDRESS):
        text = pattern.sub("\n" if pattern is _FENCED else " ", text)
    return text
