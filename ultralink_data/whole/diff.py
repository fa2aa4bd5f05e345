"""What changed between two datasets, by language and kind.

Rows are matched by language, kind and id in one pass over both, sorted. What is left over on either
side is then matched by its text: a row with the same turns under another id or kind has moved. Held
are a hash and a name for each row that only one side has.
"""

import hashlib
import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.store.sort import row_key
from ultralink_data.whole.describe import CountTokens, by_estimate, quantiles

CUT = 160
"""Characters of an example that are kept."""

_LEAD = 40
"""Characters of an example before the first that differs."""

Name = tuple[str, Kind, str]


class DatasetSide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One side of a language and kind.

    `turns` are questions with answers, `lengths` the 10, 50 and 90 % quantiles of the tokens of a
    dialogue; all are 0 without a row.
    """

    rows: int
    turns: int
    tokens: int
    lengths: tuple[int, int, int]


class CellDiff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language and kind.

    Rows with the same id have the same turns and origin (`same`), other turns (`changed`) or
    another origin alone (`relabelled`).

    Raises:
        ValueError: the counts do not add up to the rows of either side.
    """

    language: str
    kind: Kind
    before: DatasetSide
    after: DatasetSide
    same: int
    changed: int
    relabelled: int
    removed: int
    added: int
    moved_out: int
    moved_in: int

    def __post_init__(self) -> None:
        """Check the sums."""
        kept = self.same + self.changed + self.relabelled
        sums = (kept + self.removed + self.moved_out, kept + self.added + self.moved_in)
        if sums != (self.before.rows, self.after.rows):
            raise ValueError(f"{self.language} {self.kind}: {sums} rows do not add up")


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that is not the same; texts are cut. `after` of a moved row is its new name."""

    what: str
    language: str
    kind: Kind
    id: str
    before: str
    after: str


class Diff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All cells of either side, and some examples."""

    cells: tuple[CellDiff, ...]
    examples: tuple[Example, ...]

    @property
    def equal(self) -> bool:
        """Whether both sides have the same rows, origins included."""
        return all(cell.same == cell.before.rows == cell.after.rows for cell in self.cells)


def diff(
    before: Iterable[Dialogue],
    after: Iterable[Dialogue],
    *,
    count_tokens: CountTokens = by_estimate,
    show: int = 0,
) -> Diff:
    """Compare two streams of dialogues, both sorted by `row_key`.

    `show` examples of each kind of change are kept, chosen by a hash of their ids.

    Raises:
        ValueError: a stream is not sorted, or has an id twice.
    """
    found = _Found(count_tokens, show)
    for name, one, other in _joined(before, after):
        found.add(name, one, other)
    return found.result()


def _joined(
    before: Iterable[Dialogue], after: Iterable[Dialogue]
) -> Iterator[tuple[Name, Dialogue | None, Dialogue | None]]:
    """Rows of both sides with the same key, or one row and None."""
    sides = [_checked(before), _checked(after)]
    heads = [next(side, None) for side in sides]
    while any(heads):
        key = min(row_key(head) for head in heads if head)
        pair = [head if head and row_key(head) == key else None for head in heads]
        row = pair[0] or pair[1]
        assert row is not None
        yield (row.language, row.kind, row.id), pair[0], pair[1]
        heads = [next(sides[n], None) if pair[n] else heads[n] for n in (0, 1)]


def _checked(rows: Iterable[Dialogue]) -> Iterator[Dialogue]:
    last = ("", "", "")
    for row in rows:
        key = row_key(row)
        if key == last:
            raise ValueError(f"id {row.id!r} occurs twice in {row.language} {row.kind}")
        if key < last:
            raise ValueError(f"{key} comes after {last}: not sorted")
        last = key
        yield row


