"""The words of `data check`."""

import argparse
from pathlib import Path

from harness.options.parser_parts import add_benchmarks, words
from tasks import index


def add_check(check: argparse.ArgumentParser) -> None:
    """Arguments of `data check`."""
    check.add_argument(
        "dataset", type=Path, help="dataset, folder of release files, or a stage's output"
    )
    unasked = index.checked_by_default()
    check.add_argument(
        "--against",
        type=words,
        default=unasked,
        metavar="A,B",
        help="benchmarks whose problems are looked for, in all their languages (default: "
        f"{','.join(unasked)})",
    )
    check.add_argument(
        "-o", "--out", type=Path, metavar="FILE.json", help="the report; FILE.md beside it"
    )
    check.add_argument(
        "--drop-to", type=Path, metavar="DIR", help="also write the dataset without bad rows"
    )
    check.add_argument(
        "--drop",
        type=words,
        default=("contaminated",),
        metavar="A,B",
        help="what falls out: contaminated (default), exact, near, structure, wrong_language",
    )
    for name, default, what in (
        ("exact", 0.01, "exact duplicates"),
        ("near", 0.1, "near duplicates"),
        ("wrong-language", 0.05, "rows in another language"),
        ("flaws", 0.0, "lines that are no good rows"),
    ):
        check.add_argument(
            f"--max-{name}",
            type=float,
            default=default,
            metavar="SHARE",
            help=f"of {what} before the exit code is 1 (default: {default:g})",
        )
    check.add_argument(
        "--threshold", type=float, default=0.8, help="Jaccard similarity of near duplicates"
    )
    check.add_argument("--seed", type=int, default=1, help="of MinHash's permutations")
    check.add_argument("--processes", type=int, default=1, metavar="N")
    add_benchmarks(check)
