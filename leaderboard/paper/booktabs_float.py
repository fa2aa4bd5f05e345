"""Tables as LaTeX floats for print: booktabs rules, numbers in siunitx columns, never too wide.

A table that is longer than a page is several; one that would be wider than the line has broken
texts, and is scaled down where that is not enough. `PREAMBLE` is what a document needs for them.
"""

import re
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

import msgspec

from leaderboard.latex_escape import escape_latex, printed_length
from leaderboard.paper.print_columns import (
    CHARACTER,
    LINE_WIDTH,
    PrintColumn,
    broken,
    number_piece,
    print_columns,
)
from leaderboard.render import ground
from leaderboard.table import Cell, Table, TableRow
from leaderboard.visible_text import bounded, visible

PREAMBLE: Final = r"""% What the tables need, with pdflatex and with lualatex.
\usepackage{iftex}
\ifluatex\usepackage{fontspec}\else\usepackage[T1]{fontenc}\usepackage{lmodern}\fi
\usepackage{textcomp}
\usepackage{array}
\usepackage{booktabs}
\usepackage{graphicx}
\usepackage[table]{xcolor}
\usepackage{siunitx}
\sisetup{
  mode = text,
  reset-text-family = false,
  reset-text-series = false,
  reset-text-shape = false,
  group-digits = none,
  group-separator = {,},
  group-minimum-digits = 4,
  retain-explicit-plus,
  table-align-text-before = false,
  table-align-text-after = false,
}
% The best of a column, in a bold face with digits of the usual width; the second best.
\newcommand{\bestscore}{\fontseries{b}\selectfont}
\newcommand{\secondscore}[1]{\rlap{\underline{\phantom{#1}}}}
% A table as it is, or scaled down to the line.
\newsavebox{\fittedbox}
\newcommand{\fitted}[1]{\sbox{\fittedbox}{#1}%
  \ifdim\wd\fittedbox>\linewidth\resizebox{\linewidth}{!}{\usebox{\fittedbox}}%
  \else\usebox{\fittedbox}\fi}
"""

_LINE: Final = 10.0
"""Points of a line at `footnotesize`, with what stands between rows."""
_PAGE: Final = 600.0
_WIDE: Final = 4.8
"""Points of a character in a narrow column, whose lines are seldom full."""
_NOTES: Final = 160.0
"""Points of notes that stand in the float; longer ones are text after it."""
_TOKEN: Final = re.compile(r"\\[A-Za-z]+\{\}|\\.|\{.\}|\{\}|.")
"""What one character becomes when it is escaped."""
_BREAKS: Final = (*"/.:=,;-_", r"\textgreater{}")
_NARROW: Final = 10
_CELL, TITLE, CAPTION, _NOTE = 240, 300, 1200, 4000
"""Printed characters that are set; the Markdown has all. TeX measures a caption as one line, of at
most 16,383 points, and a line of a table too."""
_LONG: Final = 28
"""Characters of a word from which it may be broken anywhere that reads well."""


def float_text(name: str, table: Table) -> str:
    """The table as one or several floats; the first has the label `tab:NAME`."""
    table = msgspec.structs.replace(
        table,
        columns=tuple(msgspec.structs.replace(one, name=_short(one.name)) for one in table.columns),
        title=fitting(table.title, TITLE),
        caption=fitting(table.caption, CAPTION),
        notes=tuple(fitting(note, _NOTE) for note in table.notes),
    )
    columns = print_columns(table)
    notes = [breakable(note) for note in table.notes]
    tall = sum(_height(note) for note in table.notes)
    inside = tall <= _NOTES
    parts = _parts(table, columns, tall if inside else 0.0)
    texts = []
    for number, rows in enumerate(parts, start=1):
        last = number == len(parts)
        of = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
        texts.append(
            _float(
                f"{table.title}{of}. {table.caption if number == 1 else ''}".strip(),
                f"tab:{name}" if number == 1 else "",
                table,
                columns,
                rows,
                notes if inside and last else [],
            )
        )
    if notes and not inside:
        texts.append(_notes_after(name, notes))
    return "\n".join(texts)


def breakable(text: str, longest: int = _LONG) -> str:
    """`text` escaped, with places in words of over `longest` characters at which they may break."""
    return re.sub(r"\S+", lambda word: _breakable_word(word[0], longest), escape_latex(text))


