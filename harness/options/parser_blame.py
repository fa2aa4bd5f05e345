"""The options of `blame`."""

from pathlib import Path

from harness.options import defaults
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import Several, at_least_one, numbers, words
from harness.options.parser_parts import (
    add_benchmarks,
    add_forms,
    add_language,
    add_runs,
    add_settings,
)


def add_blame(blame: LazyParser) -> None:
    """Options of `blame`."""
    for name, text in (("old", "the dataset as it was"), ("new", "the one that scores worse")):
        blame.add_argument(name, type=Path, metavar=name.upper(), help=text)
    blame.add_argument(
        "--profile", default=defaults.PROFILE, metavar="NAME", help=defaults.PROFILE_HELP
    )
    add_language(blame, "the language that lost (default: the one where it is surest)", None)
    text = "benchmarks to look at (default: the profile's)"
    blame.add_argument("--tasks", action=Several, type=words, metavar="A,B", help=text)
    blame.add_argument(
        "--seeds",
        action=Several,
        type=numbers,
        metavar="0,1,2",
        help="training seeds, two or more (default: the profile's)",
    )
    blame.add_argument(
        "--most",
        type=at_least_one,
        default=24,
        metavar="N",
        help="trainings without some of the changes, at most (default: %(default)s)",
    )
    blame.add_argument(
        "--write",
        type=Path,
        metavar="DIR",
        help="write NEW with the blamed changes undone, as a dataset",
    )
    blame.add_argument(
        "--dry-run", action="store_true", help="print what would be trained and asked, and stop"
    )
    blame.renamed |= {"--plan": "--dry-run", "--max-trainings": "--most"}
    add_settings(blame, "train.steps=80", "run")
    add_forms(blame, "json", "markdown")
    add_benchmarks(blame)
    add_runs(blame)
