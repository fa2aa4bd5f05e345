"""The options of the `data` commands that describe and compare datasets."""

from pathlib import Path

from harness.options.config_options import add_config
from harness.options.lazy_parser import LazyParser
from harness.options.parser_parts import add_forms


def add_stats(stats: LazyParser) -> None:
    """Options of `data stats`."""
    stats.add_argument("dataset", type=Path, help="dataset folder, or any files of dialogues")
    _add_tokenizer(stats)
    stats.add_argument("--card", type=Path, metavar="FILE.md", help="write a dataset card")
    stats.add_argument("--title", metavar="TEXT", help="of the card (default: the folder's name)")
    add_forms(stats, "json")


def add_diversity(diversity: LazyParser) -> None:
    """Options of `data diversity`."""
    from harness.statistics.diversity_config import DiversityConfig
    from ultralink_data.grounding.ground_config import GroundConfig

    diversity.add_argument(
        "dialogues", type=Path, help="output of a stage, release files, or a dataset folder"
    )
    diversity.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="the same passages made otherwise, e.g. without the document; paired by id",
    )
    diversity.add_argument(
        "--pages", type=Path, metavar="FILE", help="pages.jsonl: the share of articles used too"
    )
    add_config(diversity, GroundConfig, only=("passage_tokens",))
    add_config(diversity, DiversityConfig)
    add_forms(diversity, "json", "markdown")
    diversity.renamed["--against"] = "--baseline"


def add_diff(diff: LazyParser) -> None:
    """Options of `data diff`."""
    diff.add_argument("before", type=Path, help="dataset folder, or any files of dialogues")
    diff.add_argument("after", type=Path, help="the same, changed")
    diff.add_argument(
        "--show",
        type=int,
        default=0,
        metavar="N",
        help="examples of each kind of change (default: %(default)s)",
    )
    _add_tokenizer(diff)
    add_forms(diff, "json", "markdown")


def _add_tokenizer(command: LazyParser) -> None:
    command.add_argument(
        "--tokenizer",
        type=Path,
        metavar="FOLDER_OR_GGUF",
        help="count tokens by this tokenizer (default: an estimate from characters)",
    )
