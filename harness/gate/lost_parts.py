"""What only the baseline's row tells of a changed one: parts that are lost, places that changed.

Each is a fault as a pair of reason and detail, as `row_faults` gives them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Final

from tasks.grading.answer_extract import final_number
from tasks.grading.answer_phrases import answer_phrases
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.damage import wrapped
from ultralink_data.text.numbers import numbers_in
from ultralink_data.whole.changed_rows import plain

_LEFT: Final = 2 / 3
"""The least share that may be left of an answer without its start, of a question without its end,
or of the words of a text whose letters are all there."""

_OPENING: Final = 20
"""Characters that may go from a text in the middle of a sentence."""

_WORDS: Final = 6
"""Words of a text that is long enough to be told from one without blanks."""

_CLOSED: Final = re.compile(r"(?:[.!?:;…。！？：；।॥]|\n)[\s\"'»”’)\]*_]*\Z")
"""The end of a sentence or line."""

_FENCE: Final = re.compile(r"^[ \t]*```", re.MULTILINE)


def lost_parts(before: Dialogue, after: Dialogue) -> Iterator[tuple[str, str]]:
    """The faults of a changed row beside the baseline's row that it has come from."""
    found = [*_lost_turns(before, after)]
    yield from found
    if before.system and "truncated" not in dict(found):
        lost = _lost_system(before.system, after)
        if lost:
            yield "truncated", lost


def _lost_turns(before: Dialogue, after: Dialogue) -> Iterator[tuple[str, str]]:
    """Those of its questions and answers."""
    swapped = tuple(
        turn for n in range(0, len(before.turns), 2) for turn in before.turns[n : n + 2][::-1]
    )
    if plain(after.turns) == plain(swapped):
        yield "roles_swapped", "its questions are the baseline's answers"
        return
    found = _turns(plain(before.turns), plain(after.turns))
    if found is not None:
        yield found
        return
    if after.kind == "code" and has_fences(before) and not has_fences(after):
        yield "broken_code", "its code block is gone"
    for place, (was, now) in enumerate(zip(before.turns, after.turns, strict=False)):
        if now != was and (_is_part(now, was) if place % 2 else _is_cut(now, was)):
            yield "truncated", f"turn {place + 1}: {len(now)} of {len(was)} characters are left"
            break
    damage = next(filter(None, map(_spoilt, before.turns, after.turns, count(1))), "")
    if damage and after.kind != "code":
        yield "damaged", damage
    if after.kind == "math" and len(before.turns) == len(after.turns):
        yield from _other_numbers(before, after)


def _lost_system(was: str, row: Dialogue) -> str:
    """What is gone of the system turn that a row had; "" if nothing is.

    It may go into the question, where templates without system turns have it.
    """
    now, asked = row.system, row.turns[0]
    if not now.strip() and "".join(was.split()) not in "".join(asked.split()):
        return "its system turn is gone"
    if now.strip() and now != was and _is_cut(now, was):
        return f"system turn: {len(now)} of {len(was)} characters are left"
    return ""


def _turns(whole: Sequence[str], left: Sequence[str]) -> tuple[str, str] | None:
    """What is wrong if turns were lost or joined; None if nothing is, or no turn was.

    A round that was there twice may go once.
    """
    if len(left) >= len(whole):
        return None
    if "".join("".join(left).split()) == "".join("".join(whole).split()):
        return "roles_swapped", f"its {len(whole)} turns are run together in {len(left)}"
    if set(left) == set(whole):
        return None
    places = _places(whole, left)
    if places is None:
        return None
    if any(place % 2 != n % 2 for n, place in enumerate(places)):
        return "roles_swapped", "its questions are the baseline's answers"
    return "truncated", f"{len(left)} of {len(whole)} turns are left"


def _places(whole: Sequence[str], left: Sequence[str]) -> list[int] | None:
    """Where the turns that are left stood, in order; None if one is new or comes earlier."""
    places: list[int] = []
    for turn in left:
        start = places[-1] + 1 if places else 0
        place = next((n for n in range(start, len(whole)) if whole[n] == turn), None)
        if place is None:
            return None
        places.append(place)
    return places


