"""Text from outside on one line, with everything in it that cannot be seen written out."""

import json
import re
import unicodedata

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """`text` on one line, with invisible characters written as `<U+001B>`."""
    if text.isprintable():  # nothing of what is written out below, as for most texts
        return text
    line = re.sub(r"\s*[\r\n]+\s*", " ", text).replace("\t", " ")
    return "".join(character_code(c) if unicodedata.category(c) in _INVISIBLE else c for c in line)


def bounded(text: str, most: int = 1000) -> str:
    """`text`, with what is in the middle of a longer one left out and counted."""
    if len(text) <= most:
        return text
    head, tail = text[: most * 2 // 3], text[-most // 4 :]
    return f"{head} ... ({len(text) - len(head) - len(tail):,} characters) ... {tail}"


def character_code(character: str) -> str:
    """The code of a character, as it is written in place of one that cannot be seen."""
    return f"<U+{ord(character):04X}>"


def visible_json(text: str) -> str:
    """JSON in which invisible characters are escapes: the same value, harmless in a terminal."""
    if text.isprintable():
        return text
    return re.sub("[^\n -~]", _escaped, text)  # a bare newline is between values


def _escaped(found: "re.Match[str]") -> str:
    character = found.group()
    hidden = unicodedata.category(character) in _INVISIBLE
    return json.dumps(character)[1:-1] if hidden else character
