"""What a source is: the type of its rows, their ids, and how they become dialogues."""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from ultralink_data.dialogue import Dialogue, Kind, Provenance
from ultralink_data.stage.outcome import Rejected, RowOutcome


class Source(NamedTuple):
    """A published data set.

    `row_types` are the forms in which it is found, tried in this order; `row_id` names a row by its
    own id or a hash of its content; `convert` takes a decoded row and its unique id.
    """

    name: str
    row_types: tuple[type, ...]
    row_id: Callable[[Any], str]
    convert: Callable[[Any, str], RowOutcome[Dialogue]]


class DropError(Exception):
    """A rejected row; `reason` is one word."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def content_hash(*texts: str) -> str:
    """Twelve hexadecimal digits of a hash of texts, ignoring how words are spaced."""
    joined = "\0".join(" ".join(text.split()) for text in texts)
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def dropped(row_id: str, reason: str, detail: str = "") -> RowOutcome[Dialogue]:
    """The outcome of a rejected row."""
    return RowOutcome(rejected=Rejected(id=row_id, language="en", reason=reason, detail=detail))


def taken(
    row_id: str, kind: Kind, turns: tuple[str, ...], source_id: str, mended: tuple[str, ...] = ()
) -> RowOutcome[Dialogue]:
    """The outcome of a row that became an English dialogue."""
    dialogue = Dialogue(
        id=row_id,
        language="en",
        kind=kind,
        turns=turns,
        provenance=Provenance(source_id=source_id),
    )
    return RowOutcome(accepted=(dialogue,), mended=mended)