def _spoilt(was: str, now: str, number: int) -> str:
    """What happened to a turn whose words are all there; "" if nothing did."""
    if now == was:
        return ""
    inside = wrapped(now)
    if inside and not wrapped(was) and inside.split() == was.split():
        return f"turn {number} is inside a list or object: {now[:40]!a}"
    words = len(was.split())
    lost = words >= _WORDS and len(now.split()) < _LEFT * words
    if lost and "".join(now.split()) == "".join(was.split()):
        return f"turn {number}: blanks between its words are gone"
    if _letters(was) == _letters(now):
        for name, found_in in _COUNTS.items():
            if found_in(was) >= _MANY and not found_in(now):
                return f"turn {number}: {name} are gone"
    return ""


def _accented(text: str) -> int:
    """Letters of alphabets with accents as parts of their letters: Latin, Greek, Cyrillic."""
    return sum(
        c < "\u0530" and c.isalpha() and len(unicodedata.normalize("NFD", c)) > 1
        for c in unicodedata.normalize("NFC", text)
    )


_MANY: Final = 3
"""Of what a text had, so that it is missed; a mark or a capital may go."""

_COUNTS: Final[Mapping[str, Callable[[str], int]]] = {
    "its capitals": lambda text: sum(map(str.isupper, text)),
    "its small letters": lambda text: sum(map(str.islower, text)),
    "its marks": lambda text: sum(not c.isalnum() and not c.isspace() for c in text),
    "its accents": _accented,
}


def _letters(text: str) -> str:
    """Letters and digits of a text, without case and accents."""
    plainly = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plainly))


def _is_part(now: str, was: str) -> bool:
    """Whether a text is another one with its end cut off, ellipsis or not, or most of its start.

    A short opening may go, and a longer one that is whole: "Sure! Here it is." is no loss.
    """
    kept = re.sub(r"(?:\.{3}|…)\Z", "", now.rstrip())
    if was.startswith(kept) and re.search(r"\w", was[len(kept) :]):
        return True
    if len(kept) < _LEFT * len(was):
        return kept in was
    gone = was[: len(was) - len(now)]
    return len(gone) > _OPENING and was.endswith(now) and not _CLOSED.search(gone)


def _is_cut(now: str, was: str) -> bool:
    """Whether a question is the start of another one, without a third of it or more, or cut off.

    Less may go at the end of a sentence: "Show your steps." is no loss, nor is the end of a
    template.
    """
    kept = now.rstrip()
    if not was.startswith(kept):
        return False
    gone = was[len(kept) :]
    return len(kept) < _LEFT * len(was) or (len(gone) > _OPENING and not _CLOSED.search(kept))


def _other_numbers(before: Dialogue, after: Dialogue) -> Iterator[tuple[str, str]]:
    """Only one of question and answer has other numbers than it had."""
    asked = plain(before.turns[:1]) == plain(after.turns[:1])
    if asked:
        numbers = [final_number_of(row) for row in (before, after)]
        if None not in numbers and numbers[0] != numbers[1]:
            yield "final_number", f"{numbers[0]} has become {numbers[1]}"
    elif plain(before.turns[1:]) == plain(after.turns[1:]):
        was, now = (sorted(numbers_in(row.turns[0], row.language)) for row in (before, after))
        if was != now:
            yield "final_number", "other numbers in the question, and the answer as it was"


def final_number_of(row: Dialogue) -> str | None:
    """The final number of the last answer of a row; None if it has none."""
    found = final_number(row.turns[-1], answer_phrases(row.language))
    return None if found is None else str(found.value)


def has_fences(row: Dialogue) -> bool:
    """Whether an answer has a fenced block."""
    return any(_FENCE.search(answer) for answer in row.turns[1::2])


def is_open(answer: str) -> bool:
    """Whether a fenced block of an answer has no end."""
    return len(_FENCE.findall(answer)) % 2 == 1
