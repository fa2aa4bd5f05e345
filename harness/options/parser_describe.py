"""The words of the `data` commands that describe, compare and prune datasets."""

import argparse
from pathlib import Path

from harness.options.parser_parts import Commands, add_command


def add_describing(data: Commands) -> None:
    """The commands of this module, in the group `data`."""
    text = "the paper's table of a dataset; its card"
    _add_stats(add_command(data, "stats", "data_stats:stats", text))
    text = "how varied dialogues are, by themselves or against others"
    _add_diversity(add_command(data, "diversity", "data_diversity:diversity", text))
    text = "what changed between two datasets; exit code 1 where a row differs"
    _add_diff(add_command(data, "diff", "data_diff:diff_command", text))
    _add_prune(add_command(data, "prune", "data:prune_command", "keep part of the translated rows"))


def _add_stats(stats: argparse.ArgumentParser) -> None:
    stats.add_argument("dataset", type=Path, help="dataset folder, or any files of dialogues")
    stats.add_argument(
        "--tokenizer",
        type=Path,
        metavar="FOLDER_OR_GGUF",
        help="count tokens by this tokenizer (default: an estimate from characters)",
    )
    stats.add_argument("--card", type=Path, metavar="FILE.md", help="write a dataset card")
    stats.add_argument("--title", help="of the card (default: the folder's name)")
    stats.add_argument("--json", type=Path, metavar="FILE", help="write the numbers as JSON")


def _add_diversity(diversity: argparse.ArgumentParser) -> None:
    diversity.add_argument(
        "dialogues", type=Path, help="output of a stage, release files, or a dataset folder"
    )
    diversity.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="the same passages made otherwise, e.g. without the document; paired by id",
    )
    diversity.add_argument(
        "--pages", type=Path, metavar="FILE", help="pages.jsonl: the share of articles used too"
    )
    diversity.add_argument(
        "--passage-tokens", type=int, default=2000, metavar="N", help="as `data ground` had it"
    )
    diversity.add_argument(
        "--part",
        choices=("all", "questions", "answers"),
        default="all",
        help="which turns distinct-n and MTLD read (default: all)",
    )
    diversity.add_argument("--seed", type=int, default=0, help="of groups and samples")
    _add_reports(diversity)


def _add_diff(diff: argparse.ArgumentParser) -> None:
    diff.add_argument("before", type=Path, help="dataset folder, or any files of dialogues")
    diff.add_argument("after", type=Path)
    diff.add_argument(
        "--show", type=int, default=0, metavar="N", help="examples of each kind of change"
    )
    diff.add_argument("--tokenizer", type=Path, metavar="FOLDER_OR_GGUF", help="as of `stats`")
    _add_reports(diff)


def _add_prune(prune: argparse.ArgumentParser) -> None:
    prune.add_argument("dataset", type=Path)
    prune.add_argument("--keep", required=True, help="rows a language and kind: 2k, 1/8, all")
    prune.add_argument(
        "--by",
        choices=("source", "similarity"),
        default="source",
        help="drawn by seed, each source problem before any twice; or always the row least like "
        "those kept (default: source)",
    )
    prune.add_argument("--seed", type=int, default=0)
    prune.add_argument("-o", "--out", type=Path, required=True)


def _add_reports(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", type=Path, metavar="FILE", help="write the numbers as JSON")
    command.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables")
