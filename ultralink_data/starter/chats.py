"""The hand-written chats of the starter set.

One TOML file a language (`texts/chats_{language}.toml`) holds culture-specific and
culture-agnostic chats. They are written for this project, are no translations of each other, and
the specific ones name which of the paper's seven criteria they touch, so that the English file
also serves as a labelled set for a cultural filter.
"""

import functools
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Literal

import msgspec

from ultralink_data.culture.criteria import CRITERIA

NO_CULTURE = "none"
"""The `culture` of an agnostic chat."""

_PREFIX, _SUFFIX = "chats_", ".toml"


class StarterChat(msgspec.Struct, frozen=True, kw_only=True):
    """One hand-written chat.

    `culture` is a short English label ("Spain"), or `NO_CULTURE` for an agnostic chat. `criteria`
    names members of `CRITERIA` and is empty for an agnostic chat. `turns` alternates user and
    assistant, the user first.
    """

    chat_id: str
    language: str
    kind: Literal["specific", "agnostic"]
    culture: str
    criteria: tuple[str, ...]
    turns: tuple[str, ...]


class _ChatText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[chat]]` table as it stands in the file."""

    id: str
    kind: Literal["specific", "agnostic"]
    culture: str
    criteria: tuple[str, ...]
    turns: tuple[str, ...]


def starter_chats(language: str) -> list[StarterChat]:
    """Return all chats of one language, sorted by `chat_id`.

    Raises ValueError for a language without a file (the known ones are listed) and for a file
    that is not valid (file, chat id and field are named).
    """
    return list(_load(language))


@functools.cache
def _load(language: str) -> tuple[StarterChat, ...]:
    folder = resources.files("ultralink_data.starter") / "texts"
    names = sorted(entry.name for entry in folder.iterdir())
    known = [
        name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        for name in names
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX)
    ]
    if language not in known:
        raise ValueError(f"no starter chats for language {language!r}; known: {', '.join(known)}")
    name = f"{_PREFIX}{language}{_SUFFIX}"
    return _parse((folder / name).read_text(encoding="utf-8"), language, source=name)


def _parse(text: str, language: str, *, source: str) -> tuple[StarterChat, ...]:
    """Turn the text of one file into checked chats; ValueError names `source`, id and field."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{source}: not valid TOML: {error}") from error
    entries = document.pop("chat", None)
    if document:
        raise ValueError(f"{source}: unknown field {sorted(document)[0]!r} at the top level")
    if not isinstance(entries, list) or not entries:
        raise ValueError(f"{source}: field 'chat' must be a non-empty array of tables")
    chats: dict[str, StarterChat] = {}
    for position, raw in enumerate(entries, start=1):
        chat = _parse_entry(raw, language, source=source, position=position)
        if chat.chat_id in chats:
            raise ValueError(f"{source}: chat {chat.chat_id!r}: field 'id' is used twice")
        chats[chat.chat_id] = chat
    return tuple(chats[chat_id] for chat_id in sorted(chats))


def _parse_entry(raw: object, language: str, *, source: str, position: int) -> StarterChat:
    chat_id = raw.get("id") if isinstance(raw, dict) else None
    # An entry whose id is missing or no string can only be named by its position.
    where = f"chat {chat_id!r}" if isinstance(chat_id, str) else f"chat number {position}"
    try:
        entry = msgspec.convert(raw, _ChatText)
    except msgspec.ValidationError as error:
        raise ValueError(f"{source}: {where}: {error}") from error
    problem = (
        _id_problem(entry, language)
        or _label_problem(entry.kind, entry.culture, entry.criteria)
        or _turns_problem(entry.turns)
    )
    if problem:
        raise ValueError(f"{source}: {where}: {problem}")
    return StarterChat(
        chat_id=entry.id,
        language=language,
        kind=entry.kind,
        culture=entry.culture,
        criteria=entry.criteria,
        turns=entry.turns,
    )


def _id_problem(entry: _ChatText, language: str) -> str | None:
    # The id repeats language and kind, so a chat moved to the wrong file or kind shows.
    prefix = f"{language}-{entry.kind}-"
    number = entry.id.removeprefix(prefix)
    if number == entry.id or not (number.isascii() and number.isdigit()):
        return f"field 'id' must be {prefix!r} and a number"
    return None


def _label_problem(kind: str, culture: str, criteria: Sequence[str]) -> str | None:
    for name in criteria:
        if name not in CRITERIA:
            return f"field 'criteria' has {name!r}, known: {', '.join(CRITERIA)}"
    if len(set(criteria)) != len(criteria):
        return f"field 'criteria' repeats a name: {', '.join(criteria)}"
    specific = kind == "specific"
    if specific and not criteria:
        return "field 'criteria' must not be empty for a specific chat"
    if not specific and criteria:
        return f"field 'criteria' must be empty for an agnostic chat, got {', '.join(criteria)}"
    if specific and culture.strip() in ("", NO_CULTURE):
        return f"field 'culture' must name a culture for a specific chat, got {culture!r}"
    if not specific and culture != NO_CULTURE:
        return f"field 'culture' must be {NO_CULTURE!r} for an agnostic chat, got {culture!r}"
    return None


def _turns_problem(turns: Sequence[str]) -> str | None:
    if not turns or len(turns) % 2:
        return f"field 'turns' must have an even number of turns (at least 2), got {len(turns)}"
    for position, turn in enumerate(turns):
        if not turn.strip():
            return f"field 'turns' has an empty turn at position {position}"
    return None
