"""One file per language; adding a language is adding a file here.

A language file exports `LANGUAGE`, a `Language`. Sections that a language lacks are None;
inside a section every field is required, so that a missing one fails at import.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

from ultralink_data.added_code import exported
from ultralink_data.errors import ConfigError, unknown_name
from ultralink_data.languages.sections import Language


def names() -> list[str]:
    """Codes of all languages with a file, English first."""
    found = {m.name for m in iter_modules(__path__)} - {"sections", "number_sections"}
    return sorted(found, key=lambda code: (code != "en", code))


def every() -> Iterator[Language]:
    """All languages with a file, English first.

    For a fact that holds across languages. Call it from a small separate module, as every caller
    then depends on all language files (see `harness.engine.source_hash`).
    """
    return map(get, names())


@cache
def get(code: str) -> Language:
    """The language with this code.

    Raises:
        ConfigError: it has no file (offers the nearest names), or the file is invalid.
    """
    if code not in names():
        raise unknown_name("language", code, names())
    path = Path(__file__).with_name(f"{code}.py")
    language: Language = exported(f"{__name__}.{code}", path, "LANGUAGE", Language)
    if language.code != code:
        raise ConfigError(
            f"{path}: the file has code {language.code!r}",
            hint="a language's file is named by its code: rename one of them",
        )
    return language
