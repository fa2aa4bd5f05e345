"""The starter set's English chats as input of the cultural filter, and the labels they carry."""

from ultralink_data.culture.criteria import CultureLabel, label
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.starter.chats import starter_chats


def rows() -> list[Dialogue]:
    """All English chats as conversations of which nobody knows yet whether they are specific."""
    return [
        Dialogue(
            id=chat.chat_id,
            language="en",
            kind="chat_agnostic",
            turns=chat.turns,
            provenance=Provenance(source_id=f"starter-chat/{chat.chat_id}"),
        )
        for chat in starter_chats("en")
    ]


def labels() -> list[CultureLabel]:
    """Their labels, in the same order."""
    return [label(chat.chat_id, chat.criteria, note=chat.culture) for chat in starter_chats("en")]
