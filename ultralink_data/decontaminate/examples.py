"""Evidence by examples: the calls of doctests and asserts keep their literals in every language.

`f([1.0, 2.8, 3.0], 0.3)` is known by its arguments, whatever the function is called now and
whatever language or program it stands in. What counts is how much is written in them and how many
problems of the benchmark share it: `f(5)` is anyone's.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log2
from typing import Final

from ultralink_data.decontaminate.items import BenchmarkItem, Evidence

NEEDED: Final = 30.0
"""Sum of weights over the distinct calls that a row shares with a problem."""
_PER_SIGN: Final = 1.5
_MOST_EACH: Final = 20.0
"""One call is not all evidence: two long ones, or several shorter ones, are needed."""
_LEAST: Final = 3
"""Signs (letters and digits) below which a call is not looked at."""
_OPEN: Final = re.compile(r"\w\(")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_LONGEST: Final = 400
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_QUOTED: Final = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_ALLOWED: Final = frozenset(("true", "false", "none", "null", "nil"))


class ExampleIndex:
    """The calls of benchmark examples by their literals; `find` looks a row up in it."""

    def __init__(self, items: Iterable[tuple[int, BenchmarkItem]]) -> None:
        problems: dict[str, set[int]] = defaultdict(set)
        self._language: dict[int, str] = {}
        for problem, item in items:
            for call in calls(item.examples):
                problems[call].add(problem)
            self._language.setdefault(problem, item.language)
        self._problems = {call: tuple(sorted(having)) for call, having in problems.items()}

    def find(self, turns: Sequence[str]) -> dict[int, Evidence]:
        """By problem the calls that the row shares with it."""
        shared: dict[int, dict[str, float]] = defaultdict(dict)
        if not self._problems:
            return {}
        for turn in turns:
            for call in calls(turn):
                having = self._problems.get(call, ())
                for problem in having:
                    shared[problem][call] = _weight(call, len(having))
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


def calls(text: str) -> Iterator[str]:
    """The arguments of every call whose arguments are literals, without blanks and quotes' kind."""
    for match in _OPEN.finditer(text):
        arguments = _balanced(text, match.end() - 1)
        if arguments is None:
            continue
        literal = _QUOTED.sub("", arguments)
        if any(word.lower() not in _ALLOWED for word in _WORD.findall(literal)) or "=" in literal:
            continue
        if sum(map(str.isalnum, arguments)) >= _LEAST:
            yield _plain(arguments)


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
    """What stands between the bracket at `start` and its partner, within `_LONGEST` characters."""
    expected: list[str] = []
    quote = ""
    for place in range(start, min(len(text), start + _LONGEST)):
        character = text[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _PAIRS:
            expected.append(_PAIRS[character])
        elif character in ")]}":
            if not expected or character != expected.pop():
                return None
            if not expected:
                return text[start + 1 : place]
    return None


def _weight(call: str, problems: int) -> float:
    """Bits of a call: what is written in it, less where several problems have it."""
    signs = sum(map(str.isalnum, call))
    return min(_PER_SIGN * signs, _MOST_EACH) * 1 / (1 + log2(problems))
