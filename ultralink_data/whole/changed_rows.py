"""Which rows a candidate adds to or changes in a baseline, and how many of each cell it loses.

Rows are matched by language, kind and id; what is left over on either side is matched by its turns,
so that new ids, another order or other files change nothing. What is left over then is a row that
was changed and renamed at once if its question, its answers or the set of its turns is that of one
row alone. Held in memory are the changed rows, and the rows whose name only one side has, each
until its turns come on the other side under another name.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.store.sort import row_key
from ultralink_data.text.fences import Piece, pieces

Cell = tuple[str, Kind]


class ChangedRow(NamedTuple):
    """A row of the candidate, and the baseline's row that it has come from if there is one."""

    before: Dialogue | None
    after: Dialogue


class CellChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of a language and kind.

    `reformatted` rows differ only in blanks and line ends outside of code; they count as changed
    too. `renamed` rows have the same turns under another id.
    """

    language: str
    kind: Kind
    before: int
    after: int
    changed: int
    reformatted: int
    added: int
    removed: int
    renamed: int

    @property
    def lost(self) -> float:
        """The share of the baseline's rows by which the cell has shrunk; 0 if it has not."""
        return max(self.before - self.after, 0) / self.before if self.before else 0.0


class Changes(NamedTuple):
    """All cells, and the rows of the candidate that the baseline does not have as they are."""

    cells: tuple[CellChange, ...]
    rows: tuple[ChangedRow, ...]

    @property
    def none(self) -> bool:
        """Whether both sides have the same turns, whatever their rows are called."""
        return not self.rows and not any(cell.removed for cell in self.cells)


def changes(before: Iterable[Dialogue], after: Iterable[Dialogue]) -> Changes:
    """Compare two streams of dialogues, both sorted by `row_key`, ids unique in a cell."""
    counts: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
    changed: list[ChangedRow] = []
    alone = _Alone()
    for one, other in _joined(before, after):
        if one is not None:
            counts[one.language, one.kind]["before"] += 1
        if other is not None:
            counts[other.language, other.kind]["after"] += 1
        if one is None or other is None:
            alone.put(one, other)
        elif one.texts != other.texts:
            changed.append(ChangedRow(one, other))
    left = _left_over(*alone.rows())
    for place, count in alone.renamed.items():
        counts[place]["renamed"] += count
    changed += left.added
    for was, now in changed:
        cell = counts[now.language, now.kind]
        cell["changed" if was is not None else "added"] += 1
        cell["reformatted"] += was is not None and plain(was.texts) == plain(now.texts)
    for row in left.removed:
        counts[row.language, row.kind]["removed"] += 1
    return Changes(
        cells=tuple(
            CellChange(
                language=language,
                kind=kind,
                **{field: found[field] for field in CellChange.__struct_fields__[2:]},
            )
            for (language, kind), found in sorted(counts.items())
        ),
        rows=tuple(changed),
    )


def _joined(
    before: Iterable[Dialogue], after: Iterable[Dialogue]
) -> Iterator[tuple[Dialogue | None, Dialogue | None]]:
    """Rows of both sides with the same key, or one row and None."""
    sides = [iter(before), iter(after)]
    heads = [next(side, None) for side in sides]
    while any(head is not None for head in heads):
        key = min(row_key(head) for head in heads if head is not None)
        pair = [head if head is not None and row_key(head) == key else None for head in heads]
        yield pair[0], pair[1]
        heads = [heads[n] if pair[n] is None else next(sides[n], None) for n in (0, 1)]


def _content(texts: tuple[str, ...]) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(texts), digest_size=16).digest()


def plain(turns: tuple[str, ...]) -> tuple[str, ...]:
    """The turns with runs of blanks as one, but for fenced code, whose blanks have a meaning."""
    return tuple("\n".join(map(_plain, pieces(turn))).strip() for turn in turns)


def _plain(piece: Piece) -> str:
    return piece.text.rstrip() if piece.fenced else " ".join(piece.text.split())


def removed_rows(before: Iterable[Dialogue], after: Iterable[Dialogue]) -> list[Dialogue]:
    """The rows that only the first has under any id; both are sorted as in `changes`."""
    alone = _Alone()
    for one, other in _joined(before, after):
        if one is None or other is None:
            alone.put(one, other)
    return _left_over(*alone.rows()).removed


_Held = dict[tuple[Cell, bytes], list[Dialogue]]


class _Alone:
    """Rows whose name only one side has; two of both sides with the same turns go at once."""

    def __init__(self) -> None:
        self.renamed: Counter[Cell] = Counter()
        self._held: tuple[_Held, _Held] = ({}, {})

    def put(self, *sides: Dialogue | None) -> None:
        """Take a row of one side, or of either."""
        for side, row in enumerate(sides):
            if row is None:
                continue
            key = _place(row), _content(row.texts)
            others = self._held[1 - side].get(key)
            if others is None:
                self._held[side].setdefault(key, []).append(row)
                continue
            others.pop()
            if not others:
                del self._held[1 - side][key]
            self.renamed[_place(row)] += 1

    def rows(self) -> tuple[list[Dialogue], list[Dialogue]]:
        """What is left of both sides."""
        before, after = ([row for rows in held.values() for row in rows] for held in self._held)
        return before, after


class _LeftOver(NamedTuple):
    """Of rows whose turns only one side has: those changed or added, and those removed."""

    added: list[ChangedRow]
    removed: list[Dialogue]


def _left_over(removed: Sequence[Dialogue], added: Sequence[Dialogue]) -> _LeftOver:
    """Match rows whose turns only one side has by some of them."""
    old, new = list(removed), list(added)
    changed: list[ChangedRow] = []
    for part in (_question, _answers, _any_order):
        olds, news = _alone_in(old, part), _alone_in(new, part)
        same = olds.keys() & news.keys()
        changed += [ChangedRow(olds[key], news[key]) for key in sorted(same)]
        old = [row for row in old if _of(row, part) not in same]
        new = [row for row in new if _of(row, part) not in same]
    return _LeftOver([*changed, *(ChangedRow(None, row) for row in new)], old)


_Part = Callable[[Dialogue], Sequence[str]]


def _question(row: Dialogue) -> Sequence[str]:
    return row.turns[:1]


def _answers(row: Dialogue) -> Sequence[str]:
    return row.turns[1:]


def _any_order(row: Dialogue) -> Sequence[str]:
    return sorted(plain(row.turns))


def _of(row: Dialogue, part: _Part) -> tuple[Cell, bytes]:
    return _place(row), _content(plain(tuple(part(row))))


def _alone_in(rows: Sequence[Dialogue], part: _Part) -> dict[tuple[Cell, bytes], Dialogue]:
    """By what a part of their turns says, the rows that are the only ones to say it."""
    found: defaultdict[tuple[Cell, bytes], list[Dialogue]] = defaultdict(list)
    for row in rows:
        found[_of(row, part)].append(row)
    return {key: same[0] for key, same in found.items() if len(same) == 1}


def _place(row: Dialogue) -> Cell:
    return row.language, row.kind
