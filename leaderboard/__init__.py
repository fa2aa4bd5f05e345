"""Run records, and the table object from which all output is rendered.

Input: records from `harness`. Output: tables for the terminal, files, pages and notebooks.

From Python: `import leaderboard as lb; lb.load("runs").scores()` (docs/python_api.md). What is
named here is imported when it is used, so that the import itself takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from leaderboard.collection import Collection, StoredJudged, StoredReport, StoredRun, load
    from leaderboard.ranking import Ranking, ranked_rows, rankings
    from leaderboard.records import ExperimentReport, RunRecord
    from leaderboard.score_rows import ScoreRow
    from leaderboard.shown_tables import tables
    from leaderboard.table import Table

__all__ = (
    "Collection",
    "ExperimentReport",
    "Ranking",
    "RunRecord",
    "ScoreRow",
    "StoredJudged",
    "StoredReport",
    "StoredRun",
    "Table",
    "load",
    "ranked_rows",
    "rankings",
    "tables",
)

_MODULES: Final = {
    "collection": ("Collection", "StoredJudged", "StoredReport", "StoredRun", "load"),
    "ranking": ("Ranking", "ranked_rows", "rankings"),
    "records": ("ExperimentReport", "RunRecord"),
    "score_rows": ("ScoreRow",),
    "shown_tables": ("tables",),
    "table": ("Table",),
}


def __getattr__(name: str) -> Any:
    """A public name, from its module.

    Raises:
        AttributeError: there is none of that name.
    """
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names too, for completion."""
    return sorted({*globals(), *__all__})
