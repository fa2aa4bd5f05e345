"""Exact and near duplicates of a dataset, within and across languages.

Two passes. The first reduces every row to hashes (`dedup_sketch`), 190 bytes a row: 190 MB for a
million. Rows that agree in a band are candidates; the second pass reads their shingles again (some
kilobytes a candidate) and takes a pair as near duplicates where the true Jaccard similarity is at
least the threshold. In each connected component rows are visited best first: a row is dropped only
if it resembles one already kept, so that a chain of similar rows does not collapse to one. Which
rows stay depends on the rows alone, not on the order of rows or files.

Math problems whose questions have different numbers are different problems, however similar; so are
rows whose programs differ in an operator, a comparison or a constant (see `program_text`).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from ultralink_data.checking.check_config import check_threshold
from ultralink_data.checking.decontaminate.number_words import digits_of
from ultralink_data.checking.program_text import program_hash
from ultralink_data.checking.sketch import BANDS, Sketch, jaccard, shingle_set, sketch
from ultralink_data.dialogue import Dialogue, Kind

if TYPE_CHECKING:
    import numpy as np

    from ultralink_data.checking.sketch import Shingles

How = Literal["exact", "near", "structure"]
_ALL_PAIRS: Final = 50
"""Rows of a bucket up to which every pair is compared; in larger ones each row with the next
`_NEIGHBOURS` in the order of their hashes: boilerplate does not cost a square."""
_NEIGHBOURS: Final = 20


class RowName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, order=True):
    """A row: ids are unique within a language and kind."""

    language: str
    kind: Kind
    id: str


class Cluster(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that stays and its duplicates; `kept` is the longest, or the first.

    `exact`: all have the same normalised text. `near`: similar by their shingles. `structure`: rows
    of different sources in several languages that have equal numbers or equal programs.
    """

    how: How
    kept: RowName
    others: tuple[RowName, ...]

    @property
    def across(self) -> bool:
        """Whether rows of several languages are in it."""
        return len({row.language for row in (self.kept, *self.others)}) > 1


