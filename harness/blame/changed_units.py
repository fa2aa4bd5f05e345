"""The changes between two datasets, sorted into units that are undone together.

A change is a row that was changed, added or removed. Each has a value in each facet: its language,
kind, what happened to it, the fault that the gate's checks find in it, the set of its source, the
model that wrote it, its categories (`ultralink_data.categories`) and its template. Changes with the
same values everywhere are one unit; a suspect is all changes with one value, or with two.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np

from harness.building.dialogue_files import dialogues
from harness.gate.checking import check_change
from harness.progress.display import Display
from harness.statistics.group_belief import Bools, Floats, Suspects
from leaderboard.gate_records import RowFault
from ultralink_data.categories.categorise import FACETS, OTHER, row_categories
from ultralink_data.categories.origin import source_set, templates, writer
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.store import dataset
from ultralink_data.store.sort import in_order
from ultralink_data.whole.changed_rows import removed_rows

LANGUAGE: Final = "language"
_PAIRED: Final = (LANGUAGE, "kind", "change", "fault", "source", "writer")
"""Facets of which a suspect may have two values; the language goes with every facet."""
_MOST_VALUES: Final = 200
"""Values above which a facet is not asked: its groups would be too many and too small."""
_FEWEST_ROWS: Final = 2
_SINGLE: Final = 0.5
"""The probability that one value names the group, before anything is trained."""


class Undoable(NamedTuple):
    """A change: the row in the old dataset and in the new one, None where it has none."""

    before: Dialogue | None
    after: Dialogue | None

    @property
    def row(self) -> Dialogue:
        """The row that tells what kind of row it is: the new one if there is one."""
        row = self.after if self.after is not None else self.before
        assert row is not None
        return row

    @property
    def happened(self) -> str:
        """What happened to it, in a word."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


class Suspect(NamedTuple):
    """A group of changes: the facets that they share, with their values."""

    values: tuple[tuple[str, str], ...]

    def words(self) -> str:
        """The group in words."""
        plain = (LANGUAGE, "kind")
        said = [value for facet, value in self.values if facet in plain]
        said += [f"{facet} {value}" for facet, value in self.values if facet not in plain]
        return ", ".join(said) or "all changed rows"


class ChangeUnits(NamedTuple):
    """All changes by unit, and who may be to blame.

    `suspects` and the members of `groups` are in the same order; `left_out` names facets with too
    many values.
    """

    changes: tuple[tuple[Undoable, ...], ...]
    suspects: tuple[Suspect, ...]
    groups: Suspects
    left_out: tuple[str, ...]

    def rows(self, chosen: Bools) -> list[Undoable]:
        """The changes of some units."""
        return [one for at in np.flatnonzero(chosen) for one in self.changes[at]]


def changed_units(
    old: Path, new: Path, display: Display, languages: Collection[str] = ()
) -> ChangeUnits:
    """Read both datasets and sort what changed, in the languages that are trained on (none: all).

    Raises:
        DataError: a dataset cannot be read, has a row that is none, or nothing has changed.
    """
    checked = check_change(old, new, (), None, display)
    if checked.flaws:
        first = checked.flaws[0]
        raise DataError(
            f"{first.file}:{first.line}: {first.detail}", hint="mend the row or take it out"
        )
    with TemporaryDirectory(prefix="ultralink-blame.") as scratch:
        sides: list[Iterator[Dialogue]] = []
        for path in (old, new):
            folder = Path(scratch) / str(len(sides))
            folder.mkdir()
            sides.append(in_order(dialogues(path), folder))
        removed = removed_rows(*sides)
    found = [Undoable(row.before, row.after) for row in checked.changes.rows]
    found += [Undoable(row, None) for row in removed]
    if not found:
        raise DataError(
            f"{old} and {new} hold the same rows, ids aside", hint="name two datasets that differ"
        )
    # What is not trained on costs nothing: it would only be asked, and drawn as "others".
    found = [one for one in found if not languages or one.row.language in languages]
    if not found:
        raise DataError(
            f"{old} and {new} hold the same rows in {', '.join(languages)}, which are trained on",
            hint="choose a --profile that trains on the languages that differ",
        )
    return sorted_into_units(found, checked.faults)


