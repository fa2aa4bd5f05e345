"""Read both datasets; look at rows that the candidate adds or changes, and what hangs on them."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from harness.building.benchmark_items import benchmark_items
from harness.gate.gate_config import GateLimits
from harness.gate.other_answers import (
    Asked,
    answers_of,
    asked_with,
    other_answers,
    still_asked,
    usual_others,
)
from harness.gate.other_numbers import Numbers, numbers_to, other_numbers, problems_of
from harness.gate.row_faults import (
    ENGLISH,
    ONLY_SOURCE,
    REASONS,
    Looked,
    copies,
    faults_of,
    leak_text,
    row_name,
    source_names,
    stale,
)
from harness.gate.same_words import same_words
from harness.progress.display import Display
from leaderboard.gate_records import GateReason, RowFault
from ultralink_data.checking import check_rows
from ultralink_data.checking.check import Examiner
from ultralink_data.checking.check_rows import Flaw
from ultralink_data.checking.decontaminate.background import background
from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.store import release
from ultralink_data.store.sort import in_order
from ultralink_data.whole.cell_sample import cell_sample
from ultralink_data.whole.changed_rows import (
    Cell,
    ChangedRow,
    Changes,
    changes,
    plain,
    removed_rows,
)

_SEED: Final = 1
"""Of the hashes of near duplicates, which no fault depends on."""

_SAMPLE: Final = 200
"""Rows of a cell of the baseline of which the usual share of faults is told."""

_SAID: Final = 160
"""Characters of what is said of a line; it may quote an id of any length."""

Usual = Mapping[tuple[str, str, str], float]
"""By reason, language and kind, the share of the baseline's rows that a check faults."""


class Checked(NamedTuple):
    """What a look at the data found.

    No check is without false alarms, and no dataset without faults: `usual` is what the baseline's
    own rows show, in cells to which rows were added.
    """

    changes: Changes
    flaws: tuple[Flaw, ...]
    faults: tuple[RowFault, ...]
    usual: Usual


def check_change(
    baseline: Path,
    candidate: Path,
    against: Sequence[str],
    benchmarks: Path | None,
    display: Display,
) -> Checked:
    """What changed, and what is wrong with it.

    Raises:
        ConfigError: an unknown benchmark.
        PrerequisiteError: a benchmark file is missing.
        DataError: a dataset cannot be read, or the baseline has a bad row or an id twice.
    """
    items = list(benchmark_items(against, benchmarks))
    flaws: list[list[Flaw]] = [[], []]
    with TemporaryDirectory(prefix="ultralink-gate.") as scratch:
        sides: list[Iterator[Dialogue]] = []
        with display.work("read both datasets") as meter:
            for path, faulty in zip((baseline, candidate), flaws, strict=True):
                folder = Path(scratch) / str(len(sides))
                folder.mkdir()
                sides.append(in_order(meter.over(_good_rows(path, faulty)), folder))
            found = changes(*sides)
    known = {(flaw.reason, flaw.id, flaw.detail) for flaw in flaws[0]}
    new = tuple(f for f in flaws[1] if (f.reason, f.id, f.detail) not in known)
    if not found.rows:
        return Checked(found, new, (), {})
    grown = _grown(found)
    of_grown = (row for row in _good_rows(baseline, []) if (row.language, row.kind) in grown)
    samples = cell_sample(of_grown, _SAMPLE) if grown else {}
    before = [row.before for row in found.rows if row.before is not None]
    old_sources = _old_sources(baseline, [*before, *chain.from_iterable(samples.values())])
    wanted = {name for row in found.rows for name in source_names(row.after)}
    sources: dict[tuple[Kind, str], Dialogue] = {}
    with display.work("look at what is common in all rows") as meter:
        common = background(_noting(meter.over(_good_rows(candidate, [])), sources, wanted))
    looked = Looked(Examiner(items, common, _SEED), sources, old_sources)
    with display.work("check changed rows", len(found.rows)) as meter:
        faults = [fault for row in meter.over(found.rows) for fault in faults_of(row, looked)]
    faults = _without_old_leaks(faults, found.rows, (baseline, candidate), looked)
    faults += copies(_good_rows(candidate, []), found.rows)
    with display.work("look whose answers they are") as meter:
        rows = [row for pair in found.rows for row in pair if row is not None]
        wanted_answers = answers_of([*rows, *chain.from_iterable(samples.values())])
        asked_before = asked_with(meter.over(_good_rows(baseline, [])), wanted_answers)
        kept = still_asked(asked_before, meter.over(_good_rows(candidate, [])))
        after = asked_with(meter.over(_good_rows(candidate, [])), wanted_answers)
    faults += other_answers(found.rows, asked_before, kept, after)
    faults += same_words(found.rows)
    added = [row.after for row in found.rows if row.before is None]
    asked = problems_of(added)
    faults += other_numbers(added, numbers_to(_good_rows(candidate, []), asked))
    faults += stale(_good_rows(candidate, []), found.rows, {fault.row for fault in faults})
    asked = problems_of(chain.from_iterable(samples.values()))
    looked = looked._replace(sources=old_sources)
    usual = _usual(samples, looked, asked_before, numbers_to(_good_rows(baseline, []), asked))
    usual = {**usual, **_usual_in_new(found, samples, usual)}
    return Checked(found, new, tuple(sorted(faults)), usual)


