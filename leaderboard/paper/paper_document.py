"""The files that hold a paper together: `paper.tex`, the list of what is there, and a README."""

from collections.abc import Iterator, Sequence
from typing import Final

from leaderboard.paper.booktabs_float import CAPTION, TITLE, breakable, fitting
from leaderboard.paper.paper_parts import PaperFigure, PaperSection, PaperTable
from leaderboard.render import escape_markdown

TABLES: Final = "tables"
FIGURES: Final = "figures"


def paper_text(sections: Sequence[PaperSection], described: Sequence[str]) -> str:
    """`paper.tex`: every table and figure; `described` says of what they were made."""
    lines = [
        "% Written by `ultralink-bench paper`; the next run replaces it.",
        "% pdflatex paper.tex, twice; lualatex does as well.",
        r"\documentclass[10pt,a4paper]{article}",
        r"\usepackage[margin=2cm]{geometry}",
        r"\input{preamble}",
        r"\setlength{\parindent}{0pt}",
        r"\setlength{\parskip}{4pt}",
        r"\setlength{\emergencystretch}{3em}",
        # Tables and figures stand where they are called, so that notes and sections keep with them.
        r"\usepackage{float}",
        r"\floatplacement{table}{H}",
        r"\floatplacement{figure}{H}",
        r"\raggedbottom",
        r"\title{Results}",
        r"\author{}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        *(rf"\noindent {breakable(text)}\par" for text in described),
        r"\tableofcontents",
        r"\clearpage",
    ]
    for section in sections:
        lines += _section(section) if section.parts else ()
    return "\n".join([*lines, r"\end{document}", ""])


def _section(section: PaperSection) -> Iterator[str]:
    yield rf"\section{{{breakable(fitting(section.title, TITLE))}}}"
    if section.text:
        yield rf"{breakable(section.text)}\par\nopagebreak"
    kinds = (
        ("Table", "tab", [part.name for part in section.parts if isinstance(part, PaperTable)]),
        ("Figure", "fig", [part.name for part in section.parts if isinstance(part, PaperFigure)]),
    )
    told = (
        rf"{word}{'s' if len(names) > 1 else ''}~"
        + ", ".join(rf"\ref{{{prefix}:{name}}}" for name in names)
        for word, prefix, names in kinds
        if names
    )
    # A heading stays with its first table.
    yield rf"{'; '.join(told)}.\par\nopagebreak"
    for part in section.parts:
        yield from _part(part)


def _part(part: PaperTable | PaperFigure) -> Iterator[str]:
    if isinstance(part, PaperTable):
        yield rf"\input{{{TABLES}/{part.name}}}"
        return
    yield r"\begin{figure}"
    yield r"\centering"
    yield rf"\includegraphics{{{FIGURES}/{part.name}.pdf}}"
    yield rf"\caption{{{breakable(fitting(part.caption, CAPTION))}}}"
    yield rf"\label{{fig:{part.name}}}"
    yield r"\end{figure}"


def readme_text(sections: Sequence[PaperSection], described: Sequence[str]) -> str:
    """`README.md`: what is in the folder, what the store lacks, and how to compile it."""
    lines = [
        "# Tables and figures",
        "",
        *map(escape_markdown, described),
        "",
        "`pdflatex paper.tex` (twice) or `lualatex paper.tex` makes the document. For a paper of "
        "your own, `\\input{preamble}` before `\\begin{document}`, then any file of `tables/`. The "
        "next `ultralink-bench paper` replaces everything here: edit nothing.",
        "",
    ]
    for section in sections:
        if section.parts:
            lines += [f"## {escape_markdown(section.title)}", "", *map(_entry, section.parts), ""]
    lacks = missing_parts(sections)
    if lacks:
        lines += ["## Left out, as the store lacks it", ""]
        lines += [f"- {escape_markdown(text)}" for text in lacks] + [""]
    return "\n".join(lines)


def _entry(part: PaperTable | PaperFigure) -> str:
    if isinstance(part, PaperTable):
        links = (f"[{ending}]({TABLES}/{part.name}.{ending})" for ending in ("tex", "md", "csv"))
        return f"- {escape_markdown(part.table.title)}: {', '.join(links)}"
    links = (f"[{ending}]({FIGURES}/{part.name}.{ending})" for ending in ("pdf", "png"))
    return f"- {escape_markdown(part.caption.partition('. ')[0])}: {', '.join(links)}"


def missing_parts(sections: Sequence[PaperSection]) -> list[str]:
    """What could not be made, each once."""
    return list(dict.fromkeys(text for section in sections for text in section.missing))
