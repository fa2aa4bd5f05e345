"""Pages of experiments, and the list of them."""

from collections.abc import Callable
from pathlib import Path

from leaderboard.collection import Collection, StoredReport
from leaderboard.report_tables import report_tables
from leaderboard.site.html_table import to_html
from leaderboard.site.link_table import LinkedTable
from leaderboard.site.markup import element
from leaderboard.site.page import page
from leaderboard.table import Column, number_cell, text_cell

FOLDER = "experiments"


def write_experiments(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
    """Write the list of experiments and a page for each."""
    (folder / FOLDER).mkdir(exist_ok=True)
    index = f"{FOLDER}/index.html"
    (folder / index).write_text(_index(collection, index), encoding="utf-8")
    step(index)
    for stored in collection.reports:
        path = f"{FOLDER}/{stored.key}.html"
        (folder / path).write_text(_experiment(stored, path), encoding="utf-8")
        step(path)


def _index(collection: Collection, path: str) -> str:
    table = LinkedTable("Experiments", _COLUMNS)
    for stored in reversed(collection.reports):
        report = stored.report
        table.add(
            f"{stored.key}.html",
            text_cell(stored.name),
            text_cell(report.question),
            text_cell(report.profile),
            number_cell(len(report.variants)),
            number_cell(len(report.seeds)),
            text_cell(report.started[:10]),
        )
    empty = element("p", "No experiment has finished yet: `ultralink-bench run` makes one.")
    return page(
        "Experiments",
        [table.html() if collection.reports else empty],
        path=path,
        lead="Variants of a dataset, compared with a reference problem by problem.",
    )


_COLUMNS = (
    Column(name="Experiment"),
    Column(name="Question", wrap=True),
    Column(name="Profile"),
    Column(name="Variants", align="right"),
    Column(name="Seeds", align="right"),
    Column(name="Date"),
)


def _experiment(stored: StoredReport, path: str) -> str:
    tables = [to_html(table) for table in report_tables(stored.report)]
    return page(stored.name, tables, path=path, lead=stored.report.question)