def _breakable_word(word: str, longest: int) -> str:
    """An escaped word with a break after its punctuation, or after every few characters."""
    tokens = _TOKEN.findall(word)
    if len(tokens) <= longest:
        return word
    found, since = [], 0
    for token in tokens:
        found.append(token)
        since += 1
        if since >= longest or (since > 3 and token.endswith(_BREAKS)):
            found.append(r"\allowbreak{}")
            since = 0
    return "".join(found)


def _parts(
    table: Table, columns: Sequence[PrintColumn], notes: float
) -> list[list[tuple[TableRow, bool]]]:
    """The rows of each float with whether a rule stands above, cut between sections if it can.

    `notes` are the points that the notes take in the last one.
    """
    room = _PAGE - _height(f"{table.title}{table.caption}") - notes
    stacked = any(one.stacked for one in columns)
    parts: list[list[tuple[TableRow, bool]]] = [[]]
    used = 0.0
    sections = list(_sections(table))
    for section in sections:
        heights = [_row_height(row, columns, stacked=stacked) for row, _ in section]
        if parts[-1] and used + sum(heights) > room:
            parts.append([])
            used = 0.0
        for pair, height in zip(section, heights, strict=True):
            if used + height > room and parts[-1]:
                parts.append([])
                used = 0.0
            parts[-1].append(pair)
            used += height
    return [_begun(rows) for rows in parts]


def _sections(table: Table) -> Iterator[list[tuple[TableRow, bool]]]:
    section: list[tuple[TableRow, bool]] = []
    for row, rule in zip(table.rows, table.rules, strict=True):
        if row.section and section:
            yield section
            section = []
        section.append((row, rule))
    yield section


def _begun(rows: list[tuple[TableRow, bool]]) -> list[tuple[TableRow, bool]]:
    """The rows of a float, of which the first shows what it repeats and has no rule above."""
    if not rows:
        return rows
    first = tuple(msgspec.structs.replace(cell, repeat=False) for cell in rows[0][0].cells)
    return [(msgspec.structs.replace(rows[0][0], cells=first), False), *rows[1:]]


def _short(text: str) -> str:
    return fitting(text, _CELL)


