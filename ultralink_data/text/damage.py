r"""Traces of broken processing in a text: wrong encodings, markup, escapes, unfilled places.

Each is something that nobody writes in prose. Code is passed over where it could stand there:
fenced blocks hold tags, entities and escapes rightly.
"""

import ast
import json
import re
from functools import cache
from typing import Final

from ultralink_data.text.fences import pieces

_INLINE: Final = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_FORMULA: Final = re.compile(
    r"\$[^$\n]+\$|\\\([^\\]*+(?:\\(?![()])[^\\]*+)*\\\)|\\\[[^\\]*+(?:\\(?![\[\]])[^\\]*+)*\\\]"
)
"""In LaTeX; none holds another, so that no text is read again from each that is not closed."""

_PIECE: Final = 12
"""Characters of a piece that is not repeated for effect: "ha ha ha"."""

_NO_VALUE: Final = frozenset(("nan", "none", "null", "undefined", "n/a", "#n/a", "#value!"))

_WRAPPED: Final = 20
"""Characters of a text that is taken for an answer inside a list."""
_LONGEST_WRAPPED: Final = 200_000
"""Characters of a text that is read as a list, at most: no parser is tried on megabytes."""

_FOR_EFFECT: Final = 100
"""Characters that nobody fills with one short piece for effect."""
_TIMES: Final = 10
_SHORTEST_LOOP, _LONGEST_LOOP = 50, 1_000
"""How often a text says a piece at its end until that is a loop, and characters of them all."""

_SECOND: Final = "\u0080-\u009f\u00a1-\u00ba\u00bc-\u00bf"
"""Latin-1 characters of the later bytes of UTF-8; no-break space and guillemet follow letters."""
_WINDOWS: Final = "\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2020\u2021\u20ac"
"""What Windows-1252 has in place of further ones, but for marks of sentences."""
_MARKS: Final = "\u2013\u2014\u2018-\u201e\u2022\u2026\u2030\u2039\u203a\u2122"

_EVERYWHERE: Final = {
    "a replacement character": "\ufffd",
    "a control character": r"[\x00-\x08\x0e-\x1f\x7f]|[\u202a-\u202e\u2066-\u2069]",
    "an invisible character inside a word": r"(?<=[A-Za-z0-9])[\u200b\u2060\ufeff](?=[A-Za-z0-9])",
    "invisible characters": (
        r"(?:(?<=[\x00-\u04ff])[\u200b\u2060\ufeff][^\u200b\u2060\ufeff]{0,80}){3}"
    ),
    "question marks in place of letters": (
        r"\?{3,}[,.:;]?\s+(?:\?+[,.:;]?\s+)+\?"
        r"|(?:(?<=[^\W\d_])\?(?=[^\W\d_])[^/\n]{1,80}?){2}(?<=[^\W\d_])\?(?=[^\W\d_])"
    ),
    "text decoded with a wrong encoding": (
        f"[\u00c2\u00c3\u00d0\u00d1][{_SECOND}]"
        f"|\u00e2\u20ac[{_MARKS}{_SECOND}]"
        f"|[\u00e0-\u00ef][{_SECOND}{_WINDOWS}][{_SECOND}{_WINDOWS}{_MARKS}]"
    ),
    "a word of Latin and Cyrillic letters": (
        "[a-z]{2}[\u0430-\u044f][a-z]|[\u0430-\u044f]{2}[a-z][\u0430-\u044f]"
        "|\\b[\u0430-\u044f][a-z]{2}|[a-z][\u0430-\u044f]{1,2}[a-z]"
        "|[\u0430-\u044f][a-z]{1,2}[\u0430-\u044f]"
    ),
}
_IN_PROSE: Final = {
    "an HTML entity": r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,6}|#x[0-9a-fA-F]{2,6});",
    "an HTML tag": (
        r"</?(?:p|br|div|span|b|i|u|em|strong|ul|ol|li|h[1-6]|a|font|table|tr|td|html|body)"
        r"(?:\s[^<>\n]*)?/?>"
    ),
    "an escape": r"\\u[0-9a-fA-F]{4}|\\[nt](?![A-Za-z])|(?:\\n){2}",
    "a speaker of a template": (
        r"(?m:^(?:#{2,3} ?(?:Response|Instruction|Input|Human|Assistant|User):"
        r"|(?:Human|Assistant|User|HUMAN|ASSISTANT|USER): ))"
    ),
    "an unfilled place": (
        r"(?<![\\\w{}^$])\{\{?\s*+[A-Za-z_][A-Za-z_ ]++\d*+\s*+\}\}?"
        r"|<[A-Z][A-Z_]+\d*>|__[A-Z]{3,}\d*__"
    ),
    "padding or unknown words of a tokenizer": (
        r"\[(?:PAD|UNK)\]\s*\[(?:PAD|UNK)\]|<unk>(?=[^\W\d_])|(?<=[^\W\d_a-zA-Z])<unk>"
    ),
    "words without blanks between them": r"[A-Za-z\u00c0-\u024f\u0400-\u04ff]{60}",
}


@cache
def _patterns() -> tuple[tuple[dict[str, re.Pattern[str]], bool], ...]:
    return tuple(
        ({name: re.compile(pattern) for name, pattern in found.items()}, prose)
        for found, prose in ((_EVERYWHERE, False), (_IN_PROSE, True))
    )


def damage(text: str) -> str:
    """The first trace of broken processing and what it is; "" if there is none."""
    for patterns, in_prose in _patterns():
        said = _prose(text) if in_prose else text
        for name, pattern in patterns.items():
            found = pattern.search(said)
            if found is not None:
                return f"{name}: {found[0][:40]!a}"
    return ""


def is_repeated(text: str) -> bool:
    """Whether a text is one long enough piece, over and over, and nothing else."""
    for said in (text.strip(), " ".join(text.split()) + " "):
        period = (said + said).find(said, 1)
        if _PIECE <= period < len(said) or (period < len(said) and len(said) >= _FOR_EFFECT):
            return True
    return False


def loops_at_end(text: str) -> str:
    """The piece that the end of a text says ten times and more, as models do that do not stop.

    "" if there is none. Lines of marks and short calls ("ha ha ha") are none.
    """
    end = text.rstrip()[-_LONGEST_LOOP:]
    for period in range(1, len(end) // _TIMES + 1):
        looped = end[-_TIMES * period :]
        if len(looped) < _SHORTEST_LOOP or looped[period:] != looped[:-period]:
            continue
        piece = looped[:period].strip()
        if any(map(str.isalpha, piece)):
            return piece
    return ""


def is_no_answer(text: str) -> bool:
    """Whether a text is only what programs write where they have no value."""
    return text.strip(" \t\r\n.\"'").casefold() in _NO_VALUE


def wrapped(text: str) -> str:
    """The one text in a text that is a list or object around it, as programs write them.

    "" if it is none: `['One text.']` and `{"answer": "One text."}` are, `["a", "b"]` is not.
    """
    said = text.strip()
    if said[:1] + said[-1:] not in ("[]", "{}") or len(said) > _LONGEST_WRAPPED:
        return ""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        try:
            found = ast.literal_eval(said)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return ""
    while isinstance(found, (list, dict)) and len(found) == 1:
        (found,) = found.values() if isinstance(found, dict) else found
    return found if isinstance(found, str) and len(found) >= _WRAPPED else ""


def _prose(text: str) -> str:
    """A text without code and formulas."""
    around = " ".join(piece.text for piece in pieces(text) if not piece.fenced)
    return _FORMULA.sub(" ", _INLINE.sub(" ", around))