class _DiffCell:
    """Counts of a language and kind, and what its sides hold."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, int] = defaultdict(int)
        self.turns = [0, 0]
        self.lengths = (array("I"), array("I"))

    def side(self, place: int) -> DatasetSide:
        lengths = self.lengths[place]
        return DatasetSide(
            rows=len(lengths),
            turns=self.turns[place],
            tokens=sum(lengths),
            lengths=quantiles(lengths) if lengths else (0, 0, 0),
        )


class _Found:
    def __init__(self, count_tokens: CountTokens, show: int) -> None:
        self._count_tokens = count_tokens
        self._show = show
        self._cells: defaultdict[tuple[str, Kind], _DiffCell] = defaultdict(_DiffCell)
        self._removed: defaultdict[bytes, list[tuple[Name, str]]] = defaultdict(list)
        self._added: list[tuple[bytes, Name, str]] = []
        self._examples: defaultdict[str, list[tuple[bytes, Name, str, str]]] = defaultdict(list)

    def add(self, name: Name, one: Dialogue | None, other: Dialogue | None) -> None:
        cell = self._cells[name[:2]]
        for place, row in enumerate((one, other)):
            if row is not None:
                cell.turns[place] += len(row.turns) // 2
                tokens = self._count_tokens(row.turns, row.language)
                cell.lengths[place].append(sum(tokens))
        if one is not None and other is not None:
            what = _change(one, other)
            cell.counts[what] += 1
            if what == "changed":
                self._example(what, name, *_apart(one.texts, other.texts))
            elif what == "relabelled":
                self._example(what, name, *map(_origin, (one, other)))
        elif one is not None:
            self._removed[_content(one)].append((name, one.turns[0][:CUT]))
        elif other is not None:
            self._added.append((_content(other), name, other.turns[0][:CUT]))

    def result(self) -> Diff:
        """The diff, when all rows were added."""
        for content, name, text in self._added:
            partners = self._removed.get(content)
            if partners:
                old, _ = partners.pop(0)
                self._cells[old[:2]].counts["moved_out"] += 1
                self._cells[name[:2]].counts["moved_in"] += 1
                self._example("moved", old, text, " ".join(name))
            else:
                self._cells[name[:2]].counts["added"] += 1
                self._example("added", name, "", text)
        for name, text in (row for rows in self._removed.values() for row in rows):
            self._cells[name[:2]].counts["removed"] += 1
            self._example("removed", name, text, "")
        order = sorted(self._cells, key=lambda cell: (cell[0], KINDS.index(cell[1])))
        return Diff(
            cells=tuple(_cell_diff(key, self._cells[key]) for key in order),
            examples=tuple(
                Example(what=what, language=n[0], kind=n[1], id=n[2], before=before, after=after)
                for what in ("changed", "relabelled", "moved", "removed", "added")
                for _, n, before, after in sorted(self._examples[what], reverse=True)
            ),
        )

    def _example(self, what: str, name: Name, before: str, after: str) -> None:
        """Keep the `show` examples with the largest hashes: some from everywhere."""
        kept = self._examples[what]
        entry = (hashlib.sha256(" ".join(name).encode()).digest(), name, before, after)
        if len(kept) < self._show:
            heapq.heappush(kept, entry)
        elif self._show:
            heapq.heappushpop(kept, entry)


def _cell_diff(key: tuple[str, Kind], cell: _DiffCell) -> CellDiff:
    names = ("same", "changed", "relabelled", "removed", "added", "moved_out", "moved_in")
    return CellDiff(
        language=key[0],
        kind=key[1],
        before=cell.side(0),
        after=cell.side(1),
        **{name: cell.counts[name] for name in names},
    )


def _change(one: Dialogue, other: Dialogue) -> str:
    if one.texts != other.texts:
        return "changed"
    return "same" if one.provenance == other.provenance else "relabelled"


def _content(row: Dialogue) -> bytes:
    """Hash of language and texts: what stays of a row that moves."""
    return hashlib.sha256(msgspec.json.encode((row.language, row.texts))).digest()[:16]


def _origin(row: Dialogue) -> str:
    return msgspec.json.encode(row.provenance).decode()[:CUT]


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, str]:
    """Both texts from shortly before their first difference, with the turn's number."""
    place = next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    texts = [turns[place] if place < len(turns) else "(no turn)" for turns in (one, other)]
    start = next(
        (n for n, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]),
        min(map(len, texts)),
    )
    start = max(0, start - _LEAD)
    mark = "…" if start else ""
    cut = [f"turn {place + 1}: {mark}{text[start : start + CUT]}" for text in texts]
    return cut[0], cut[1]