def fitting(text: str, most: int) -> str:
    """`text`, cut in its midst so that about `most` characters are printed of it."""
    shown = visible(text)
    long = printed_length(shown)
    return shown if long <= most else bounded(shown, most * len(shown) // long)


def _row_height(row: TableRow, columns: Sequence[PrintColumn], *, stacked: bool) -> float:
    lines = [
        _lines(_short(cell.text), int(one.width / _WIDE)) if one.width else 1
        for cell, one in zip(row.cells, columns, strict=True)
    ]
    return _LINE * (max(lines, default=1) + (0.8 if stacked else 0)) + (4 if row.section else 0)


def _lines(text: str, most: int) -> int:
    """Lines of a text in a column of so many characters, filled as TeX may break it."""
    lines, used = 1, 0
    for part in re.split(r"(?:\\allowbreak\{\})| ", breakable(text, _NARROW)):
        size = len(_TOKEN.findall(part))
        if used and used + size > most:
            lines, used = lines + 1, 0
        used += size + 1
    return lines


def _height(text: str) -> float:
    """Points that a text takes across the page."""
    return _LINE * ceil(len(text) * CHARACTER / LINE_WIDTH) + 3 if text else 0.0


def _float(
    caption: str,
    label: str,
    table: Table,
    columns: Sequence[PrintColumn],
    rows: Sequence[tuple[TableRow, bool]],
    notes: Sequence[str],
) -> str:
    stacked = any(one.stacked for one in columns)
    body = []
    for row, rule in rows:
        body += ["\\addlinespace"] if rule else []
        body += _row_lines(row, columns, stacked=stacked)
    lines = [
        r"\begin{table}",
        r"\centering\footnotesize\setlength{\tabcolsep}{4pt}\setlength{\belowcaptionskip}{6pt}",
        rf"\caption{{{breakable(caption)}}}",
        *([rf"\label{{{label}}}"] if label else []),
        r"\fitted{%",
        rf"\begin{{tabular}}{{@{{}}{''.join(_spec(one, stacked) for one in columns)}@{{}}}}",
        r"\toprule",
        _heading(table, columns, stacked=stacked),
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}}",
        *(rf"\par\smallskip\parbox{{\linewidth}}{{\raggedright {note}}}" for note in notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _notes_after(name: str, notes: Sequence[str]) -> str:
    lines = [
        rf"{{\footnotesize\raggedright Notes to Table~\ref{{tab:{name}}}.\par",
        *(rf"\smallskip {note}\par" for note in notes),
        r"\medskip}",
    ]
    return "\n".join(lines) + "\n"


def _spec(one: PrintColumn, stacked: bool) -> str:
    """The column as `tabular` names it."""
    if not one.number:
        if one.width:
            return rf">{{\raggedright\arraybackslash}}p{{{one.width:.0f}pt}}"
        return "r" if one.right else "l"
    settings = [f"table-format={one.digits}"]
    settings += ["group-digits=integer"] if one.grouped else []
    if one.before:
        settings.append(f"table-space-text-pre={{{_before(one.before)}}}")
    if one.after:
        settings.append(f"table-space-text-post={{{_after(one.after)}}}")
    beside = r"@{\,}l" if one.beside and not stacked else ""
    return f"S[{','.join(settings)}]{beside}"


def _heading(table: Table, columns: Sequence[PrintColumn], *, stacked: bool) -> str:
    cells = []
    for place, (column, one) in enumerate(zip(table.columns, columns, strict=True)):
        texts = [row.cells[place].text for row in table.rows]
        longest = max(map(len, texts), default=0)
        lines = broken(column.name, longest) if one.number or one.right else [column.name]
        name = r"\\".join(map(escape_latex, lines))
        text = rf"\shortstack{{{name}}}" if len(lines) > 1 else name
        if one.number and one.beside and not stacked:
            text = rf"\multicolumn{{2}}{{c}}{{{text}}}"
        elif one.number:
            text = f"{{{text}}}"
        cells.append(text)
    return rf"{' & '.join(cells)} \\"


def _row_lines(row: TableRow, columns: Sequence[PrintColumn], *, stacked: bool) -> list[str]:
    """The row, and below it that of its intervals if they are stacked."""
    above: list[str] = []
    below: list[str] = []
    for cell, one in zip(row.cells, columns, strict=True):
        if not one.number:
            above.append(_text_cell(cell, one))
            below.append("")
            continue
        number, beside = _number_cells(cell)
        small = rf"{{\scriptsize {beside}}}" if beside else ""
        if one.beside and not stacked:
            above += [number, beside]
        else:
            above.append(number)
            below.append(small)
    if stacked and any(below):
        return [rf"{' & '.join(above)} \\", rf"{' & '.join(below)} \\[2pt]"]
    return [rf"{' & '.join(above)} \\"]


def _text_cell(cell: Cell, one: PrintColumn) -> str:
    if cell.repeat:
        return ""
    text = breakable(_short(cell.text), _NARROW) if one.width else escape_latex(_short(cell.text))
    if one.right:
        text = re.sub(r"(^|[ (}])-(?=\d)", r"\1$-$", text)
    if cell.emphasis in ("strong", "bad") and text:
        text = rf"\textbf{{{text}}}"
    shade = ground(cell)
    return rf"\cellcolor[HTML]{{{shade[1:].upper()}}}{text}" if shade else text


def _number_cells(cell: Cell) -> tuple[str, str]:
    """What stands in the column of numbers, and in the one beside it."""
    if cell.repeat or not cell.text:
        return "", ""
    piece = number_piece(cell.text)
    if piece is None:
        return f"{{{escape_latex(cell.text)}}}", ""
    number = piece.number.replace(",", "")
    before = f"{{{_before(piece.before)}}}" if piece.before else ""
    after = f"{{{_after(piece.unit)}}}" if piece.unit else ""
    if cell.emphasis in ("strong", "bad"):
        before = rf"\bestscore {before}"
    elif cell.emphasis == "second":
        hidden = re.sub(r"^-", "$-$", piece.number)
        before = rf"{{\secondscore{{{hidden}}}}}{before}"
    return f"{before}{number}{after}", _signs(escape_latex(piece.beside))


def _before(text: str) -> str:
    return rf"{escape_latex(text)}\,"


def _after(text: str) -> str:
    """A unit after its space, or a raised mark."""
    mark = text.strip()
    if mark == "~":
        return rf"\,{escape_latex(mark)}"
    if mark in ("†", "‡"):
        return rf"\textsuperscript{{{escape_latex(mark)}}}"
    return rf"\,{escape_latex(mark)}"


def _signs(text: str) -> str:
    """The minus signs of an interval as such."""
    return re.sub(r"(^|[ (}])-(?=\d)", r"\1$-$", text)
