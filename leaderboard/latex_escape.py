"""Text from outside as LaTeX that pdflatex and lualatex typeset alike."""

import re
from typing import Final

from leaderboard.visible_text import character_code, visible

_COMMANDS: Final = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    # A cell starting with a bracket would be read as the argument of the preceding line break.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    # By command, as their places in the 8-bit encodings of fonts are not those of Latin-1.
    "±": r"\textpm{}",
    "°": r"\textdegree{}",
    "†": r"\textdagger{}",
    "‡": r"\textdaggerdbl{}",
    "§": r"\textsection{}",
    "×": r"\texttimes{}",
    "÷": r"\textdiv{}",
    "→": r"\textrightarrow{}",
    "µ": r"\textmu{}",
    "€": r"\texteuro{}",
    "…": r"\textellipsis{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "ß": r"\ss{}",
    "ÿ": r"\"{y}",
}
_TABLE: Final = str.maketrans(_COMMANDS)


def escape_latex(text: str) -> str:
    """`text` for both engines; letters beyond Latin-1, which fonts may lack, become their code."""
    shown = _written(text)
    # T1 ligatures: two hyphens would print as a dash, two commas as a quotation mark.
    return re.sub(r"([-,])(?=\1)", r"\1{}", shown.translate(_TABLE))


def printed_length(text: str) -> int:
    """Characters that are printed of a text, codes of letters that fonts lack among them."""
    return len(_written(text))


def _written(text: str) -> str:
    return "".join(c if _has_glyph(c) else character_code(c) for c in visible(text))


def _has_glyph(character: str) -> bool:
    return ord(character) < 0x7F or character in _COMMANDS or 0xC0 <= ord(character) <= 0xFF
