"""Evidence by examples: the calls of doctests and asserts keep their literals in every language.

`f([1.0, 2.8, 3.0], 0.3)` is recognised by its arguments, whatever the function is called and in
whatever language or program it appears. It counts by how much the arguments hold and how many
benchmark problems share them: `f(5)` proves nothing. Where the result is given too, only calls with
the same result count: it tells apart functions that sort the list from those that sum it.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from math import log2
from typing import Final, NamedTuple

from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence

NEEDED: Final = 15.0
"""Bits of the distinct calls that a row shares with a problem. Of 716 real rows thought clean the
most that one shares with any problem is 6 (docs/log.md)."""
_PER_SIGN: Final = 1.5
_PER_MARK: Final = 0.5
"""Of other characters in quotes: "(()(()))" says something too."""
_MOST_EACH: Final = 12.0
"""The arguments of one call are not all evidence: with a long result they are, else other calls
are needed."""
_MOST_RESULT: Final = 6.0
_LEAST: Final = 3.0
"""Bits below which a call is not looked at."""
_RESULT: Final = re.compile(r"\s*\)?\s*(?:===?|➞|➔|->|=>|→|\n|returns?|should return)\s*(\S[^\n]*)")
_OPEN: Final = re.compile(
    r"\((?<=\w\()(?![\s(\[{]*(?!(?i:true|false|none|null|nil)(?![^\W\d_]))[^\W\d_]{2})"
)
"""A call, but for those whose arguments begin with a name: most calls of a program."""
_MARK: Final = re.compile(r"[()\[\]{}'\"]")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_LONGEST: Final = 400
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_QUOTED: Final = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_ALLOWED: Final = frozenset(("true", "false", "none", "null", "nil"))


class Call(NamedTuple):
    """The arguments of a call and its result ("" if not given), in normal form."""

    arguments: str
    result: str


class ExampleIndex:
    """The calls of benchmark examples by their literals; `find` looks a row up in it."""

    def __init__(self, items: Iterable[tuple[int, BenchmarkItem]]) -> None:
        self._results: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._language: dict[int, str] = {}
        for problem, item in items:
            for call in calls(item.examples):
                self._results[call.arguments][problem].add(call.result)
            self._language.setdefault(problem, item.language)

    def find(self, turns: Sequence[str]) -> dict[int, Evidence]:
        """By problem the calls that the row shares with it."""
        shared: dict[int, dict[str, float]] = defaultdict(dict)
        for turn in turns if self._results else ():
            for call in calls(turn, self._results):
                having = self._results[call.arguments]
                for problem, results in having.items():
                    same = bool(call.result) and call.result in results
                    sharing = sum(call.result in of for of in having.values()) if same else 0
                    bits = min(_bits(call.arguments), _MOST_EACH)
                    bits /= 1 + log2(sharing or len(having))
                    if same:
                        bits += min(_bits(call.result), _MOST_RESULT)
                    shared[problem][call.arguments] = max(
                        bits, shared[problem].get(call.arguments, 0.0)
                    )
        best: dict[int, Evidence] = {}
        for problem, found in shared.items():
            strength = min(sum(found.values()) / NEEDED, 1.0)
            if strength > 0.2:
                longest = max(found, key=len)
                detail = f"{len(found)} calls with the same literals, such as ({longest[:60]})"
                best[problem] = Evidence(
                    kind="examples",
                    strength=round(strength, 3),
                    language=self._language[problem],
                    detail=detail,
                )
        return best


def calls(text: str, known: Container[str] | None = None) -> Iterator[Call]:
    """Every call in a text whose arguments are literals; if they are among those `known`."""
    for match in _OPEN.finditer(text):
        arguments = _balanced(text, match.end() - 1)
        if not arguments or len(arguments) < 2:  # a single sign is below `_LEAST`
            continue
        literal = _QUOTED.sub("", arguments)
        if any(word.lower() not in _ALLOWED for word in _WORD.findall(literal)) or "=" in literal:
            continue
        plain = _plain(arguments)
        if (known is None or plain in known) and _bits(plain) >= _LEAST:
            result = _RESULT.match(text, match.end() + len(arguments) + 1)
            yield Call(plain, _plain(result[1].strip())[:_LONGEST] if result else "")


def _plain(arguments: str) -> str:
    """One form of a list of literals: no blanks outside quotes, one kind of quote, no `.0`."""
    parts = re.split(r"('[^'\n]*'|\"[^\"\n]*\")", arguments)
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = f"'{part[1:-1]}'"
        else:
            part = re.sub(r"\s+|,(?=\s*[)\]}])", "", part).lower()
            parts[place] = re.sub(r"(?<=\d)\.0+(?!\d)", "", part)
    return "".join(parts)


def _balanced(text: str, start: int) -> str | None:
    """The text between the bracket at `start` and its partner, within `_LONGEST` characters."""
    expected: list[str] = []
    quote = ""
    for mark in _MARK.finditer(text, start, start + _LONGEST):
        character = mark[0]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _PAIRS:
            expected.append(_PAIRS[character])
        else:
            if not expected or character != expected.pop():
                return None
            if not expected:
                return text[start + 1 : mark.start()]
    return None


def _bits(plain: str) -> float:
    """What is written in literals: letters and digits, and less for other marks in quotes."""
    signs = sum(map(str.isalnum, plain))
    marks = sum(len(quoted) - 2 for quoted in _QUOTED.findall(plain)) - sum(
        sum(map(str.isalnum, quoted)) for quoted in _QUOTED.findall(plain)
    )
    return _PER_SIGN * signs + _PER_MARK * marks
