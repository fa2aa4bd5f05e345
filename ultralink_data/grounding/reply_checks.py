"""Checks of the questions and answers that a model writes about a document."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ultralink_data import languages
from ultralink_data.grounding.reply_content import (
    copies,
    goes_in_circles,
    names_subject,
    says_again,
)
from ultralink_data.languages.sections import Ground
from ultralink_data.stage.asking import Failure
from ultralink_data.text.control_tokens import first_mark
from ultralink_data.text.language_id import other_language
from ultralink_data.text.spellings import folded
from ultralink_data.text.tokens import estimate_tokens

_OPENING = 120
"""Characters at the beginning of a reply in which a refusal or a preface is looked for."""

_MARKS = "?？؟"

_CLOSING = "\"'»”’“」』》)）* "
"""What may follow the mark of a question that ends with a quotation."""

_QUOTED = re.compile(
    r'"[^"\n]*"|“[^“”\n]*”|„[^“\n]*“|«[^«»\n]*»|”[^”\n]*”|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》'
)

_LIST_MARK = re.compile(r"(?:\d+\s*[.)]|[-*•–—])\s|\d+\s*[、．।）]")

_ASKED_AGAIN = 0.8
_ANSWERED_AGAIN = 0.6
"""Shares of 4-grams in one earlier question or answer. Of 466 later rounds in ShareGPT, where many
ask for the same once more, 13 questions and 19 answers have as much (docs/log.md)."""

_QUOTES = {"“": "”", "„": "“”", "«": "»", "「": "」", "『": "』", '"': '"'}

_OPENED = r"[\s\"'«“„”‘「¡¿*_#>(\[-]*"


def check_question(
    text: str, language: str, *, instruction: str, about: str, earlier: Sequence[str]
) -> Failure | None:
    """Whether a reply is one question in `language` that is clear without the document.

    `instruction` is the prompt without its filled-in values. A first question must share a word
    with `about`, its article; later ones may speak of "him" and "there". `earlier` are the
    questions of the dialogue so far, which must not be repeated. Questions within quotation marks,
    as in titles, are not counted.
    """
    shared = check_reply(text, language, instruction=instruction, about=about)
    if shared is not None:
        return shared
    mark = languages.get(language).phrases.question_mark
    said = text.strip()
    if not any(mark in said for mark in _MARKS):
        return Failure("no_question", f"it is not a question; end it with {mark}")
    if _questions(said) != 1 or "\n" in said:
        return Failure("several_questions", "it must be one single question and nothing else")
    if _LIST_MARK.match(said) or said.startswith("**") or _is_quoted(said):
        return Failure("markup", "write the question alone, without list marks, bold or quotes")
    if says_again(said, earlier, language, _ASKED_AGAIN):
        return Failure("repeated_question", "this question was asked before; ask another one")
    if not earlier and not names_subject(said, about, instruction, language):
        return Failure("no_subject", "it does not name what it is about; ask about the article")
    return None


def _is_quoted(text: str) -> bool:
    """Whether a text is in quotation marks, or opens with one that is never closed."""
    closing = _QUOTES.get(text[0])
    return bool(_QUOTED.fullmatch(text)) or (
        closing is not None and not any(mark in text[1:] for mark in closing)
    )


def _questions(text: str) -> int:
    """Questions outside quotations, and one that ends within one; 0 if it does not end as one."""
    marks = tuple(_MARKS)
    if not text.rstrip(_CLOSING).endswith(marks):
        return 0
    outside = _QUOTED.sub("", text)
    ends_quoted = not outside.rstrip(_CLOSING).endswith(marks)
    return len(re.findall(f"[{_MARKS}]+", outside)) + ends_quoted


def check_answer(
    text: str,
    language: str,
    *,
    instruction: str,
    about: str,
    question: str,
    earlier: Sequence[str],
    minimum: int,
) -> Failure | None:
    """Whether a reply is an answer in `language` of at least `minimum` tokens, by estimate.

    `about` is the article, or nothing. A repeated question is not counted. `earlier` are the
    answers of the dialogue so far, which must not be repeated.
    """
    shared = check_reply(text, language, instruction=instruction, about=about)
    if shared is not None:
        return shared
    if estimate_tokens(text, language) < minimum:
        return Failure("short_answer", "the answer is too short; answer fully")
    rest = _plain(text).replace(_plain(question), "")
    if estimate_tokens(rest, language) < minimum:
        return Failure("prompt_echo", "it repeats the question; answer it")
    if says_again(text, earlier, language, _ANSWERED_AGAIN):
        return Failure("repeated_answer", "most of it was said before; say what is new")
    return None


def check_reply(text: str, language: str, *, instruction: str, about: str) -> Failure | None:
    """Checks common to questions and answers.

    An article that itself says "in the document", as one on Magna Carta, may be quoted.
    """
    patterns = _patterns(language)
    name = languages.get(language).translate.english_name
    said = folded(text)
    if not text:
        return Failure("empty", "it is empty")
    if patterns.refusal.match(said[:_OPENING]):
        return Failure("refusal", "it declines instead of doing what was asked")
    leftover = first_mark([text])
    if leftover is not None:
        mark = leftover[1]
        return Failure(mark.reason, f"it holds {mark.text!r}; write only the text asked for")
    if patterns.preface.match(said[:_OPENING]):
        return Failure("preface", "it opens with words about itself; write only the text asked for")
    for found in patterns.mention.finditer(said):
        if found.group().casefold() not in folded(about).casefold():
            return Failure(
                "source_mention", f"it says {found.group()!r}; do not speak of any document"
            )
    if copies(text, instruction, language):
        return Failure("prompt_echo", "it repeats the instructions")
    if goes_in_circles(text, language):
        return Failure("repetitive", "it says the same thing again and again; say each thing once")
    seen = other_language(text, language)
    if seen is not None:
        return Failure("wrong_language", f"it is in {seen}, not in {name}; write in {name}")
    return None


class _Patterns(NamedTuple):
    refusal: re.Pattern[str]
    preface: re.Pattern[str]
    mention: re.Pattern[str]


@cache
def _patterns(language: str) -> _Patterns:
    spoken = languages.get(language)
    prefaces = [*spoken.phrases.prefaces]
    if spoken.ground is not None:
        prefaces.append(_labelled(spoken.ground))
    return _Patterns(
        refusal=_compiled(_OPENED, spoken.phrases.refusals),
        preface=_compiled(_OPENED, prefaces),
        mention=_compiled("", spoken.phrases.source_mentions),
    )


def _labelled(ground: Ground) -> str:
    """A label and a colon, with what may surround the label: `The question is:`."""
    labels = "|".join((*ground.labels, ground.user, ground.assistant))
    article, verb = f"(?:{ground.label_article})?", f"(?:{ground.label_is})?"
    return rf"{article}(?:{labels}){verb}[\s*_]*\d*[\s*_]*[:：]"


def _compiled(before: str, phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"{before}(?:{'|'.join(map(folded, phrases))})", re.IGNORECASE)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
