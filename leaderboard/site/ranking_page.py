"""The first page: every ranking, best first."""

from collections.abc import Callable
from pathlib import Path

from leaderboard.collection import Collection
from leaderboard.ranking import Ranking, ranked_rows, rankings
from leaderboard.site.html_table import to_html
from leaderboard.site.markup import element
from leaderboard.site.page import page
from leaderboard.table import Cell, Column, Table, TableRow, score_text

PATH = "index.html"


def write_ranking(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
    """Write the first page of the site."""
    found = rankings(ranked_rows(collection))
    body = [to_html(_table(one), labels=2) for one in found]
    empty = [element("p", "Nothing has been evaluated yet: `ultralink-bench eval` does.")]
    text = page("Ranking", body or empty, path=PATH)
    (folder / PATH).write_text(text, encoding="utf-8")
    step(PATH)


def _table(ranking: Ranking) -> Table:
    rows = []
    for model in ranking.models:
        cells = [
            Cell(text="" if model.place is None else str(model.place)),
            Cell(text=model.model),
            Cell(text=model.origin),
        ]
        for language in ranking.languages:
            row = model.by_language.get(language)
            value = None if row is None else row.value
            cells.append(Cell(text=score_text(value, ranking.higher_is_better)))
        rows.append(TableRow(cells=tuple(cells)))
    return Table(
        title=f"{ranking.task} {ranking.metric}",
        columns=(
            Column(name="Place", align="right"),
            *(Column(name=name) for name in ("Model", "Origin")),
            *(Column(name=language, align="right") for language in ranking.languages),
        ),
        rows=tuple(rows),
    )