class Duplicates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All clusters of a dataset, and how many sources occur in several languages."""

    rows: int
    threshold: float
    seed: int
    clusters: tuple[Cluster, ...]
    parallel_sources: int

    def extra(self, *hows: How, across: bool | None = None) -> int:
        """Rows that would be dropped if only the kept ones stayed."""
        return sum(
            len(cluster.others)
            for cluster in self.clusters
            if cluster.how in hows and across in (None, cluster.across)
        )


class ReadRow(NamedTuple):
    """What rows are compared by, once it is known which ones might be alike."""

    name: RowName
    length: int
    source: str
    shingles: "Shingles"
    numbers: tuple[str, ...]
    program: int


class Deduplicator:
    """Takes rows one by one; `resolve` then finds the duplicates among them.

    Raises:
        ValueError: a threshold outside (0.5, 1]: bands of this size cannot find less similar pairs.
    """

    def __init__(self, threshold: float, seed: int) -> None:
        check_threshold(threshold)
        self._threshold = threshold
        self._seed = seed
        self._exact = array("Q")
        self._structure = array("Q")
        self._source = array("Q")
        self._language = array("H")
        self._bands = array("Q")
        self._languages: dict[str, int] = {}

    def add(self, row: Dialogue, made: Sketch | None = None) -> None:
        """Add a row, with its sketch if that was `made` elsewhere."""
        found = made or sketch(row, self._seed)
        self._exact.append(found.exact)
        self._structure.append(found.structure)
        self._source.append(found.source)
        self._language.append(self._languages.setdefault(row.language, len(self._languages)))
        self._bands.frombytes(found.bands.tobytes())

    def resolve(self, rows: Iterable[Dialogue]) -> Duplicates:
        """The clusters, from the same rows in the same order once more."""
        exact, distinct = self._exact_groups()
        pairs = self._candidates(distinct)
        by_structure = self._structure_groups()
        wanted = {place for group in (*exact, *by_structure) for place in group}
        compared = {place for pair in pairs for place in pair}
        read = {
            place: read_row(row, compare=place in compared)
            for place, row in enumerate(rows)
            if place in wanted or place in compared
        }
        return Duplicates(
            rows=len(self._exact),
            threshold=self._threshold,
            seed=self._seed,
            clusters=tuple(
                sorted(
                    [
                        *self._text_clusters(exact, pairs, read),
                        *_structure_clusters(by_structure, read),
                    ],
                    key=lambda cluster: (cluster.how, cluster.kept),
                )
            ),
            parallel_sources=self._parallel(),
        )

    def _exact_groups(self) -> tuple[list[list[int]], list[int]]:
        """Places with one text, and the first place of each text."""
        groups = _groups(_numbers(self._exact))
        doubled = {place for group in groups for place in group[1:]}
        return groups, [place for place in range(len(self._exact)) if place not in doubled]

    def _candidates(self, distinct: Sequence[int]) -> set[tuple[int, int]]:
        """Pairs of different texts that agree in a band."""
        import numpy as np

        if not distinct:
            return set()
        places = np.array(distinct)
        bands = np.frombuffer(self._bands, dtype=np.uint64).reshape(-1, BANDS)
        pairs: set[tuple[int, int]] = set()
        for band in range(BANDS):
            for bucket in _groups(bands[places, band]):
                rows = sorted((distinct[n] for n in bucket), key=lambda place: self._exact[place])
                pairs.update((min(pair), max(pair)) for pair in _bucket_pairs(rows))
        return pairs

    def _structure_groups(self) -> list[list[int]]:
        """Places with one structure, in several languages, from several sources."""
        found = []
        for group in _groups(_numbers(self._structure)):
            several = len({self._language[n] for n in group}) > 1
            if self._structure[group[0]] and several and len({self._source[n] for n in group}) > 1:
                found.append(group)
        return found

    def _parallel(self) -> int:
        groups = _groups(_numbers(self._source))
        return sum(len({self._language[place] for place in group}) > 1 for group in groups)

    def _text_clusters(
        self, exact: list[list[int]], pairs: set[tuple[int, int]], read: dict[int, ReadRow]
    ) -> Iterator[Cluster]:
        union = _Union()
        for group in exact:
            for place in group[1:]:
                union.join(group[0], place)
        for one, other in pairs:
            if self._alike(read[one], read[other]):
                union.join(one, other)
        # Of equal texts only the first was compared, on behalf of the others.
        first = {place: group[0] for group in exact for place in group}
        for members in union.groups():
            texts: dict[int, list[int]] = defaultdict(list)
            for place in sorted(members, key=lambda place: _rank(read[place])):
                texts[first.get(place, place)].append(place)
            for places in self._thinned(texts, read):
                how: How = "exact" if len({self._exact[n] for n in places}) == 1 else "near"
                yield _cluster(how, [read[n] for n in places])

    def _thinned(
        self, texts: dict[int, list[int]], read: dict[int, ReadRow]
    ) -> Iterator[list[int]]:
        """Each place that stays with those dropped for it; `texts` come best first.

        A text is compared with the kept texts that share a band with it, as candidates are.
        """
        staying: list[list[int]] = []
        standing: dict[tuple[int, int], list[int]] = defaultdict(list)
        representatives: list[int] = []
        for text, places in texts.items():
            keys = list(enumerate(self._bands[text * BANDS : (text + 1) * BANDS]))
            near = sorted({n for key in keys for n in standing.get(key, ())})
            kept = (n for n in near if self._alike(read[representatives[n]], read[text]))
            found = next(kept, None)
            if found is not None:
                staying[found] += places
                continue
            for key in keys:
                standing[key].append(len(staying))
            staying.append([*places])
            representatives.append(text)
        return (places for places in staying if len(places) > 1)

    def _alike(self, one: ReadRow, other: ReadRow) -> bool:
        return alike(one, other, self._threshold)


def alike(one: ReadRow, other: ReadRow, threshold: float) -> bool:
    """Whether two rows are near duplicates of each other."""
    if one.name.kind == other.name.kind == "math" and one.numbers != other.numbers:
        return False
    if one.program and other.program and one.program != other.program:
        return False
    return jaccard(one.shingles, other.shingles) >= threshold


def read_row(row: Dialogue, *, compare: bool = True) -> ReadRow:
    """What of a row is compared; little of it unless it will be."""
    numbers = sorted(n for turn in row.turns[::2] for n in digits_of(turn)) if compare else ()
    return ReadRow(
        name=RowName(language=row.language, kind=row.kind, id=row.id),
        length=sum(map(len, row.turns)),
        source=row.provenance.source_id,
        shingles=shingle_set(row.turns if compare else ()),
        numbers=tuple(numbers),
        program=program_hash(row.turns) if compare else 0,
    )


def _cluster(how: How, members: Sequence[ReadRow]) -> Cluster:
    ordered = sorted(members, key=_rank)
    names = [member.name for member in ordered]
    return Cluster(how=how, kept=names[0], others=tuple(sorted(names[1:])))


def _rank(member: ReadRow) -> tuple[int, RowName]:
    """The better a row, the smaller: longer ones first, then by name."""
    return -member.length, member.name


def _structure_clusters(groups: list[list[int]], read: dict[int, ReadRow]) -> Iterator[Cluster]:
    """One row a source and language: rows of one source are a translation, not a duplicate."""
    for group in groups:
        first: dict[str, ReadRow] = {}
        for member in sorted((read[place] for place in group), key=lambda member: member.name):
            first.setdefault(member.source, member)
        if len({member.name.language for member in first.values()}) > 1:
            yield _cluster("structure", list(first.values()))


def _numbers(values: "array[int]") -> "np.ndarray[Any, np.dtype[np.uint64]]":
    import numpy as np

    return np.frombuffer(values, dtype=np.uint64) if values else np.zeros(0, dtype=np.uint64)


def _groups(values: "np.ndarray[Any, np.dtype[np.uint64]]") -> list[list[int]]:
    """Places of values that occur at least twice, by value; places ascending."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(ordered))
    many = np.flatnonzero(ends - starts > 1)
    return [order[starts[n] : ends[n]].tolist() for n in many] if len(values) else []


def _bucket_pairs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(rows) <= _ALL_PAIRS:
        yield from combinations(rows, 2)
        return
    for n, row in enumerate(rows):
        for other in rows[n + 1 : n + 1 + _NEIGHBOURS]:
            yield row, other


class _Union:
    """Sets of places that merge (union-find)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def _top(self, place: int) -> int:
        self._above.setdefault(place, place)
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Merge the sets of two places."""
        one, other = self._top(one), self._top(other)
        self._above[max(one, other)] = min(one, other)

    def groups(self) -> Iterator[list[int]]:
        """The sets with at least two places."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in sorted(self._above):
            found[self._top(place)].append(place)
        return (group for group in found.values() if len(group) > 1)
