"""ShareGPT: `{"id", "conversations": [{"from", "value"}]}`, one JSON array or JSON Lines.

The published file (ShareGPT_V3_unfiltered_cleaned_split) was cut into parts `<id>_<n>`, so that a
part often starts with an answer, and holds odd rows; each is repaired or dropped with its reason:

- merged: several turns of one speaker in a row; dropped: an answer at the start, a question at the
  end, a banner of a sharing tool, invisible characters, `<br>`;
- a dialogue ends before an empty round, or one whose answer is not in English;
- rejected: nothing left, system instructions, answers of other assistants, web pages.
"""

import re

import msgspec

from ultralink_data.dialogue import Dialogue
from ultralink_data.sources.kinds import DropError, Source, dropped, taken
from ultralink_data.stage.outcome import RowOutcome
from ultralink_data.text.language_id import is_language, other_language, prose

_USERS = {"human": (), "user": ("renamed_speaker",)}
_ASSISTANTS = {"gpt": (), "chatgpt": ("renamed_speaker",)}
"""Speakers that are taken, and how a row that has them is mended."""

_BANNER = re.compile(r"conversation is shared from \[", re.IGNORECASE)
_PART = re.compile(r"_\d+\Z")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e]")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:html|head|body|div|span|p|b|i|u|strong|em|ul|ol|li|a|h[1-6]|table|tr|t[dh]|img|font"
    r"|style|script|section|header|footer|button|form|input|pre)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_TAGS = 3
"""Tags outside code from which a turn is a web page rather than a text that names one."""

_LETTERS = 100
"""Letters from which the language of a turn is told for sure; fewer are judged by script alone."""

_FOREIGN_SHARE = 0.1
"""Share of letters in another script from which a turn is not English."""


class ShareGptTurn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A turn; `markdown` and `text` are empty leftovers of some copies."""

    speaker: str = msgspec.field(name="from")
    value: str
    markdown: str | None = None
    text: str | None = None


class ShareGptRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a conversation."""

    id: str
    conversations: tuple[ShareGptTurn, ...]


def _row_id(row: ShareGptRow) -> str:
    return f"sharegpt:{row.id}"


def _convert(row: ShareGptRow, row_id: str) -> RowOutcome[Dialogue]:
    mended: list[str] = []
    try:
        turns = _speakers(row.conversations, mended)
        turns = [(user, _clean(text, mended)) for user, text in turns]
        turns = _alternating(_merged(turns, mended), mended)
        texts = _english(_without_empty([text for _, text in turns], mended), mended)
    except DropError as error:
        return dropped(row_id, error.reason, error.detail)
    source_id = f"sharegpt:{_PART.sub('', row.id)}"
    return taken(row_id, "chat_agnostic", tuple(texts), source_id, tuple(dict.fromkeys(mended)))


def _speakers(turns: tuple[ShareGptTurn, ...], mended: list[str]) -> list[tuple[bool, str]]:
    """Turns as (is the user, text)."""
    if not turns:
        raise DropError("no_turns")
    found = []
    for turn in turns:
        if turn.speaker == "system":
            if not _BANNER.search(turn.value):
                raise DropError("system_turn", turn.value[:100])
            mended.append("banner_dropped")
        elif turn.speaker in _USERS:
            mended += _USERS[turn.speaker]
            found.append((True, turn.value))
        elif turn.speaker in _ASSISTANTS:
            mended += _ASSISTANTS[turn.speaker]
            found.append((False, turn.value))
        else:
            raise DropError("other_speaker", turn.speaker)
    if len(found) < 2:
        raise DropError("one_turn" if found else "no_turns")
    return found


def _clean(text: str, mended: list[str]) -> str:
    """A turn without invisible characters and line breaks in HTML."""
    if _INVISIBLE.search(text):
        mended.append("invisible_characters")
        text = _INVISIBLE.sub("", text)
    if len(_TAG.findall(prose(text))) >= _TAGS:
        raise DropError("html", _TAG.search(prose(text))[0])  # type: ignore[index]
    if _BREAK.search(prose(text)):
        mended.append("html_breaks")
        pieces = re.split(r"(```.*?(?:```|\Z)|`[^`\n]*`)", text, flags=re.DOTALL)
        # Within a table row a break cannot become a line end.
        text = "".join(
            piece if place % 2 else _BREAK.sub(" " if "|" in piece else "\n", piece)
            for place, piece in enumerate(pieces)
        )
    return text.strip()


def _merged(turns: list[tuple[bool, str]], mended: list[str]) -> list[tuple[bool, str]]:
    """Merges consecutive turns of one speaker; repeated text counts once."""
    merged: list[tuple[bool, str]] = []
    for user, text in turns:
        if merged and merged[-1][0] == user:
            mended.append("merged_turns")
            before = merged.pop()[1]
            text = text if before in ("", text) else f"{before}\n\n{text}".strip()
        merged.append((user, text))
    return merged


def _alternating(turns: list[tuple[bool, str]], mended: list[str]) -> list[tuple[bool, str]]:
    """From the first question to the last answer."""
    if turns and not turns[0][0]:
        mended.append("first_answer_dropped")
        turns = turns[1:]
    if turns and turns[-1][0]:
        mended.append("last_question_dropped")
        turns = turns[:-1]
    if not turns:
        raise DropError("one_turn", "no question with an answer")
    return turns


def _without_empty(texts: list[str], mended: list[str]) -> list[str]:
    """The rounds before the first one with an empty turn."""
    for place, text in enumerate(texts):
        if not text:
            if place < 2:
                raise DropError("empty_turn")
            mended.append("ended_at_empty_turn")
            return texts[: place - place % 2]
    return texts


def _english(texts: list[str], mended: list[str]) -> list[str]:
    """The rounds before the first one that is not in English."""
    for place, text in enumerate(texts):
        if not is_english(text):
            if place < 2:
                seen = other_language(text, "en") or "another script in part"
                raise DropError("not_english", f"{seen}: {text[:100]}")
            mended.append("ended_at_other_language")
            return texts[: place - place % 2]
    return texts


def is_english(text: str) -> bool:
    """Whether nothing points to another language; short texts and code are not judged."""
    letters = [char for char in prose(text) if char.isalpha()]
    foreign = sum(ord(char) > 0x24F for char in letters)
    if letters and foreign > _FOREIGN_SHARE * len(letters):
        return False
    if len(letters) < _LETTERS:
        return True
    return is_language(text, "en")


SOURCE = Source("sharegpt", (ShareGptRow,), _row_id, _convert)
