"""Which page of the site shows what: addresses are made of keys, never of names."""

from collections.abc import Sequence

from leaderboard.collection import Collection, StoredReport, StoredRun
from leaderboard.score_rows import ScoreRow


class SiteLinks:
    """The runs of every report of a collection, and the pages of both."""

    def __init__(self, collection: Collection) -> None:
        self._runs: dict[str, list[StoredRun]] = {}
        self._reports: dict[str, list[StoredReport]] = {}
        self._judged = {(one.name, one.report.model): one for one in collection.judged}
        for stored in collection.reports:
            found = collection.runs_of(stored, all_roles=True)
            self._runs[stored.key] = found
            for run in found:
                self._reports.setdefault(run.key, []).append(stored)

    def runs_of(self, stored: StoredReport) -> list[StoredRun]:
        """The runs that a report names, those of its noise floor and checkpoints too."""
        return self._runs[stored.key]

    def reports_of(self, run: StoredRun) -> list[StoredReport]:
        """The reports that name a run."""
        return self._reports.get(run.key, [])

    def page_of(self, row: ScoreRow) -> str:
        """The page that says more of a score, from the site's folder; "" without one."""
        if row.run:
            return f"runs/{row.run}.html"
        if row.runs:
            return self.page_of_side(row.runs)
        judged = self._judged.get((row.source, row.model)) if row.origin == "own" else None
        return f"experiments/{judged.key}.html" if judged else ""

    def page_of_side(self, keys: Sequence[str]) -> str:
        """The page of several runs by their keys: that of their experiment, else the first run's.

        "" where there is no run.
        """
        for key in keys:
            for stored in self._reports.get(key, []):
                return f"experiments/{stored.key}.html"
        return f"runs/{keys[0]}.html" if keys else ""
