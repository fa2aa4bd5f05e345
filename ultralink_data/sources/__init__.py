"""English dialogues from the published files that upstream translates.

ShareGPT (chat_agnostic), MetaMathQA (math) and Magicoder (code), read as a stream; each row becomes
a dialogue or is rejected with a reason. To add a source, add a module that exports `SOURCE`.
"""

from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import unknown_name
from ultralink_data.sources.kinds import Source
from ultralink_data.sources.magicoder import SOURCE as MAGICODER
from ultralink_data.sources.metamath import SOURCE as METAMATH
from ultralink_data.sources.reading import SourceRow
from ultralink_data.sources.sharegpt import SOURCE as SHAREGPT
from ultralink_data.stage.outcome import Rejected, RowOutcome

SOURCES: dict[str, Source] = {s.name: s for s in (SHAREGPT, METAMATH, MAGICODER)}
"""The sources by name."""


def get(name: str) -> Source:
    """The source of this name.

    Raises:
        ConfigError: it is unknown; offers the nearest.
    """
    if name not in SOURCES:
        raise unknown_name("source", name, SOURCES)
    return SOURCES[name]


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
    outcome = get(source).convert(row.data, row.id)
    if outcome.rejected is not None or not row.mended:
        return outcome
    return RowOutcome(accepted=outcome.accepted, mended=(*row.mended, *outcome.mended))