def _without_old_leaks(
    faults: list[RowFault],
    rows: Sequence[ChangedRow],
    folders: tuple[Path, Path],
    looked: Looked,
) -> list[RowFault]:
    """The faults without leaks that the baseline had in a row that is gone now.

    A row that was reworded and renamed at once is an added one; the leak in it is not new.
    """
    added = {row_name(row) for before, row in rows if before is None}
    leaks = {f for f in faults if f.reason == "contaminated" and f.row in added}
    if not leaks:
        return faults
    cells = {(fault.row.language, fault.row.kind) for fault in leaks}
    with TemporaryDirectory(prefix="ultralink-gate.") as scratch:
        sides: list[Iterator[Dialogue]] = []
        for number, path in enumerate(folders):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            of_cells = (r for r in _good_rows(path, []) if (r.language, r.kind) in cells)
            sides.append(in_order(of_cells, folder))
        gone = removed_rows(*sides)
    old = Counter(
        (row.language, row.kind, leak_text(hit))
        for row in gone
        for hit in looked.examiner(row).hits
    )
    kept = []
    for fault in faults:
        place = (fault.row.language, fault.row.kind, fault.detail)
        if fault in leaks and old[place]:
            old[place] -= 1
        else:
            kept.append(fault)
    return kept


def _grown(found: Changes) -> set[Cell]:
    """The baseline's cells that tell what is usual in added and rewritten rows.

    For a language and kind that the baseline does not have, those are all cells of its kind.
    """
    grown = {(cell.language, cell.kind) for cell in found.cells if cell.added}
    grown |= {(row.language, row.kind) for was, row in found.rows if _is_rewritten(was, row)}
    kinds = {cell.kind for cell in found.cells if not cell.before}
    return grown | {(cell.language, cell.kind) for cell in found.cells if cell.kind in kinds}


def _is_rewritten(was: Dialogue | None, row: Dialogue) -> bool:
    """Whether a row is another one under an old id: no turn says what the baseline's says."""
    return was is not None and not set(plain(was.turns)) & set(plain(row.turns))


def _usual_in_new(
    found: Changes, samples: Mapping[Cell, Sequence[Dialogue]], usual: Usual
) -> dict[tuple[str, str, str], float]:
    """For cells that the baseline does not have, the mean shares in its cells of their kind."""
    shares: dict[tuple[str, str, str], float] = {}
    for cell in found.cells:
        others = [language for language, kind in samples if kind == cell.kind]
        for reason in REASONS if not cell.before and others else ():
            total = sum(usual.get((reason, language, cell.kind), 0.0) for language in others)
            shares[reason, cell.language, cell.kind] = total / len(others)
    return shares


def _old_sources(baseline: Path, rows: Iterable[Dialogue]) -> dict[tuple[Kind, str], Dialogue]:
    """The baseline's own rows from which some of its rows were translated."""
    found: dict[tuple[Kind, str], Dialogue] = {}
    wanted = {name for row in rows for name in source_names(row)}
    for _ in _noting(_good_rows(baseline, []) if wanted else (), found, wanted):
        pass
    return found


