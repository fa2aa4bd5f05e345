"""Checks a dataset for benchmark problems, duplicates, languages and flaws, in three passes.

The first pass samples what is common in the rows, the second looks at every row (in several
processes, if asked) and keeps hashes of it, the third reads the duplicate candidates again. No pass
holds the texts: 1,000,000 rows need about 190 MB for their hashes and 100 MB for their ids, plus
the benchmark index in each process and the shingles of near duplicates while they are compared.
"""

import gc
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.checking.check_report import (
    Against,
    CheckReport,
    ItemHits,
    LanguageCount,
    MarkedRow,
    RowHit,
    WrongLanguage,
)
from ultralink_data.checking.check_rows import Flaw
from ultralink_data.checking.decontaminate.background import NO_BACKGROUND, Background, background
from ultralink_data.checking.decontaminate.items import BenchmarkItem, Hit
from ultralink_data.checking.decontaminate.number_words import known_languages
from ultralink_data.checking.decontaminate.problem_index import BenchmarkIndex
from ultralink_data.checking.dedup import Deduplicator, RowName
from ultralink_data.checking.sketch import Sketch, sketch
from ultralink_data.dialogue import Dialogue
from ultralink_data.stage.process_map import process_map
from ultralink_data.store.dataset import Count
from ultralink_data.text import language_id
from ultralink_data.text.control_tokens import Mark, first_mark

Advance = Callable[[int], None]
_CHUNK: Final = 64
_LANGUAGE_CHARACTERS: Final = 1000
"""Of a turn, that its language is told by."""


class Seen(NamedTuple):
    """The findings of one row; no language is `told` of a row whose own is unknown."""

    hits: tuple[Hit, ...]
    sketch: Sketch
    told: bool
    other_language: str | None
    mark: tuple[int, Mark] | None


class Examiner:
    """Looks at one row; a worker process makes its own from the same arguments."""

    def __init__(self, items: Sequence[BenchmarkItem], common: Background, seed: int) -> None:
        self._index = BenchmarkIndex(items, common)
        self._seed = seed

    def __call__(self, row: Dialogue) -> Seen:
        """Hits, hashes, the language of the prose if it is another, the first control token."""
        told = row.language in known_languages()
        return Seen(
            hits=self._index.find(row),
            sketch=sketch(row, self._seed),
            told=told,
            other_language=_other_language(row) if told else None,
            mark=first_mark(row.texts),
        )


def _other_language(row: Dialogue) -> str | None:
    """The language seen in a turn that is not in the row's; None if every identifiable turn is.

    A long question must not hide an English answer. A turn too short to be told counts where it can
    hardly be the row's language.
    """
    starts = [language_id.spoken(turn[:_LANGUAGE_CHARACTERS]) for turn in row.turns]
    told = [start for start in starts if language_id.is_telling(start, row.language)]
    for said in told or ["\n".join(starts)[:_LANGUAGE_CHARACTERS]]:
        seen = language_id.language_seen(said, row.language)
        if seen is not None:
            return seen
    short = [start for start in starts if start not in told] if told else []
    for said in short:
        seen = language_id.language_of_short(said, row.language)
        if seen is not None:
            return seen
    return None


def check(
    read: Callable[[], Iterable[Dialogue | Flaw]],
    items: Sequence[BenchmarkItem],
    config: CheckConfig,
    *,
    name: str,
    files: dict[str, str],
    processes: int = 1,
    advance: Advance = lambda rows: None,
) -> CheckReport:
    """The report; `read` opens the rows and must give the same ones each time.

    Raises:
        DataError: what `read` raises.
    """
    found = _Findings(config)
    first: list[Flaw] = []
    common = background(_rows(read(), lambda flaw: None)) if items else NO_BACKGROUND
    made = (items, common, config.seed)
    for row, seen in _seen(_rows(read(), first.append), made, processes):
        found.add(row, seen)
        advance(found.rows)
    return CheckReport(
        schema=1,
        kind="check",
        dataset=name,
        files=files,
        against=_against(items),
        items_hash=hash_items(items),
        code_version="",
        limits=config.limits,
        counts=found.counts(),
        hits=found.hits(),
        duplicates=found.duplicates.resolve(_rows(read(), lambda flaw: None)),
        languages=found.languages(),
        wrong_language=tuple(sorted(found.wrong)),
        flaws=tuple(first),
        marked=tuple(sorted(found.marked)),
    )


