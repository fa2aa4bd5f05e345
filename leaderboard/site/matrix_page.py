"""Every model against every other: a page for each task, metric and language.

The first of them is `matrix.html` too. A page has one table, so that forty models and as many
metrics and languages stay light; links lead from one to the other, and no script is needed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from leaderboard.collection import Collection
from leaderboard.pair_matrix import (
    MatrixSide,
    PairMatrices,
    PairMatrix,
    cell_lines,
    matrix_table,
)
from leaderboard.records import Effect
from leaderboard.site.html_table import to_html
from leaderboard.site.markup import Markup, element, joined, text
from leaderboard.site.page import above, page
from leaderboard.site.site_links import SiteLinks
from leaderboard.table import Cell

PATH: Final = "matrix.html"
FOLDER: Final = "matrix"

NO_PAIRS: Final = PairMatrices(matrices=(), notes=())
"""Of a site for which nobody computed the pairs, or where there are none."""

_LEAD: Final = "Every model against every other on the same problems: which differences hold."


def write_matrices(
    pairs: PairMatrices, collection: Collection, folder: Path, step: Callable[[str], None]
) -> None:
    """Write a page for each matrix, and the first one as the page that the navigation names."""
    links = SiteLinks(collection)
    (folder / PATH).write_text(_page(pairs, pairs.matrices[:1], links, PATH), encoding="utf-8")
    step(PATH)
    if pairs.matrices:
        (folder / FOLDER).mkdir()
    for matrix in pairs.matrices:
        path = f"{FOLDER}/{matrix.key}.html"
        (folder / path).write_text(_page(pairs, (matrix,), links, path), encoding="utf-8")
        step(path)


def _page(pairs: PairMatrices, shown: tuple[PairMatrix, ...], links: SiteLinks, path: str) -> str:
    body: list[Markup] = []
    for matrix in shown:
        body.append(_choice(pairs, matrix, path))
        body.append(_table(matrix, links, path))
    if not shown:
        body.append(element("p", "No two models have been asked the same problems alike yet."))
    if pairs.notes:
        notes = [element("li", note) for note in pairs.notes]
        body.append(element("section", element("h2", "Left out"), element("ul", *notes)))
    return page("Pairs", body, path=path, lead=_LEAD)


def _choice(pairs: PairMatrices, current: PairMatrix, path: str) -> Markup:
    """Links to all matrices: a row for each task and metric, with its languages."""
    groups: dict[tuple[str, ...], list[PairMatrix]] = {}
    for matrix in pairs.matrices:
        asked = (matrix.protocol, matrix.profile, matrix.task_version)
        groups.setdefault((matrix.task, matrix.metric, *asked), []).append(matrix)
    rows = []
    for (task, metric, protocol, profile, version), members in groups.items():
        links = [
            element(
                "a",
                matrix.language,
                href=f"{above(path)}{FOLDER}/{matrix.key}.html",
                aria_current="page" if matrix.key == current.key else None,
            )
            for matrix in members
        ]
        about = ", ".join(filter(None, (protocol, profile, version and f"version {version}")))
        cells = [
            element("th", f"{task} {metric}", scope="row"),
            element("td", about),
            element("td", joined(*links, between=" "), class_="links"),
        ]
        rows.append(element("tr", *cells))
    names = [element("th", name, scope="col") for name in ("Task", "Asked", "Languages")]
    table = element(
        "table",
        element("caption", "Task, metric and language", class_="unseen"),
        element("thead", element("tr", *names)),
        element("tbody", *rows),
    )
    inside = element("div", table, class_="scroll")
    return element("nav", inside, aria_label="Task, metric and language", class_="endpoints")


def _table(matrix: PairMatrix, links: SiteLinks, path: str) -> Markup:
    """The table of the terminal, with the parts of a cell under each other."""
    table = matrix_table(matrix)
    effects: dict[int, Effect] = {}
    sides: dict[int, MatrixSide] = {}
    for row, (side, found) in zip(table.rows, matrix.rows(), strict=True):
        sides[id(row.cells[0])] = side
        for cell, effect in zip(row.cells[2:], found, strict=True):
            if effect is not None:
                effects[id(cell)] = effect

    def content(cell: Cell) -> Markup:
        if side := sides.get(id(cell)):
            return _named(side, links, path)
        if effect := effects.get(id(cell)):
            return _difference(effect)
        return text(cell.text)

    return element("div", to_html(table, cell=content), class_="pairs")


def _named(side: MatrixSide, links: SiteLinks, path: str) -> Markup:
    seeds = f" ({side.seeds} seeds)" if side.seeds > 1 else ""
    link = links.page_of_side(side.runs)
    if not link:
        return text(f"{side.name}{seeds}")
    return joined(element("a", side.name, href=f"{above(path)}{link}"), seeds)


def _difference(effect: Effect) -> Markup:
    """Difference, interval, and in small type the smallest that would show."""
    difference, interval, least = cell_lines(effect)
    lines = [text(difference)]
    if interval:
        lines.append(text(interval))
    if least:
        lines.append(element("small", least))
    return joined(*lines, between=Markup("<br>"))
