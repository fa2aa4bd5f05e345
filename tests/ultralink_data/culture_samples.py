"""Conversations and replies for tests of the cultural filter."""

import json

from ultralink_data.culture.criteria import CRITERIA
from ultralink_data.dialogue import Dialogue, Provenance


def chat(row_id: str, *turns: str, kind: str = "chat_agnostic", language: str = "en") -> Dialogue:
    return Dialogue(
        id=row_id,
        language=language,
        kind=kind,
        turns=turns,
        provenance=Provenance(source_id=row_id),
    )


def verdict(**found: str) -> str:
    """A valid reply in which the given criteria hold, with these quotes."""
    reply = {
        name: {"evidence": found.get(name, ""), "score": int(name in found)} for name in CRITERIA
    }
    return json.dumps(reply)