def _rows(read: Iterable[Dialogue | Flaw], flawed: Callable[[Flaw], None]) -> Iterator[Dialogue]:
    for row in read:
        if isinstance(row, Flaw):
            flawed(row)
        else:
            yield row


class _Findings:
    """Findings of the rows so far."""

    def __init__(self, config: CheckConfig) -> None:
        self.duplicates = Deduplicator(config.threshold, config.seed)
        self.rows = 0
        self.wrong: list[WrongLanguage] = []
        self.marked: list[MarkedRow] = []
        self._cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._hits: dict[tuple[str, str], list[RowHit]] = defaultdict(list)

    def add(self, row: Dialogue, seen: Seen) -> None:
        """Count a row and keep what was found in it."""
        self.rows += 1
        name = RowName(language=row.language, kind=row.kind, id=row.id)
        self.duplicates.add(row, seen.sketch)
        cell = self._cells[row.language, row.kind]
        cell.update(
            rows=1,
            turns=len(row.turns),
            bytes=sum(len(turn.encode("utf-8", "surrogatepass")) for turn in row.turns),
            checked=int(seen.told),
            wrong=int(seen.other_language is not None),
        )
        where = {"language": row.language, "kind": row.kind, "id": row.id}
        if seen.other_language is not None:
            self.wrong.append(msgspec.convert(where | {"seen": seen.other_language}, WrongLanguage))
        if seen.mark is not None:
            turn, mark = seen.mark
            marked = {"reason": mark.reason, "turn": turn, "mark": mark.text}
            self.marked.append(msgspec.convert(where | marked, MarkedRow))
        for hit in seen.hits:
            found = RowHit(row=name, evidence=hit.evidence)
            self._hits[hit.task, hit.problem_id].append(found)

    def counts(self) -> tuple[Count, ...]:
        """Rows, turns and bytes by language and kind."""
        return tuple(
            msgspec.convert(
                {"language": language, "kind": kind}
                | {field: cell[field] for field in ("rows", "turns", "bytes")},
                Count,
            )
            for (language, kind), cell in sorted(self._cells.items())
        )

    def languages(self) -> tuple[LanguageCount, ...]:
        """Rows whose language was identified, and those in another one."""
        return tuple(
            LanguageCount(
                language=language, kind=kind, checked=cell["checked"], wrong=cell["wrong"]
            )
            for (language, kind), cell in sorted(self._cells.items())
        )

    def hits(self) -> tuple[ItemHits, ...]:
        """By problem, the rows that contain it."""
        return tuple(
            ItemHits(
                task=task,
                problem_id=problem,
                rows=tuple(sorted(rows, key=lambda hit: hit.row)),
            )
            for (task, problem), rows in sorted(self._hits.items())
        )


def _against(items: Sequence[BenchmarkItem]) -> tuple[Against, ...]:
    languages_of: dict[str, dict[str, None]] = defaultdict(dict)
    problems: dict[str, set[str]] = defaultdict(set)
    for item in items:
        languages_of[item.task][item.language] = None
        problems[item.task].add(item.problem_id)
    return tuple(
        Against(task=task, languages=tuple(found), problems=len(problems[task]))
        for task, found in sorted(languages_of.items())
    )


def hash_items(items: Iterable[BenchmarkItem]) -> str:
    """Hash of everything that was looked for, independent of order."""
    encoded = sorted(msgspec.json.encode(item) for item in items)
    return hashlib.sha256(b"\n".join(encoded)).hexdigest()


_examiner: Examiner | None = None
"""Of this process, made by `_start`."""


def _start(*made: Any) -> None:
    global _examiner
    _examiner = Examiner(*made)
    # Or the collector would go through the index again and again: 4 % of the time.
    gc.freeze()


def _examine(rows: list[Dialogue]) -> list[Seen]:
    assert _examiner is not None
    return [_examiner(row) for row in rows]


def _seen(
    rows: Iterator[Dialogue],
    made: tuple[Sequence[BenchmarkItem], Background, int],
    processes: int,
) -> Iterator[tuple[Dialogue, Seen]]:
    """Rows with their findings, in order."""
    chunks = iter(lambda: list(islice(rows, _CHUNK)), [])
    try:
        for chunk, seen in process_map(chunks, _examine, processes, start=_start, made=made):
            yield from zip(chunk, seen, strict=True)
    finally:
        gc.unfreeze()
