"""Anything that was recorded, as its tables: what notebooks show, and what `render` writes."""

from collections import Counter
from collections.abc import Sequence

from leaderboard import judged_tables
from leaderboard.collection import Collection, StoredJudged, StoredReport, StoredRun
from leaderboard.judged_records import JudgedReport
from leaderboard.ranking import Ranking
from leaderboard.ranking_tables import ranking_table
from leaderboard.records import ExperimentReport, RunRecord
from leaderboard.report_tables import report_tables
from leaderboard.run_tables import records_table
from leaderboard.table import Table, ordered_languages, text_table

MOST = 30
"""Rows of the table of a collection."""


def tables(shown: object) -> list[Table]:
    """The tables of a report, a run, a judged comparison, a ranking or a whole collection.

    A table is its own; of a list of these, all of theirs.

    Raises:
        TypeError: it is nothing that was recorded.
    """
    if isinstance(shown, StoredReport | StoredJudged):
        return tables(shown.report)
    if isinstance(shown, Table):
        return [shown]
    if isinstance(shown, ExperimentReport):
        return report_tables(shown)
    if isinstance(shown, RunRecord):
        return [records_table([shown])]
    if isinstance(shown, StoredRun):
        return [records_table([shown.record], title=shown.name)]
    if isinstance(shown, JudgedReport):
        return judged_tables.tables(shown)
    if isinstance(shown, Ranking):
        return [ranking_table(shown, drawn=False)]
    if isinstance(shown, Collection):
        return [collection_table(shown)]
    if isinstance(shown, Sequence) and not isinstance(shown, str | bytes):
        return [table for one in shown for table in tables(one)]
    raise TypeError(
        f"{type(shown).__name__} has no tables: give a report, a run, a ranking or a collection"
    )


def collection_table(collection: Collection) -> Table:
    """What a collection holds: experiments, judged comparisons and runs, the newest first."""
    rows = []
    for stored in reversed(collection.reports):
        report = stored.report
        languages = {score.cell.language for score in report.scores}
        tasks = dict.fromkeys(score.cell.task for score in report.scores)
        names = ", ".join(variant.name for variant in report.variants)
        rows.append(("experiment", stored.name, names, tasks, languages, report.started))
    for judged in reversed(collection.judged):
        one = judged.report
        tasks = {one.task: None}
        rows.append(("judged", judged.name, one.model, tasks, set(one.scores), ""))
    for run in reversed(collection.runs):
        record = run.record
        tasks = dict.fromkeys(cell.task for cell in record.cells)
        languages = {cell.language for cell in record.cells}
        rows.append((run.role, run.name, record.model, tasks, languages, record.started))
    counts = Counter(row[0] for row in rows)
    notes = [f"{len(rows) - MOST} more are not shown"] if len(rows) > MOST else []
    notes += [f"could not be read: {fault.message}" for fault in collection.faults]
    return text_table(
        f"{collection.folder}: "
        + (", ".join(f"{n} {what}" for what, n in counts.items()) or "empty"),
        ("", "Name", "Model or variants", "Tasks", "Languages", "Started"),
        [
            (kind, name, who, ", ".join(of), ", ".join(ordered_languages(spoken)), started[:16])
            for kind, name, who, of, spoken, started in rows[:MOST]
        ],
        *notes,
        wrap=("Model or variants", "Tasks", "Languages"),
    )
