"""Which rows a candidate adds to or changes in a baseline, and how many of each cell it loses.

Rows are matched by language, kind and id; what is left over on either side is matched by its turns,
so that new ids, another order or other files change nothing. Held in memory are the changed rows,
and a hash for each row that only one side has.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.store.sort import row_key
from ultralink_data.text.fences import Piece, pieces

Cell = tuple[str, Kind]


class ChangedRow(NamedTuple):
    """A row of the candidate, and the baseline's row of the same name if there is one."""

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
    added: list[Dialogue] = []
    removed: defaultdict[tuple[Cell, bytes], list[str]] = defaultdict(list)
    for one, other in _joined(before, after):
        if one is not None:
            counts[one.language, one.kind]["before"] += 1
        if other is not None:
            counts[other.language, other.kind]["after"] += 1
        if one is None and other is not None:
            added.append(other)
        elif one is not None and other is None:
            removed[(one.language, one.kind), _content(one.turns)].append(one.id)
        elif one is not None and other is not None and one.turns != other.turns:
            cell = counts[one.language, one.kind]
            cell["changed"] += 1
            cell["reformatted"] += plain(one.turns) == plain(other.turns)
            changed.append(ChangedRow(one, other))
    for row in added:
        place = (row.language, row.kind), _content(row.turns)
        if removed[place]:
            removed[place].pop()
            counts[place[0]]["renamed"] += 1
        else:
            counts[place[0]]["added"] += 1
            changed.append(ChangedRow(None, row))
    for (name, _), ids in removed.items():
        counts[name]["removed"] += len(ids)
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


def _content(turns: tuple[str, ...]) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(turns), digest_size=16).digest()


def plain(turns: tuple[str, ...]) -> tuple[str, ...]:
    """The turns with runs of blanks as one, but for fenced code, whose blanks have a meaning."""
    return tuple("\n".join(map(_plain, pieces(turn))).strip() for turn in turns)


def _plain(piece: Piece) -> str:
    return piece.text.rstrip() if piece.fenced else " ".join(piece.text.split())


def removed_rows(before: Iterable[Dialogue], after: Iterable[Dialogue]) -> list[Dialogue]:
    """The rows that only the first has under any id; both are sorted as in `changes`."""
    alone: list[Dialogue] = []
    added: Counter[tuple[Cell, bytes]] = Counter()
    for one, other in _joined(before, after):
        if one is None and other is not None:
            added[(other.language, other.kind), _content(other.turns)] += 1
        elif one is not None and other is None:
            alone.append(one)
    found = []
    for row in alone:
        place = (row.language, row.kind), _content(row.turns)
        if added[place]:
            added[place] -= 1
        else:
            found.append(row)
    return found
