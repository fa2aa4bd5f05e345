"""The known names that a mistyped one may stand for; none rather than a guess."""

from collections.abc import Iterable
from typing import NamedTuple

_SHORTEST_PART = 3
"""Letters of the shortest beginning or part that says which name is meant."""
_CLOSE = 1
"""The kind of likeness beside which no weaker one is offered."""
_SHORT = 2
"""Names this short, as language codes, differ by one letter without being alike."""


class _Likeness(NamedTuple):
    """How alike two names are; the smallest is the nearest."""

    kind: int
    distance: int
    name: str


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """At most `most` of the known names, nearest first.

    A name is near if it differs in case, in dashes for underscores or in a few letters (swapped,
    missing, added or others), if one of the two begins with the other, or if it is a part of the
    known one (`math` of `starter_math`, `steps` of `train.steps`).
    """
    found = [like for one in dict.fromkeys(known) if (like := _likeness(name, one)) is not None]
    found.sort()
    worst = max(found[0].kind, _CLOSE) if found else 0
    return [like.name for like in found if like.kind <= worst][:most]


def _likeness(name: str, known: str) -> _Likeness | None:
    given, other = _folded(name), _folded(known)
    if not given or not other:
        return None
    if given == other:
        return _Likeness(0, 0, known)
    distance = _distance(given, other)
    shorter, longer = sorted((given, other), key=len)
    if distance <= _allowed(given, other):
        return _Likeness(1, distance, known)
    whole = longer.startswith((f"{shorter}_", f"{shorter}."))
    whole = whole or (len(given), len(other)) == (3, 2)  # `fra` for `fr`, as ISO 639-3 has it
    if (whole or len(shorter) >= _SHORTEST_PART) and longer.startswith(shorter):
        return _Likeness(2, len(longer) - len(shorter), known)
    last = other.rpartition(".")[2]
    if len(given) >= _SHORTEST_PART and given in (last, *last.split("_")):
        return _Likeness(3, len(other) - len(given), known)
    if "." in other and "." not in given and _distance(given, last) <= _allowed(given, last):
        return _Likeness(4, _distance(given, last), known)
    return None


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_").strip("_")


def _allowed(one: str, other: str) -> int:
    """Letters that may differ: none replaced in a short name, a third of the shorter otherwise."""
    shortest = min(len(one), len(other))
    if shortest <= _SHORT:
        alike = sorted(one) == sorted(other) or set(one) == set(other)
        return 1 if alike and shortest > 1 else 0
    return min(3, max(1, shortest // 3))


def _distance(one: str, other: str) -> int:
    """Letters to add, leave out, replace or swap with the next, until the two are equal."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
    return row[-1]
