"""How a language states the answer of a math problem: its phrases, and the English ones.

Apart from MGSM, whose texts these are, so that other math benchmarks do not depend on all of it.
"""

from functools import cache
from typing import TYPE_CHECKING

from ultralink_data import languages
from ultralink_data.errors import unknown_name
from ultralink_data.languages.sections import MgsmTexts
from ultralink_data.text.number_style import style_of

if TYPE_CHECKING:
    from tasks.grading.answer_readers import Phrases


def math_texts(language: str) -> MgsmTexts:
    """The MGSM section of a language.

    Raises:
        ConfigError: the language is unknown or has no such section.
    """
    found = languages.get(language).mgsm
    if found is None:
        have = [code for code in languages.names() if languages.get(code).mgsm is not None]
        raise unknown_name("language of mgsm", language, have)
    return found


def answer_phrases(language: str) -> "tuple[Phrases, ...]":
    """The phrases of a language, then the English ones: `en_cot` answers in English."""
    codes = dict.fromkeys((language, "en"))
    return tuple(_phrases(code) for code in codes)


@cache
def _phrases(code: str) -> "Phrases":
    from tasks.grading.answer_readers import Phrases

    text = math_texts(code)
    return Phrases(
        patterns=text.answer_phrases,
        style=style_of(code),
        worked=text.worked,
        next_question=languages.get(code).phrases.next_question,
        language=code,
    )
