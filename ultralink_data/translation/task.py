"""Checks that a task came back as a task: its questions, its options, and no extra turn."""

import re
from collections.abc import Sequence
from functools import cache

from ultralink_data import languages
from ultralink_data.stage.asking import Failure
from ultralink_data.translation.regions import prose
from ultralink_data.translation.source_patterns import source_patterns
from ultralink_data.translation.turns import SourceTurn, passages_to_correct, without
from ultralink_data.translation.wording import SENTENCE, letters

_QUESTION = re.compile("[?？؟]")
_SEVERAL = 3
"""Sentences or lines that a translation of one does not have."""
_SENTENCE_LETTERS = 8
_SPEAKER = r"^[ \t*#]*(?:{names})[ \t*]*[:：]"
_LABEL = re.compile(r"^[ \t*#]*[^\W\d_][\w ]{0,20}[ \t*]*[:：](?!//)", re.MULTILINE)
"""A line that opens with a name, a letter or a word and a colon, as turns do."""


def check_questions(turn: SourceTurn, text: str) -> Failure | None:
    """A question is still one: it did not come back as its answer."""
    kept = passages_to_correct(turn.text)
    before = len(_QUESTION.findall(prose(without(turn.text, kept))))
    after = len(_QUESTION.findall(prose(without(text, kept))))
    # A request with a question mark may end in a full stop in another language.
    if turn.user and before and not after and not source_patterns().request.search(turn.text):
        return Failure("solved", "the text asks a question; translate it, do not answer it")
    return None


def check_carried_out(turn: SourceTurn, text: str) -> Failure | None:
    """A request of one sentence is still one: it did not come back as what it asks for.

    An answer has sentences and lines that a request has not. One of a single sentence is not seen.
    """
    kept = passages_to_correct(turn.text)
    source, target = (prose(without(t, kept)) for t in (turn.text, text))
    if not turn.user or len(_lines(source)) > 1:
        return None
    lines, sentences = len(_lines(target)), _sentences(target)
    if lines >= _SEVERAL:
        detail = f"the text is one line and the translation {lines}"
    elif _sentences(source) <= 1 and sentences >= _SEVERAL:
        detail = f"the text is one sentence and the translation {sentences}"
    else:
        return None
    return Failure("solved", f"{detail}; translate the request, do not carry it out")


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _sentences(text: str) -> int:
    """Sentences of a text; what an abbreviation's dot cuts off is too short for one."""
    return sum(letters(sentence) >= _SENTENCE_LETTERS for sentence in SENTENCE.split(text))


def check_options(turn: SourceTurn, text: str) -> Failure | None:
    """A question with options has all of them."""
    option = _option(turn.language)
    before, after = len(option.findall(turn.text)), len(option.findall(text))
    if before > 1 and before != after:
        detail = f"the text has {before} options and the translation {after}; keep all, with marks"
        return Failure("solved", detail)
    return None


def check_speakers(turn: SourceTurn, text: str) -> Failure | None:
    """No turn was added: no line opens with a speaker that the source does not have."""
    ground = languages.get(turn.language).ground
    own = (ground.user, ground.assistant) if ground else ()
    names = "|".join(map(re.escape, (*source_patterns().speakers, *own)))
    speaker = re.compile(_SPEAKER.format(names=names), re.IGNORECASE | re.MULTILINE)
    before, after = len(_LABEL.findall(turn.text)), len(_LABEL.findall(text))
    named = speaker.search(text) and not speaker.search(turn.text)
    if (named and after > before) or (not before and after > 1):
        return Failure("turn_count", "it holds further turns; translate this one turn only")
    return None


def check_turns(source: Sequence[str], translation: Sequence[str]) -> Failure | None:
    """As many turns as the source, none empty, and no translation used for two turns.

    Two turns of the source that differ must differ in the translation.
    """
    if len(source) != len(translation):
        detail = f"the dialogue has {len(source)} turns and its translation {len(translation)}"
        return Failure("turn_count", detail)
    seen: dict[str, str] = {}
    for one, other in zip(source, translation, strict=True):
        if not other.strip():
            return Failure("turn_count", "a turn of the translation is empty")
        if len(other) > 80 and seen.setdefault(other, one) != one:
            return Failure("turn_count", "two turns that differ have one translation")
    return None


@cache
def _option(language: str) -> re.Pattern[str]:
    """A line that opens with the letter of a choice, in a language or in English."""
    letters = {languages.get(code).writing.option_letters for code in (language, "en")}
    listed = "".join(sorted(letters))
    return re.compile(rf"^[ \t>*-]*\(?[{listed}][).．、）][ \t]*\S", re.MULTILINE)
