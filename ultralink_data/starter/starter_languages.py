"""The languages that the starter set is written in, and how each closes a solution."""

from collections.abc import Sequence
from typing import Final

from ultralink_data import languages

LANGUAGES: Final[tuple[str, ...]] = ("en", "zh", "es", "fr", "ru")
"""Keys see from these names which language files count, as this module reads them."""


def closings(codes: Sequence[str] = LANGUAGES) -> dict[str, str]:
    """The closing sentence of a worked solution by language, with `{answer}`."""
    return {code: languages.get(code).builder.answer_sentence for code in codes}
