"""The check for text left in English: the whole turn, a sentence, a comment in the code."""

import re

from ultralink_data import languages
from ultralink_data.stage.asking import Failure
from ultralink_data.text.language_id import detect
from ultralink_data.translation.comments import comments
from ultralink_data.translation.regions import blocks, prose
from ultralink_data.translation.source_patterns import source_patterns
from ultralink_data.translation.turns import SourceTurn, passages_to_correct, without, words
from ultralink_data.translation.wording import NAME, SENTENCE, is_mended_passage

_LEAST_WORDS = 5
"""Words from which a sentence that stands in the source too was left untranslated."""

_ENOUGH_TO_TELL = 6
"""Words from which a sentence is held to be English by the model of languages."""

_SURE = 0.9
"""Least probability of English there; names, which stay as they are, set aside."""

_LATIN_RUN = 8
"""English words in a row, in another script, from which a part was left untranslated."""

_PHRASE = 4
"""Words from which a turn that came back unchanged is a phrase: "Bank of America" has fewer."""

_CODE = re.compile(r"\w\(|[={}\[\]<>;]|\w_\w|>>>|^\s*(?:import|from|def|class) \w")
"""What is code or a formula, even outside a fence, and stays."""


def check_remainder(turn: SourceTurn, text: str) -> Failure | None:
    """No sentence of the source is left unchanged, and no other one is English."""
    if is_mended_passage(turn, turn.text):
        return None
    kept = (*passages_to_correct(turn.text), *turn.answers)
    said, before = (prose(without(t, kept)) for t in (text, turn.text))
    source = {tuple(words(s)) for s in SENTENCE.split(before)}
    names = {name.casefold() for name in NAME.findall(turn.text)}
    if words(said) == words(before) and _is_phrase(said):
        return _untranslated(said)
    for sentence in SENTENCE.split(said):
        run = _latin_run(sentence) if _other_script(turn.language) else ""
        if run and run in " ".join(words(turn.text)):
            return _untranslated(run)
        left = len(words(sentence)) >= _LEAST_WORDS and tuple(words(sentence)) in source
        if left or _is_english(sentence, names):
            return _untranslated(sentence)
    return _check_comments(turn.text, text, names)


def _check_comments(source: str, text: str, names: set[str]) -> Failure | None:
    """The comments and docstrings of fenced code, of which examples and code stay."""
    before, after = (
        [s for b in blocks(t) for s in SENTENCE.split(prose(comments(b.code, b.tag)))]
        for t in (source, text)
    )
    known = {tuple(words(sentence)) for sentence in before}
    for sentence in after:
        if _CODE.search(sentence) or tuple(words(sentence)) not in known:
            continue
        if len(words(sentence)) >= _LEAST_WORDS and _is_phrase(sentence):
            return _untranslated(sentence)
    return next((_untranslated(s) for s in after if _is_english(s, names)), None)


def _is_phrase(text: str) -> bool:
    """Whether a text is words of English, and not only names, numbers or code."""
    if _CODE.search(text):
        return False
    phrase = len(words(text)) >= _PHRASE and source_patterns().sentence.search(text)
    return bool(phrase or (len(words(text)) > 1 and source_patterns().personal.search(text)))


def _is_english(sentence: str, names: set[str]) -> bool:
    """Whether a sentence of some length is English and no code, the names of the source aside."""
    bare = NAME.sub(lambda match: " " if match[0].casefold() in names else match[0], sentence)
    if len(words(bare)) < _ENOUGH_TO_TELL or _CODE.search(sentence):
        return False
    language, probability = detect(bare)
    return (
        language == "en"
        and probability >= _SURE
        and source_patterns().sentence.search(bare) is not None
    )


def _untranslated(part: str) -> Failure:
    return Failure("untranslated", f"this is still in English: {part.strip()[:80]!r}")


def _latin_run(sentence: str) -> str:
    """The first long run of words in Latin letters, "" where there is none."""
    found = re.search(
        rf"(?:[a-z'’]+[,;:]?[ ]+){{{_LATIN_RUN - 1},}}[a-z'’]+", sentence, re.IGNORECASE
    )
    return " ".join(words(found[0])) if found else ""


def _other_script(language: str) -> bool:
    return "LATIN" not in languages.get(language).writing.scripts
