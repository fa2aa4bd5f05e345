"""What rows have in common by where they come from: a template, a set of sources, a writer.

All of it is read from ids and provenance, "" where they do not tell.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from ultralink_data.dialogue import Dialogue

_FEWEST: Final = 5
"""Templates in a language and kind from which ids are taken to name templates."""


def template_of(row: Dialogue) -> str:
    """What rows made of one template share: the id without language and number; "" without one."""
    name = row.id.removeprefix(f"{row.language}_")
    found = re.sub(r"[_-]?\d+\Z", "", name)
    return found if found != name and re.search(r"[^\W\d]", found) else ""


def templates(rows: Sequence[Dialogue]) -> list[str]:
    """The template of each row; "" where the rows of its language and kind show too few of them.

    Ids that only count on (`math_0001`) would make one template of everything.
    """
    names = [template_of(row) for row in rows]
    known: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row, name in zip(rows, names, strict=True):
        known[row.language, row.kind].add(name)
    return [
        name if len(known[row.language, row.kind]) >= _FEWEST else ""
        for row, name in zip(rows, names, strict=True)
    ]


def source_set(row: Dialogue) -> str:
    """The set that a row's source is from: what stands before a mark in its id, "" if none does."""
    found = re.match(r"([^:/#]+)[:/#]", row.provenance.source_id)
    return found[1] if found else ""


def writer(row: Dialogue) -> str:
    """The model that wrote the row and the version of its prompt; "" for people and templates."""
    return " ".join(filter(None, (row.provenance.model, row.provenance.prompt_version)))
