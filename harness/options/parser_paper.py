"""The options of `paper`."""

from argparse import BooleanOptionalAction

from harness.options.lazy_parser import LazyParser
from harness.options.parser_parts import add_out, add_runs


def add_paper(paper: LazyParser) -> None:
    """Options of `paper`."""
    add_out(paper, "DIR", "folder of the paper; an earlier paper there is replaced")
    add_runs(paper)
    for name, text in (
        ("intervals", "95 %% intervals in tables, bands in figures"),
        ("verdicts", "the columns of verdicts"),
        ("footnotes", "n, protocol, date, commit and fingerprints below each table"),
    ):
        shown = f"{text}; there unless --no-{name}"
        paper.add_argument(f"--{name}", action=BooleanOptionalAction, default=True, help=shown)
