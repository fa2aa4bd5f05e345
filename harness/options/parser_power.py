"""The options of `power`."""

from pathlib import Path

from harness.options.config_options import add_config
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import Several, words
from harness.options.parser_parts import add_margins, add_out, add_runs


def add_power(power: LazyParser) -> None:
    """Options of `power`."""
    from harness.options import defaults
    from harness.statistics.verdict import Margins

    power.add_argument(
        "runs_of",
        type=Path,
        nargs="*",
        metavar="FOLDER",
        help="report folder of a `run`, or folders of records (default: the runs of the profile "
        "in the store)",
    )
    power.add_argument(
        "--profile",
        default=defaults.PROFILE,
        metavar="NAME",
        help="whose runs to take from the store (default: %(default)s)",
    )
    power.add_argument(
        "--reference",
        metavar="NAME",
        help="the variant that others are compared with (default: the report's)",
    )
    power.add_argument(
        "--variants",
        action=Several,
        type=words,
        metavar="A,B",
        help="only these variants (default: all)",
    )
    power.add_argument(
        "--seed-count",
        dest="seeds",
        type=int,
        metavar="N",
        help="seeds of the design (default: those run)",
    )
    power.add_argument(
        "--problem-count",
        dest="problems",
        type=int,
        metavar="N",
        help="problems of each task in it (default: those run)",
    )
    power.renamed |= {"--seeds": "--seed-count", "--problems": "--problem-count"}
    power.add_argument(
        "--power", type=float, metavar="SHARE", help="how often to find it (default: 0.8)"
    )
    power.add_argument(
        "--difference-accuracy",
        type=float,
        metavar="SHARE",
        help="a difference to see, 0.02 is two points (default: the margin)",
    )
    power.add_argument(
        "--difference-bpb",
        type=float,
        metavar="LOG-RATIO",
        help="the same for bits per byte, 0.01 is about one percent (default: the margin)",
    )
    spelled = {"accuracy": "--margin-accuracy SHARE", "bpb": "--margin-bpb LOG-RATIO"}
    add_config(power, Margins, spelled)
    add_margins(power)
    power.add_argument(
        "--all", action="store_true", help="single languages too, not only primary endpoints"
    )
    add_runs(power)


def add_margin_study(margins: LazyParser) -> None:
    """Options of `margins`."""
    margins.add_argument(
        "runs_of",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help="report folder of a `run`, or folders of records, with five seeds or more of one "
        "variant (those of its noise floor count)",
    )
    margins.add_argument(
        "--reference", metavar="NAME", help="whose runs to take (default: the report's)"
    )
    add_out(margins, "FILE", "file for the margins, which `run --margins` and others take")
    add_runs(margins)
