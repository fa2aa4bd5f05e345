"""Render a table as text: terminal, Markdown, CSV, LaTeX; and write the files of a report.

Names of variants, models and notes come from outside, so every format escapes all text. Invisible
characters and those that affect the text around them (control characters, escape codes, direction
overrides) are written as their code in every format.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from leaderboard.fitting import broken_lines, narrow_widths, width
from leaderboard.latex_escape import escape_latex
from leaderboard.table import Cell, Column, Emphasis, Raw, Table, TableRow, bounds, heat_step
from leaderboard.visible_text import visible
from ultralink_data import atomic

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table as RichTable

    from leaderboard.records import ExperimentReport

_STYLES: dict[Emphasis, str] = {
    "": "",
    "strong": "bold",
    "second": "underline",
    "good": "green",
    "bad": "bold red",
    "muted": "dim",
}

_HEAT = ("#f9e0d2", "#f2b48f", "#e07b39"), ("#dbe9f6", "#9dc6e8", "#5a9bd4")
"""Grounds of a matrix's cells, worse and better, faint to deep; told apart by the colour-blind."""

# Terminal


def to_rich(table: Table) -> "RenderableType":
    """A rich renderable: title, caption, table, notes. Text is never read as markup.

    Where the console is too narrow for the table, all columns wrap, so that nothing is cut off.
    """
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = [Text(visible(table.title), style="bold underline")]
    if table.caption:
        parts.append(Text(visible(table.caption), style="italic"))
    parts += [Text(""), _Fitted(table)]
    parts += [Padding(Text(visible(note)), (0, 0, 0, 2), expand=False) for note in table.notes]
    return Group(*parts)


class _Fitted:
    """The rows and columns of a table, in as much width as there is."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "Iterator[RichTable]":
        most = options.max_width
        fits = width(self._table) <= most
        yield _grid(self._table, [] if fits else narrow_widths(self._table, most))


def _grid(table: Table, widths: Sequence[int]) -> "RichTable":
    """The table; with `widths` every column wraps at its own."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(
        # Columns are separated by two blanks and no lines, so that seven fit in 100 characters.
        box=box.Box("    \n    \n -- \n    \n    \n -- \n    \n    \n", ascii=True),
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="bold",
    )
    narrow = bool(widths)
    for column, own in zip_longest(table.columns, widths):
        name = visible(column.name)
        grid.add_column(
            Text(broken_lines(name) if narrow and column.align == "right" else name),
            width=own,
            justify=column.align,
            no_wrap=not (column.wrap or narrow),
            overflow="fold",
            vertical="top",
        )
    for row, rule_below in zip(table.rows, (*table.rules, False)[1:], strict=True):
        cells = [
            _rich_cell(cell, broken=narrow and column.align == "right")
            for cell, column in zip(row.cells, table.columns, strict=True)
        ]
        grid.add_row(*cells, end_section=rule_below)
    return grid


def _rich_cell(cell: Cell, *, broken: bool) -> "RenderableType":
    from rich.text import Text

    text = "" if cell.repeat else visible(cell.text)
    shade = ground(cell)
    # Black, as the ground is light on a dark terminal too.
    heated = f" #000000 on {shade}" if shade else ""
    return Text(
        broken_lines(text) if broken else text, style=f"{_STYLES[cell.emphasis]}{heated}".strip()
    )


def ground(cell: Cell) -> str:
    """The colour behind a cell, "" without one or if the difference is near 0."""
    step = heat_step(cell)
    return _HEAT[step > 0][abs(step) - 1] if step else ""


# Markdown

_MARKDOWN = str.maketrans(
    {
        **{character: f"\\{character}" for character in "\\`*|~$"},
        **{"&": "&amp;", "<": "&lt;", ">": "&gt;"},
        # Entities, because these make links and mentions whatever comes before them.
        **{"@": "&#64;", "#": "&#35;"},
    }
)


