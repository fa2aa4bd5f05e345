"""What weighs nothing in a text of two languages: what it quotes, and terms within its sentences.

A right answer may name English books, quote an example, spell out a short form in brackets or speak
of programs by their names. What it says of them is in its own language, and that is what counts.
"""

import re
from collections.abc import Callable
from typing import Final

_QUOTED: Final = re.compile(
    r'"""(?:[^"]|"(?!"")){0,600}"""|\'\'\'(?:[^\']|\'(?!\'\')){0,600}\'\'\''
    r"|\"[^\"\n]{1,300}\"|\u201c[^\u201c\u201d\n]{1,300}\u201d|\u201e[^\u201c\u201e\n]{1,300}\u201c"
    r"|\u00ab[^\u00ab\u00bb\n]{1,300}\u00bb|\u300a[^\u300a\u300b\n]{1,300}\u300b"
    r"|\u3008[^\u3008\u3009\n]{1,300}\u3009|\u300c[^\u300c\u300d\n]{1,300}\u300d"
    r"|\u300e[^\u300e\u300f\n]{1,300}\u300f|\uff08[^\uff08\uff09\n]{1,300}\uff09"
    r"|\([^()\n]{1,300}\)|\[[^\[\]\n]{1,300}\]|\u3010[^\u3010\u3011\n]{1,300}\u3011"
)
"""Text between marks of quotation, of titles and brackets; a docstring."""

_DOCSTRING: Final = ('"""', "'''")

_SENTENCES: Final = re.compile(r"[\n!?;\u3002\uff01\uff1f\uff1b\u0964\u061f]|\.(?=\s|\Z)")
_LETTER_RUNS: Final = re.compile(r"[^\W\d_]+")
_COMMAS: Final = re.compile(r"[,\uff0c\u3001\u060c/]")
_TERM_WORDS: Final = 4
"""Words in a row that may be a term or a name within a sentence of another script."""
_LISTED_WORDS: Final = 2
"""Words between two commas that may be one of several terms, if they are no name."""
_NAME_WORDS: Final = 8
"""Words in a row that may be the title of a work."""
_SMALL: Final = 3
"""Letters of the words in small letters within a title: of, the, and."""
_WORD_WEIGHT: Final = 6
"""What a word weighs where no blanks part words."""
_SENTENCE_WEIGHT: Final = 4
"""Least weight of a sentence's own letters for the rest of it to be terms."""


MOST_WORDS: Final = 8
"""Words of a short quotation: a title, a short form spelled out, a phrase that is explained."""


def outside_quotations(
    said: str, weigh: Callable[[str], int], most: int | None = None, *, docstrings: bool = True
) -> str:
    """The text with a blank for each quotation, title and pair of brackets.

    `weigh` says what a letter counts for. With `most` longer ones than so many words
    stay; docstrings do only without `docstrings`.
    """

    def left(found: re.Match[str]) -> str:
        quoted = found[0]
        if most is None or (docstrings and quoted.startswith(_DOCSTRING)):
            return " "
        return quoted if _words(quoted, weigh) > most else " "

    return _QUOTED.sub(left, said)


def without_terms(said: str, own: Callable[[str], bool], weigh: Callable[[str], int]) -> str:
    """The text without short runs of foreign words in sentences with words of its own script.

    `own` says whether a letter is of that script and `weigh` what a letter counts for. A run ends
    at a word of the text's own script.
    """
    parts, at = [], 0
    for end in (*(found.end() for found in _SENTENCES.finditer(said)), len(said)):
        parts.append(_sentence(said[at:end], own, weigh))
        at = end
    return "".join(parts)


def _sentence(text: str, own: Callable[[str], bool], weigh: Callable[[str], int]) -> str:
    if sum(weigh(letter) for letter in text if own(letter)) < _SENTENCE_WEIGHT:
        return text
    runs: list[tuple[bool, str]] = []  # whether its letters are own ones, and the text
    for character in text:
        mine = own(character) if weigh(character) else (runs[-1][0] if runs else True)
        if runs and runs[-1][0] == mine:
            runs[-1] = (mine, runs[-1][1] + character)
        else:
            runs.append((mine, character))
    return "".join(run if mine or not _are_terms(run, weigh) else " " for mine, run in runs)


def _are_terms(run: str, weigh: Callable[[str], int]) -> bool:
    """Whether a run of foreign words is a term or a name, or a list of them."""
    if _words(run, weigh) <= _TERM_WORDS:
        return True
    for part in _COMMAS.split(run):
        if _words(part, weigh) > (_NAME_WORDS if _is_name(part) else _LISTED_WORDS):
            return False
    return True


def _is_name(part: str) -> bool:
    """Whether all words but small ones are capitalised, and half of the words are."""
    words = _LETTER_RUNS.findall(part)
    capital = [word for word in words if word[0].isupper()]
    small = all(len(word) <= _SMALL for word in words if not word[0].isupper())
    return small and 2 * len(capital) >= len(words)


def _words(text: str, weigh: Callable[[str], int]) -> int:
    """The words of a text; letters that weigh more than one stand without blanks."""
    count = 0
    for word in _LETTER_RUNS.findall(text):
        weight = sum(map(weigh, word))
        count += 1 if weight == len(word) else -(-weight // _WORD_WEIGHT)
    return count
