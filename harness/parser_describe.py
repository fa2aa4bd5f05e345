"""The words of the `data` commands that describe, compare and prune datasets."""

import argparse
from pathlib import Path

from harness.parser_parts import Commands, add_command


def add_describing(data: Commands) -> None:
    """The commands of this module, in the group `data`."""
    text = "the paper's table of a dataset; its card"
    _add_stats(add_command(data, "stats", "data_stats:stats", text))


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
