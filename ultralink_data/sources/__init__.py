"""English dialogues from the published files that upstream translates.

ShareGPT (chat_agnostic), MetaMathQA (math) and Magicoder (code), read as a stream; each row becomes
a dialogue or is rejected with a reason. To add a source, add a module that exports `SOURCE`.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import unknown_name
from ultralink_data.sources.clean_rows import without_marks
from ultralink_data.sources.kinds import Source
from ultralink_data.sources.reading import SourceRow
from ultralink_data.stage.outcome import Rejected, RowOutcome

_SHARED = {"clean_rows", "kinds", "reading"}
"""Modules here that are no source."""


def names() -> list[str]:
    """Names of the sources, which are those of their modules."""
    return sorted({module.name for module in iter_modules(__path__)} - _SHARED)


@cache
def get(name: str) -> Source:
    """The source of this name.

    Raises:
        ConfigError: it is unknown; offers the nearest.
    """
    if name not in names():
        raise unknown_name("source", name, names())
    source: Source = import_module(f"{__name__}.{name}").SOURCE
    if source.name != name:
        raise ValueError(f"sources/{name}.py has source {source.name!r}")
    return source


def convert(row: SourceRow, source: str) -> RowOutcome[Dialogue]:
    """The dialogue made from a row, or the reason why there is none.

    Raises:
        ConfigError: an unknown source.
    """
    if row.data is None:
        rejected = Rejected(
            id=row.id, language=row.language, reason=row.reason, detail=f"{row.place}: {row.detail}"
        )
        return RowOutcome(rejected=rejected)
    outcome = without_marks(get(source).convert(row.data, row.id))
    if outcome.rejected is not None or not row.mended:
        return outcome
    return RowOutcome(accepted=outcome.accepted, mended=(*row.mended, *outcome.mended))
