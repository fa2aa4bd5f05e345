"""The words of the `data` commands that build dialogues."""

import argparse
from pathlib import Path

from harness.endpoint_options import add_endpoint


def add_extract(extract: argparse.ArgumentParser) -> None:
    """Arguments of `data extract`."""
    extract.add_argument("dump", type=Path, help="MediaWiki export, .xml or .xml.bz2")
    extract.add_argument("--language", required=True, help="e.g. es; what the dump says is checked")
    extract.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    extract.add_argument("--min-tokens", type=int, default=1000, metavar="N", help="by estimate")
    extract.add_argument("--max-tokens", type=int, default=10_000, metavar="N")
    extract.add_argument("--processes", type=int, default=1, metavar="N")


def add_ground(ground: argparse.ArgumentParser) -> None:
    """Arguments of `data ground`."""
    ground.add_argument("pages", type=Path, help="pages.jsonl of `data extract`")
    ground.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    ground.add_argument("--limit", type=int, metavar="N", help="only the first N passages")
    ground.add_argument(
        "--without-document",
        action="store_true",
        help="the model answers from the question alone",
    )
    ground.add_argument("--seed", type=int, default=0)
    ground.add_argument("--tries", type=int, default=3, help="attempts at a reply that passes")
    ground.add_argument("--temperature", type=float, default=0.7)
    ground.add_argument(
        "--passage-tokens", type=int, default=2000, metavar="N", help="articles are split at"
    )
    ground.add_argument(
        "--context-tokens", type=int, default=4070, metavar="N", help="passage and dialogue"
    )
    ground.add_argument("--max-rounds", type=int, default=5, metavar="N")
    ground.add_argument(
        "--answer-reply-tokens", type=int, default=1024, metavar="N", help="limit of an answer"
    )
    add_endpoint(ground)