def escape_markdown(text: str) -> str:
    """`text` escaped for GitHub's Markdown, in and outside tables: no markup, HTML or links.

    Brackets and underscores are escaped only where they are markup, so that intervals and task
    names stay readable in the source.
    """
    text = visible(text).translate(_MARKDOWN)
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
    text = re.sub(r"\](?=[(\[:])", r"\\]", text)
    text = text.replace("://", "&#58;//").replace("www.", "www&#46;")
    return re.sub(r"^([-+](?=[ -]|$)|=|\[|\d+(?=[.)] ))", _escape_start, text)


def _escape_start(match: "re.Match[str]") -> str:
    start = match.group()
    return f"&#{ord(start[0])};{start[1:]}" if start[0].isdigit() else f"\\{start}"


def to_markdown(table: Table) -> str:
    """A heading, the caption, a pipe table and the notes as a list."""
    header = [escape_markdown(column.name) for column in table.columns]
    rule = ["---:" if column.align == "right" else ":---" for column in table.columns]
    rows = [[_markdown_cell(cell) for cell in row.cells] for row in table.rows]
    lines = [f"### {escape_markdown(table.title)}", ""]
    if table.caption:
        lines += [escape_markdown(table.caption), ""]
    lines += [f"| {' | '.join(row)} |" for row in (header, rule, *rows)]
    if table.notes:
        lines += ["", *(f"- {escape_markdown(note)}" for note in table.notes)]
    return "\n".join(lines) + "\n"


def _markdown_cell(cell: Cell) -> str:
    text = escape_markdown(cell.text)
    if cell.emphasis == "second" and text:
        return f"<u>{text}</u>"
    return f"**{text}**" if cell.emphasis in ("strong", "bad") and text else text


# CSV


def to_csv(table: Table) -> str:
    """RFC 4180 with a header row; unrounded values where a cell has one.

    What a cell holds beside its value, such as the bounds of an interval, follows in columns of
    their own (`NAME low`, `NAME high`). A text that a spreadsheet would run as a formula (starting
    with = + - @) gets a leading apostrophe; numbers do not.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    further = [_beside_names(row.cells[place] for row in table.rows) for place in _places(table)]
    writer.writerow(
        csv_text(" ".join((column.name, *name)))
        for column, names in zip(table.columns, further, strict=True)
        for name in ((), *((name,) for name in names))
    )
    for row in table.rows:
        writer.writerow(
            _csv_value(value)
            for cell, names in zip(row.cells, further, strict=True)
            for value in _csv_values(cell, names)
        )
    return file.getvalue()


def _places(table: Table) -> range:
    return range(len(table.columns))


def _beside_names(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The names of what the cells of a column hold beside their values, in their order."""
    return tuple(dict.fromkeys(name for cell in cells for name, _ in _beside(cell)))


def _csv_values(cell: Cell, names: Sequence[str]) -> Iterator[Raw]:
    """The value of a cell and those beside it, None for what it has not."""
    yield cell.text if cell.raw is None else cell.raw
    found = dict(_beside(cell))
    yield from (found.get(name) for name in names)


_INTERVAL = re.compile(
    r"[!<>~ ]*[-+]?\d[\d,]*(?:\.\d+)?(?: ?%| pt)? "
    r"\[([-+]?\d[\d,]*(?:\.\d+)?)(?: ?%)?, ([-+]?\d[\d,]*(?:\.\d+)?)(?: ?%)?\](?: ?%| pt)?"
)
"""A number with its interval, and nothing else."""


def _beside(cell: Cell) -> tuple[tuple[str, Raw], ...]:
    """What a cell holds beside its value; of one that is only text, the bounds that it shows."""
    if cell.beside or not isinstance(cell.raw, str | None):
        return cell.beside
    shown = _INTERVAL.fullmatch(cell.text)
    return bounds(*(float(one.replace(",", "")) for one in shown.groups())) if shown else ()


def _csv_value(value: Raw) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return csv_text(value or "")


