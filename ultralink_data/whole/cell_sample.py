"""Some rows of each language and kind, the same in whatever order they come."""

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import stable_hash
from ultralink_data.whole.changed_rows import Cell


def cell_sample(rows: Iterable[Dialogue], most: int) -> dict[Cell, list[Dialogue]]:
    """At most `most` rows of each cell, by the hashes of their ids."""
    held: defaultdict[Cell, list[tuple[int, Dialogue]]] = defaultdict(list)
    for row in rows:
        found = held[row.language, row.kind]
        found.append((stable_hash(row.id), row))
        if len(found) > 2 * most:
            found[:] = _least(found, most)
    return {cell: [row for _, row in _least(found, most)] for cell, found in held.items()}


def _least(found: list[tuple[int, Dialogue]], most: int) -> list[tuple[int, Dialogue]]:
    return sorted(found, key=itemgetter(0))[:most]
