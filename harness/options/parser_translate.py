"""The words of `data translate` and `data quality`."""

import argparse
from pathlib import Path

from harness.options.endpoint_options import add_endpoint
from harness.options.parser_parts import Commands, add_benchmarks, add_command, add_runs


def add_translating(data: Commands) -> None:
    """The commands that translate and measure translations."""
    text = "translate English dialogues, accepting only what passes the checks"
    translate = add_command(data, "translate", "data_translate:translate_command", text)
    translate.add_argument("rows", type=Path, help="English dialogues, FILE.jsonl of a stage")
    _add_to(translate, required=True)
    translate.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    translate.add_argument("--limit", type=int, metavar="N", help="only the first N dialogues")
    _add_settings(translate)
    text = "measure translations: round-trip chrF, and chrF against MGSM's human ones"
    quality = add_command(data, "quality", "data_quality:quality_command", text)
    quality.add_argument(
        "translated", type=Path, nargs="*", help="FILE.jsonl of `data translate`, for round trips"
    )
    quality.add_argument(
        "--source", type=Path, metavar="FILE.jsonl", help="the English dialogues they came from"
    )
    quality.add_argument(
        "--sample", type=int, default=100, metavar="N", help="turns a language (default: 100)"
    )
    quality.add_argument(
        "--mgsm", type=int, default=0, metavar="N", help="also translate N questions of MGSM"
    )
    _add_to(quality, required=False)
    quality.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.jsonl")
    add_benchmarks(quality)
    _add_settings(quality)


def _add_to(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "--to",
        action="append",
        default=[],
        required=required,
        metavar="LANGUAGE",
        help="e.g. es (repeatable)" if required else "of --mgsm: es, fr, ru or zh (repeatable)",
    )


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--names",
        choices=("keep", "localise"),
        default="keep",
        help="names of people and places (default: keep)",
    )
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--tries", type=int, default=3, help="attempts at a reply that passes")
    command.add_argument("--temperature", type=float, default=0.3)
    command.add_argument(
        "--context-tokens", type=int, default=1500, metavar="N", help="of earlier turns sent along"
    )
    command.add_argument(
        "--max-turn-tokens", type=int, default=3000, metavar="N", help="longer turns are rejected"
    )
    command.add_argument(
        "--reply-factor",
        type=float,
        default=4.0,
        metavar="X",
        help="reply tokens allowed for each of the source (default: 4)",
    )
    add_endpoint(command, batch=True)
    add_runs(command)
