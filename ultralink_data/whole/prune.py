"""Pruning of translated math and code: nested ladders, by source problem or by similarity.

The paper (section 3.3, figure 5) keeps a few thousand translated rows per language and finds
no loss. Ladders are nested: with one seed, what is kept at 1/8 is a subset of what is kept
at 1/4, so that two rungs differ by added rows only. By source problem, rows are drawn by the seed
and each problem gives one row before any gives a second; by similarity, the next row is always
the one least like those already kept (`similarity`).
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple, TypeAlias

import msgspec

from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.whole.prune_config import By, Keep

TRANSLATED_KINDS: tuple[Kind, ...] = ("math", "code")
SOURCE_LANGUAGE = "en"

Name: TypeAlias = tuple[str, Kind, str]
"""Language, kind and id of a row."""


def prune(
    dialogues: Iterable[Dialogue], keep: Keep, seed: int, by: By = "source"
) -> list[Dialogue]:
    """The dialogues that stay, sorted; see `chosen`."""
    rows = list(dialogues)
    names = chosen(rows, keep, seed, by)
    return sorted(
        (row for row in rows if stays(row, names)), key=lambda d: (d.language, d.kind, d.id)
    )


def stays(row: Dialogue, names: Collection[Name]) -> bool:
    """Whether a row stays, given the names from `chosen`; English and chats always do."""
    return not _may_go(row) or (row.language, row.kind, row.id) in names


def _may_go(row: Dialogue) -> bool:
    return row.language != SOURCE_LANGUAGE and row.kind in TRANSLATED_KINDS


def chosen(
    dialogues: Iterable[Dialogue], keep: Keep, seed: int, by: By = "source"
) -> frozenset[Name]:
    """The names of `keep` translated math and code rows per language and kind.

    English is always whole, and chats are never pruned. By source, which rows stay depends on
    their source problem, the row they were translated from and the seed, never on file order or
    on the other languages, so that every language keeps the same problems. By similarity, the
    order is that of the English rows (see `similar_order`), and so the same in all languages.

    Rows are read one at a time; for each that may be dropped, and for English math and code, its
    origin is held and, for similarity, its questions.
    """
    cells: dict[tuple[str, Kind], list[Dialogue]] = defaultdict(list)
    for row in dialogues:
        if row.kind in TRANSLATED_KINDS:
            question = "\n".join(row.turns[::2]) if by == "similarity" else "?"
            light = msgspec.structs.replace(row, turns=(question, "."))
            cells[row.language, row.kind].append(light)
    kept: list[Dialogue] = []
    for kind in TRANSLATED_KINDS:
        originals = cells.pop((SOURCE_LANGUAGE, kind), [])
        of_kind = {language: rows for (language, k), rows in cells.items() if k == kind}
        if by == "similarity":
            kept += _similar(of_kind, originals, keep, seed)
        else:
            for rows in of_kind.values():
                kept += ladder(rows, seed)[: rows_kept(len(rows), keep)]
    return frozenset((row.language, row.kind, row.id) for row in kept)


def _similar(
    cells: dict[str, list[Dialogue]], originals: Sequence[Dialogue], keep: Keep, seed: int
) -> Iterator[Dialogue]:
    """The kept rows of one kind; the order is followed no farther than the largest cell needs."""
    wanted = {language: rows_kept(len(rows), keep) for language, rows in cells.items()}
    waiting: dict[str, dict[str, list[Dialogue]]] = {}
    for language, rows in cells.items():
        waiting[language] = defaultdict(list)
        for row in ladder(rows, seed):
            waiting[language][_problem_row(row)].append(row)
    for name in similar_order(cells, originals, seed):
        if not any(wanted.values()):
            return
        for language, by_name in waiting.items():
            if wanted[language] and by_name.get(name):
                wanted[language] -= 1
                yield by_name[name].pop(0)
    for language, by_name in waiting.items():
        rest = {row.id for rows in by_name.values() for row in rows}
        again = (row for row in ladder(cells[language], seed) if row.id in rest)
        yield from islice(again, wanted[language])


def similar_order(
    cells: dict[str, list[Dialogue]], originals: Sequence[Dialogue], seed: int
) -> Iterator[str]:
    """The rows or problems that translations come from, each the farthest from those before.

    Distances are between questions in one language, so that languages keep the same problems:
    the English rows where they are all there, else the language that has the most of them. What
    that language lacks comes last, in seeded order. The seed says where the order begins, and
    which of two equals comes first.
    """
    from ultralink_data.text.similarity import farthest_first, vectors

    names = {_problem_row(row) for rows in cells.values() for row in rows}
    english = ((name, row) for row in originals for name in (row.id, row.provenance.source_id))
    texts = {SOURCE_LANGUAGE: {name: row for name, row in english if name in names}}
    for language, rows in cells.items():
        texts[language] = {_problem_row(row): row for row in reversed(ladder(rows, seed))}
    basis = max(sorted(texts, key=lambda x: x != SOURCE_LANGUAGE), key=lambda x: len(texts[x]))
    found = sorted(texts[basis], key=lambda name: _rank(seed, name))
    rows_ = vectors("\n".join(texts[basis][name].turns[::2]) for name in found)
    yield from (found[number] for number in farthest_first(rows_))
    yield from sorted(names - set(found), key=lambda name: _rank(seed, name))


def _problem_row(row: Dialogue) -> str:
    """The row that a translation comes from, or its problem where it names no such row."""
    return row.provenance.parent_id or row.provenance.source_id


def rows_kept(available: int, keep: Keep) -> int:
    """How many of `available` rows a rung keeps; a fraction above 0 keeps at least one."""
    if keep is None:
        return available
    if isinstance(keep, Fraction):
        return -(-available * keep.numerator // keep.denominator)
    return min(keep, available)


def ladder(rows: Sequence[Dialogue], seed: int) -> list[Dialogue]:
    """All rows in the order in which rungs take them: a prefix is a rung.

    Stratified: sources come in seeded order and each gives one row before any gives a
    second, so that a short rung covers as many source problems as it has rows.
    """
    by_source: dict[str, list[Dialogue]] = defaultdict(list)
    for row in sorted(rows, key=lambda d: (_rank(seed, d.provenance.parent_id or d.id), d.id)):
        by_source[row.provenance.source_id].append(row)
    sources = sorted(by_source, key=lambda source: _rank(seed, source))
    depth = max((len(group) for group in by_source.values()), default=0)
    return [by_source[s][i] for i in range(depth) for s in sources if i < len(by_source[s])]


def _rank(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}/{text}".encode()).digest()


class Problems(NamedTuple):
    """How many source problems a language and kind has, and rows of one."""

    language: str
    kind: Kind
    rows: int
    problems: int
    most_rows: int


def problems(dialogues: Iterable[Dialogue]) -> list[Problems]:
    """Source problems of math and code by language and kind, sorted."""
    counts: dict[tuple[str, Kind], Counter[str]] = defaultdict(Counter)
    for row in dialogues:
        if row.kind in TRANSLATED_KINDS:
            counts[row.language, row.kind][row.provenance.source_id] += 1
    return [
        Problems(language, kind, found.total(), len(found), max(found.values()))
        for (language, kind), found in sorted(counts.items())
    ]
