"""Which page of the site shows what: addresses are made of keys, never of names."""

from collections.abc import Iterator

from leaderboard.collection import Collection, StoredReport, StoredRun
from leaderboard.score_rows import ScoreRow


class SiteLinks:
    """The runs of every report of a collection, and the pages of both."""

    def __init__(self, collection: Collection) -> None:
        by_path = {run.path: run for run in collection.runs}
        self._runs: dict[str, list[StoredRun]] = {}
        self._reports: dict[str, list[StoredReport]] = {}
        self._judged = {(one.name, one.report.model): one for one in collection.judged}
        for stored in collection.reports:
            found = [by_path[path] for path in _record_paths(stored) if path in by_path]
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
        for key in row.runs:
            for stored in self._reports.get(key, []):
                return f"experiments/{stored.key}.html"
        judged = self._judged.get((row.source, row.model)) if row.origin == "own" else None
        return f"experiments/{judged.key}.html" if judged else ""


def _record_paths(stored: StoredReport) -> Iterator[object]:
    report = stored.report
    noise = report.noise.records if report.noise else ()
    for name in (*report.records, *noise, *report.checkpoints):
        yield stored.path.parent / name