def csv_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula, with what cannot be seen written out."""
    text = visible(text)
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") and text.strip() else text


# LaTeX

LATEX_PACKAGES = (r"\usepackage[T1]{fontenc}", r"\usepackage{textcomp}", r"\usepackage{booktabs}")
"""Packages that a document needs to input these tables (the input encoding is UTF-8)."""

COLOUR_PACKAGE = r"\usepackage[table]{xcolor}"
"""What it needs as well if a table has coloured cells."""


def latex_packages(tables: Sequence[Table]) -> tuple[str, ...]:
    """The packages that a document needs to input these tables."""
    coloured = any(ground(cell) for t in tables for row in t.rows for cell in row.cells)
    return (*LATEX_PACKAGES, *((COLOUR_PACKAGE,) if coloured else ()))


def to_latex(table: Table) -> str:
    """A floating booktabs table; needs `LATEX_PACKAGES`."""
    alignment = "".join("r" if column.align == "right" else "l" for column in table.columns)
    header = " & ".join(escape_latex(column.name) for column in table.columns)
    caption = escape_latex(f"{table.title}. {table.caption}".strip())
    lines = [
        r"\begin{table}[htbp]",
        r"\centering\footnotesize\setlength{\tabcolsep}{4pt}\setlength{\belowcaptionskip}{6pt}",
        rf"\caption{{{caption}}}",
        rf"\begin{{tabular}}{{@{{}}{alignment}@{{}}}}",
        r"\toprule",
        rf"{header} \\",
        r"\midrule",
        *(
            _latex_row(row, table.columns, rule=rule)
            for row, rule in zip(table.rows, table.rules, strict=True)
        ),
        r"\bottomrule",
        r"\end{tabular}",
        *(rf"\par\smallskip\parbox{{\linewidth}}{{{escape_latex(note)}}}" for note in table.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def latex_text(tables: Sequence[Table]) -> str:
    """The text of a file with the tables, which begins with the packages that they need."""
    needed = "".join(f"% needs {package}\n" for package in latex_packages(tables))
    return needed + "\n".join(map(to_latex, tables))


def _latex_row(row: TableRow, columns: Sequence[Column], *, rule: bool) -> str:
    cells = [_latex_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True)]
    above = "\\addlinespace\n" if rule else ""
    return rf"{above}{' & '.join(cells)} \\"


def _latex_cell(cell: Cell, column: Column) -> str:
    if cell.repeat:
        return ""
    text = escape_latex(cell.text)
    if column.align == "right":
        text = re.sub(r"(^|[ }])-(?=\d)", r"\1$-$", text)
    text = rf"\textbf{{{text}}}" if cell.emphasis in ("strong", "bad") and text else text
    text = rf"\underline{{{text}}}" if cell.emphasis == "second" and text else text
    shade = ground(cell)
    return rf"\cellcolor[HTML]{{{shade[1:].upper()}}}{text}" if shade else text


def latex_document(tables: Sequence[Table]) -> str:
    """A complete document with the tables, for viewing or to test that they compile."""
    return "\n".join(
        [
            r"\documentclass[a4paper]{article}",
            r"\usepackage[margin=2cm]{geometry}",
            *latex_packages(tables),
            r"\begin{document}",
            *(to_latex(table) + r"\clearpage" for table in tables),
            r"\end{document}",
            "",
        ]
    )


# The files of a report


def write_report(report: "ExperimentReport", folder: Path) -> list[Path]:
    """Write `table.md`, `table.csv`, `table.tex` and `report.json`; return their paths.

    Tables with coloured cells are pictures as well, which `table.md` shows below them.
    `report.json` is written last: if it exists, the other files are of the same report.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    from leaderboard.heat_map import file_name, has_heat, heat_map
    from leaderboard.records import encode
    from leaderboard.report_tables import report_tables, results_table

    tables = report_tables(report)
    pictures: dict[str, str] = {}
    pages = [to_markdown(table) for table in tables]
    for place, table in enumerate(tables):
        if has_heat(table):
            name = file_name(table, pictures)
            pictures[name] = heat_map(table)
            pages[place] += f"\n![heat map]({name})\n"
    contents = pictures | {
        "table.md": "\n".join(pages),
        "table.csv": to_csv(results_table(report)),
        "table.tex": latex_text(tables),
        "report.json": encode(report).decode("utf-8"),
    }
    for name, content in contents.items():
        atomic.write_text(folder / name, content)
    return [folder / name for name in contents]
