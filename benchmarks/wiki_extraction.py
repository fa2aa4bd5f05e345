"""`data extract` beside WikiExtractor: wall time on the same dump with the same processes.

    python benchmarks/wiki_extraction.py DUMP --python VENV/bin/python [--megabytes 100] [-n 3]

A dump of so many megabytes is made of the pages of DUMP (a real fragment; its language is that of
its name), packed as a multistream dump with an index. Each side is its whole command, start and all
files it writes included, in turn; ours also hashes the input, checks language and words, and keeps
a journal. Printed are ratios to WikiExtractor, markup left and characters kept. WikiExtractor runs
without expanding templates, which it would need a first pass and more time for.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import repeated_dump  # noqa: E402

from ultralink_data.wiki.text_score import markup  # noqa: E402

THEIRS = "WikiExtractor"


def commands(
    folder: Path, dump: Path, index: Path, language: str, processes: int, python: Path
) -> dict[str, list[str]]:
    """The command of each side; each writes below `folder`."""
    ours = [sys.executable, "-m", "harness.cli", "data", "extract", str(dump)]
    ours += ["--language", language, "--min-tokens", "0", "--max-tokens", "100000000"]
    ours += ["--processes", str(processes), "-o"]
    theirs = [str(python), "-m", "wikiextractor.WikiExtractor", str(dump), "--no-templates"]
    theirs += ["--json", "-q", "--processes", str(processes), "-o", str(folder / "theirs")]
    return {
        THEIRS: theirs,
        "data extract": [*ours, str(folder / "ours" / "pages.jsonl")],
        "data extract --index": [
            *ours,
            str(folder / "index" / "pages.jsonl"),
            "--index",
            str(index),
        ],
    }


def run(command: list[str]) -> float:
    """Seconds that a command takes."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def texts(folder: Path) -> Iterator[str]:
    """The texts of articles below a folder."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (file.name == "pages.jsonl" or file.name.startswith("wiki_")):
            with file.open(encoding="utf-8") as lines:
                for line in lines:
                    yield json.loads(line)["text"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dump", type=Path)
    parser.add_argument("--python", type=Path, required=True, help="interpreter with wikiextractor")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("-n", type=int, default=3, help="runs of each")
    arguments = parser.parse_args()
    table = Table(title=f"{arguments.megabytes} MB, {arguments.processes} processes")
    for column in ("", "wall time", "articles", "characters kept", "markup left"):
        table.add_column(column)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dump, index = folder / "dump-multistream.xml.bz2", folder / "index.txt"
        repeated_dump.write(arguments.dump, dump, index, arguments.megabytes * 10**6)
        times: dict[str, list[float]] = {}
        for turn in range(arguments.n):
            out = folder / f"turn{turn}"
            todo = commands(
                out, dump, index, arguments.dump.name[:2], arguments.processes, arguments.python
            )
            for side, command in todo.items():
                times.setdefault(side, []).append(run(command))
        base = statistics.median(times[THEIRS])
        for side, place in zip(times, ("theirs", "ours", "index"), strict=True):
            articles = list(texts(folder / "turn0" / place))
            left = sum(markup(text).total() for text in articles)
            kept = sum(len("".join(text.split())) for text in articles)
            ratio = f"{statistics.median(times[side]) / base:.2f}"
            table.add_row(side, ratio, f"{len(articles):,}", f"{kept:,}", f"{left:,}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