def sorted_into_units(changes: Sequence[Undoable], faults: Sequence[RowFault]) -> ChangeUnits:
    """The changes by unit, with every suspect; `faults` are those of new rows."""
    facets = _facets(changes, faults)
    left_out = tuple(name for name, values in facets.items() if len(set(values)) > _MOST_VALUES)
    facets = {
        name: values
        for name, values in facets.items()
        if name not in left_out and len(set(values)) > 1
    }
    units: defaultdict[tuple[str, ...], list[Undoable]] = defaultdict(list)
    for at, change in enumerate(changes):
        units[tuple(values[at] for values in facets.values())].append(change)
    keys = sorted(units)
    by_facet = {name: [key[n] for key in keys] for n, name in enumerate(facets)}
    rows = np.array([len(units[key]) for key in keys], dtype=np.float64)
    suspects, groups = _suspects(by_facet, rows)
    return ChangeUnits(tuple(tuple(units[key]) for key in keys), suspects, groups, left_out)


def _facets(changes: Sequence[Undoable], faults: Sequence[RowFault]) -> dict[str, list[str]]:
    """The value of each change in each facet; "" where it has none."""
    reasons: dict[tuple[str, str, str], str] = {}
    for fault in faults:
        reasons.setdefault((fault.row.language, fault.row.kind, fault.row.id), fault.reason)
    rows = [change.row for change in changes]
    found: dict[str, list[str]] = {
        LANGUAGE: [row.language for row in rows],
        "kind": [row.kind for row in rows],
        "change": [change.happened for change in changes],
        "fault": [
            reasons.get((row.language, row.kind, row.id), "") if change.after is not None else ""
            for row, change in zip(rows, changes, strict=True)
        ],
        "source": [source_set(row) for row in rows],
        "writer": [writer(row) for row in rows],
    }
    categories = [row_categories(row) for row in rows]
    for facet in FACETS:
        values = [of_row.get(facet, "") for of_row in categories]
        found[facet] = ["" if value == OTHER else value for value in values]
    found["template"] = templates(rows)
    return found


def _suspects(
    facets: Mapping[str, Sequence[str]], rows: Floats
) -> tuple[tuple[Suspect, ...], Suspects]:
    """Every group that one value or two can name, each set of units once, and all changes."""
    prior: dict[tuple[bool, ...], float] = {}
    named: dict[tuple[bool, ...], Suspect] = {}

    def add(names: Sequence[Suspect], members: Sequence[tuple[bool, ...]], mass: float) -> None:
        for name, units in zip(names, members, strict=True):
            if rows[list(units)].sum() >= _FEWEST_ROWS:
                named.setdefault(units, name)
                prior[units] = prior.get(units, 0.0) + mass / len(names)

    pairs = [
        pair for pair in combinations(facets, 2) if LANGUAGE in pair or set(pair) <= set(_PAIRED)
    ]
    asked = [(name,) for name in facets]
    for kinds, mass in ((asked, _SINGLE), (pairs, 1 - _SINGLE)):
        for of in kinds:
            values = list(zip(*(facets[name] for name in of), strict=True))
            wanted = sorted({value for value in values if all(value)})
            names = [Suspect(tuple(zip(of, value, strict=True))) for value in wanted]
            members = [tuple(value == one for one in values) for value in wanted]
            add(names, members, mass / len(kinds))
    # All changes are asked even where they are one row: somebody has to be.
    everything = (True,) * len(rows)
    prior[everything] = prior.get(everything, 0.0) + 1 / (1 + len(named))
    named.setdefault(everything, Suspect(()))
    chances = np.array(list(prior.values()))
    groups = Suspects(np.array(list(prior)), rows, chances / chances.sum())
    return tuple(named[units] for units in prior), groups


def rows_with(new: Path, undone: Sequence[Undoable]) -> Iterator[Dialogue]:
    """The rows of the new dataset with these changes undone."""
    instead = {
        (one.after.language, one.after.kind, one.after.id): one.before
        for one in undone
        if one.after is not None
    }
    back = (one.before for one in undone if one.after is None and one.before is not None)
    for row in chain(dialogues(new), back):
        name = row.language, row.kind, row.id
        kept = instead.get(name, row)
        if kept is not None:
            yield kept


def write_with(folder: Path, new: Path, undone: Sequence[Undoable]) -> None:
    """Write the new dataset with these changes undone.

    Raises:
        PrerequisiteError: the disk is full or the folder not writable.
    """
    dataset.write(folder, rows_with(new, undone), recipe="blame")
