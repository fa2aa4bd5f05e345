"""The quality of extracted text: token F1 against gold text, and leftover markup."""

import re
import unicodedata
from collections import Counter

_MARKUP = {
    "template": re.compile(r"\{\{|\}\}"),
    "link": re.compile(r"\[\[|\]\]"),
    "table": re.compile(r"^\s*(?:\{\||\|\}|\|-|\|)|\|\||\b(?:style|class|colspan|align)\s*=", re.M),
    "tag": re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>\n]*)?/?>|&lt;/?[a-z]+"),
    "entity": re.compile(r"&(?:[a-z]{2,8}|#\d{2,5});"),
    "emphasis": re.compile(r"''"),
    "heading": re.compile(r"^\s*={2,}.*={2,}\s*$", re.M),
    "magic word": re.compile(r"__[^\W\d_a-z]{3,}__"),
    "file": re.compile(r"(?:thumb|miniatur|vignette|upright|\d+px)\|", re.I),
    "empty brackets": re.compile(r"[(（][\s,;:،，、；]*[)）]"),
    "bracket with a loose mark": re.compile(r"[(（]\s*[,;،，、；]|[,;،，、；]\s*[)）]"),
}
"""What a reader of a page never sees, and what a removed template leaves of a sentence."""


_FORMULA = re.compile(r"\$[^$\n]*\$")


def tokens(text: str, *, characters: bool) -> list[str]:
    """Words without the punctuation around them; all letters and digits where `characters`."""
    if characters:
        return [one for one in text if unicodedata.category(one)[0] in "LMN"]
    return [word for word in map(_bare, text.split()) if word]


def f1(text: str, gold: str, *, characters: bool = False) -> float:
    """Token F1, of bags of tokens; 1.0 where both texts have the same ones.

    `characters` is for scripts without spaces.
    """
    ours = Counter(tokens(text, characters=characters))
    theirs = Counter(tokens(gold, characters=characters))
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


def markup(text: str) -> Counter[str]:
    """How often each kind of markup stands in a text, outside formulas (`$...$`)."""
    text = _FORMULA.sub("", text)
    found = Counter({name: len(pattern.findall(text)) for name, pattern in _MARKUP.items()})
    return +found


def _bare(word: str) -> str:
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] in "PSZC":
        start += 1
    while end > start and unicodedata.category(word[end - 1])[0] in "PSZC":
        end -= 1
    return word[start:end]
