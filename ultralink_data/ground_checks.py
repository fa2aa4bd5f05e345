"""Checks of the questions and answers that a model writes about a document."""

import re
from collections.abc import Sequence
from functools import cache

from ultralink_data import languages
from ultralink_data.asking import Failure
from ultralink_data.language_id import is_language
from ultralink_data.tokens import estimate_tokens

_OPENING = 120
"""Characters at the beginning of a reply in which a refusal or a preface is looked for."""

_ECHO = 60
"""Characters in a row of a prompt's instruction that no honest reply repeats."""

_MARKS = "?？؟"


def check_question(
    text: str, language: str, *, prompt: str, earlier: Sequence[str]
) -> Failure | None:
    """Whether a reply is one question in `language` that stands without the document.

    `earlier` are the questions of the dialogue so far, which must not come again.
    """
    shared = check_reply(text, language, prompt=prompt)
    if shared is not None:
        return shared
    marks = sum(text.count(mark) for mark in _MARKS)
    mark = languages.get(language).phrases.question_mark
    if not marks:
        return Failure("no_question", f"it is not a question; end it with {mark}")
    if marks > 1 or "\n" in text.strip() or not text.rstrip("\"'»”’ )").endswith(tuple(_MARKS)):
        return Failure("several_questions", "it must be one single question and nothing else")
    if _plain(text) in {_plain(question) for question in earlier}:
        return Failure("repeated_question", "this question was asked before; ask another one")
    return None


def check_answer(
    text: str, language: str, *, prompt: str, question: str, minimum: int
) -> Failure | None:
    """Whether a reply is an answer in `language` of at least `minimum` tokens, by estimate."""
    shared = check_reply(text, language, prompt=prompt)
    if shared is not None:
        return shared
    if estimate_tokens(text, language) < minimum:
        return Failure("short_answer", "the answer is too short; answer fully")
    if _plain(text) == _plain(question):
        return Failure("prompt_echo", "it repeats the question; answer it")
    return None


def check_reply(text: str, language: str, *, prompt: str) -> Failure | None:
    """What holds for questions and answers alike."""
    refusal, preface, mention = _patterns(language)
    name = languages.get(language).translate.english_name
    if not text:
        return Failure("empty", "it is empty")
    if refusal.match(text[:_OPENING]):
        return Failure("refusal", "it declines instead of doing what was asked")
    if preface.match(text[:_OPENING]):
        return Failure("preface", "it opens with words about itself; write only the text asked for")
    found = mention.search(text)
    if found is not None:
        return Failure("source_mention", f"it says {found.group()!r}; do not speak of any document")
    if echoes(text, prompt):
        return Failure("prompt_echo", "it repeats the instructions")
    if not is_language(text, language):
        return Failure("wrong_language", f"it is not in {name}; write in {name}")
    return None


def echoes(text: str, prompt: str) -> bool:
    """Whether a reply repeats a stretch of the prompt's last paragraph, its instruction."""
    instruction = " ".join(prompt.strip().rpartition("\n\n")[2].split())
    said = " ".join(text.split())
    starts = range(0, max(1, len(instruction) - _ECHO + 1), 10)
    return len(instruction) >= _ECHO and any(instruction[i : i + _ECHO] in said for i in starts)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    phrases = languages.get(language).phrases
    opened = r"[\s\"'«“*#]*(?:%s)"
    groups = (phrases.refusals, phrases.prefaces, phrases.source_mentions)
    refusal, preface, mention = (f"(?:{'|'.join(group)})" for group in groups)
    return (
        re.compile(opened % refusal, re.IGNORECASE),
        re.compile(opened % preface, re.IGNORECASE),
        re.compile(mention, re.IGNORECASE),
    )


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
