"""Text from outside on one line, with everything in it that cannot be seen written out."""

import re
import unicodedata

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """`text` on one line, with invisible characters written as `<U+001B>`."""
    line = re.sub(r"\s*[\r\n]+\s*", " ", text).replace("\t", " ")
    return "".join(character_code(c) if unicodedata.category(c) in _INVISIBLE else c for c in line)


def character_code(character: str) -> str:
    """The code of a character, as it is written in place of one that cannot be seen."""
    return f"<U+{ord(character):04X}>"
