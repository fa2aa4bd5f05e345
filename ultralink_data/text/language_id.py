"""Which language a text is in, by an offline model (py3langid, 130 languages, 5 MB)."""

import re
from functools import cache
from typing import TYPE_CHECKING

from ultralink_data import languages
from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LIKELY = 0.1
"""Least probability of the language asked for. Of the first 20 characters of MGSM's questions 83 to
100 % reach it in their own language and at most 2.4 % in another one; of whole questions all and
none (docs/log.md)."""

_LETTERS = 20
"""Letters below which only the script is looked at: no model tells so little text apart."""

_SCRIPT_SHARE = 0.5
"""Least share of letters in the language's script; names and terms often stand in another."""

_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|https?://\S+", re.S)
"""Code, formulas and addresses have no language."""


def detect(text: str) -> tuple[str, float]:
    """The most probable language of a text and its probability."""
    code, probability = _identifier().classify(prose(text))
    return str(code), float(probability)


def is_language(text: str, code: str) -> bool:
    """Whether the prose of a text is in the language `code`; what has no prose is in every one.

    Of a language that the model does not know (`identified_as` is empty) the script decides alone.

    Raises:
        ConfigError: an unknown language, or one whose file names a code that the model lacks.
    """
    writing = languages.get(code).writing
    said = prose(text)
    letters = [character for character in said if character.isalpha()]
    if not letters:
        return True
    own = sum(map(writing.is_own, letters))
    if own < _SCRIPT_SHARE * len(letters):
        return False
    if (len(letters) < _LETTERS and writing.spaces) or not writing.identified_as:
        return True
    ranked: dict[str, float] = dict(_identifier().rank(said))
    for name in writing.identified_as:
        if name not in ranked:
            raise ConfigError(
                f"language {code!r} is identified as {name!r}, which the language identifier lacks",
                hint=f"correct `identified_as` in ultralink_data/languages/{code}.py (may be ())",
            )
    return sum(ranked[name] for name in writing.identified_as) >= _LIKELY


def prose(text: str) -> str:
    """The text without code, formulas and addresses."""
    return _NOT_PROSE.sub(" ", text)


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
