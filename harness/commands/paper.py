"""`ultralink-bench paper`: a paper's tables and figures, made from what has run."""

import argparse

from harness import show
from harness.commands.opened_store import opened
from harness.progress.terminal import TERMINAL
from leaderboard.paper.paper_document import missing_parts
from leaderboard.paper.paper_parts import PaperFigure, PaperOptions
from leaderboard.paper.write_paper import refuse_foreign, write_paper
from leaderboard.visible_text import visible


def paper(arguments: argparse.Namespace) -> int:
    """Write the paper of a store, and say what the store lacks for more.

    Raises:
        ConfigError: the folder for it holds something else.
        PrerequisiteError: there is no store, or the paper cannot be written.
    """
    out = arguments.out
    refuse_foreign(out)
    options = PaperOptions(
        intervals=arguments.intervals,
        verdicts=arguments.verdicts,
        footnotes=arguments.footnotes,
    )
    collection = opened(arguments.runs)
    with TERMINAL.work("write the paper", unit="parts") as meter:

        def step(name: str) -> None:
            meter.add(1)
            meter.status(name)

        sections = write_paper(collection, out, options, step)
    console = show.console()
    parts = [part for section in sections for part in section.parts]
    figures = sum(isinstance(part, PaperFigure) for part in parts)
    console.print(f"{len(parts) - figures} tables, {figures} figures")
    for text in missing_parts(sections):
        console.print(visible(f"left out: {text}"), soft_wrap=True, markup=False)
    show.print_paths([out / "paper.tex", out / "README.md"])
    return 0