def _usual(
    samples: Mapping[Cell, Sequence[Dialogue]], looked: Looked, asked: Asked, numbers: Numbers
) -> Usual:
    """The shares of faulted rows in samples of the baseline's cells."""
    found: Counter[tuple[str, str, str]] = Counter()
    for rows in samples.values():
        for row in rows:
            faults = [*faults_of(ChangedRow(None, row), looked), *usual_others([row], asked)]
            for fault in (*faults, *other_numbers([row], numbers)):
                found[fault.reason, row.language, row.kind] += 1
    sizes = {place: len(rows) for place, rows in samples.items()}
    return {
        (reason, language, kind): count / sizes[language, release.as_kind(kind)]
        for (reason, language, kind), count in found.items()
    }


def _good_rows(path: Path, flaws: list[Flaw]) -> Iterator[Dialogue]:
    """The rows of a dataset; lines that are none are added to `flaws`."""
    for row in check_rows.read(path):
        if isinstance(row, Flaw):
            flaws.append(row)
        else:
            yield row


def _noting(
    rows: Iterable[Dialogue],
    sources: dict[tuple[Kind, str], Dialogue],
    wanted: Collection[tuple[Kind, str]],
) -> Iterator[Dialogue]:
    """All rows; those that others were translated from are kept in `sources`."""
    for row in rows:
        if row.language == ENGLISH and (row.kind, row.id) in wanted:
            sources[row.kind, row.id] = row
        yield row


def row_reasons(checked: Checked, limits: GateLimits) -> tuple[GateReason, ...]:
    """Where more rows are at fault, or lost, than the limits allow."""
    cells = {(cell.language, cell.kind): cell for cell in checked.changes.cells}
    found = [
        GateReason(
            cause="lost",
            language=cell.language,
            kind=cell.kind,
            rows=cell.before - cell.after,
            text=f"{cell.before:,} rows have become {cell.after:,} ({_share(-cell.lost)}); "
            f"{_share(limits.lost)} may be lost",
        )
        for cell in checked.changes.cells
        if cell.lost > limits.lost
    ]
    counts = Counter((f.reason, f.row.language, f.row.kind) for f in checked.faults)
    left = Counter(
        (f.reason, f.row.language, f.row.kind)
        for f in checked.faults
        if f.detail.startswith(ONLY_SOURCE)
    )
    new = Counter(
        (row.language, row.kind)
        for was, row in checked.changes.rows
        if was is None or _is_rewritten(was, row)
    )
    for reason in REASONS:
        limit = getattr(limits, reason)
        for (what, language, kind), count in sorted(counts.items()):
            if what != reason:
                continue
            total, added = cells[language, kind].after, new[language, kind]
            usual = checked.usual.get((reason, language, kind), 0.0) if limit else 0.0
            sample = min(cells[language, kind].before, _SAMPLE) or _SAMPLE
            if count > limit * total + _by_chance(usual, added, sample):
                allowed = f"{_share(limit)} is allowed" if limit else "none is allowed"
                if usual:
                    allowed += f", besides the {_share(usual)} of new rows that is usual here"
                said = REASONS[reason]
                if left[what, language, kind] == count:
                    said += f"; they are as they were, and rows of {ENGLISH}_{kind} have changed"
                found.append(
                    GateReason(
                        cause=reason,
                        language=language,
                        kind=kind,
                        rows=count,
                        text=f"{count:,} of {total:,} rows ({_share(count / total)}): "
                        f"{said}; {allowed}",
                    )
                )
    lines = sum(cell.after for cell in cells.values()) + len(checked.flaws)
    if len(checked.flaws) > limits.flaws * lines:
        first = checked.flaws[0]
        found.append(
            GateReason(
                cause="flaws",
                rows=len(checked.flaws),
                text=f"{len(checked.flaws):,} lines are no good rows; the first: "
                f"{first.file}:{first.line}: {first.detail[:_SAID]}",
            )
        )
    return tuple(found)


def _by_chance(usual: float, added: int, sample: int) -> float:
    """So many of the added rows show a fault that a share of the baseline's sample shows.

    Both are counts of a few rows: two standard errors of their difference are no more than chance.
    """
    error = math.sqrt(usual * (1 - usual) * added * (1 + added / sample))
    return usual * added + 2 * error


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"
