"""Pages of single runs, and the list of them."""

from collections.abc import Callable
from pathlib import Path

from leaderboard.collection import Collection, StoredRun
from leaderboard.run_tables import records_table
from leaderboard.site.html_table import to_html
from leaderboard.site.link_table import LinkedTable
from leaderboard.site.markup import element
from leaderboard.site.page import page
from leaderboard.table import Column, text_cell

FOLDER = "runs"


def write_runs(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
    """Write the list of runs and a page for each."""
    (folder / FOLDER).mkdir(exist_ok=True)
    index = f"{FOLDER}/index.html"
    (folder / index).write_text(_index(collection, index), encoding="utf-8")
    step(index)
    for run in collection.runs:
        path = f"{FOLDER}/{run.key}.html"
        (folder / path).write_text(_run(run, path), encoding="utf-8")
        step(path)


_COLUMNS = (
    Column(name="Run"),
    Column(name="Model", wrap=True),
    Column(name="Kind"),
    Column(name="Profile"),
    Column(name="Date"),
)


def _index(collection: Collection, path: str) -> str:
    table = LinkedTable("Runs", _COLUMNS)
    for run in reversed(collection.runs):
        record = run.record
        table.add(
            f"{run.key}.html",
            text_cell(run.name),
            text_cell(record.model),
            text_cell(run.role),
            text_cell(record.profile or ""),
            text_cell(record.started[:10]),
        )
    empty = element("p", "Nothing has been evaluated yet: `ultralink-bench eval` does.")
    return page("Runs", [table.html() if collection.runs else empty], path=path)


def _run(run: StoredRun, path: str) -> str:
    return page(run.name, [to_html(records_table([run.record]), labels=3)], path=path)
