"""`data extract` beside WikiExtractor: wall and processor time on the same dump, same processes.

    python -m benchmarks.wiki_extraction DUMP... --python VENV/bin/python [--megabytes 15 60]
        [-n 3] [--before FOLDER]

Of the pages of each DUMP (a real fragment; its language is that of its name) a dump of so many
megabytes is made, packed as a multistream dump with an index. Each side is its whole command, start
and all files it writes included, in turn; ours also hashes the input, checks language and words,
and keeps a journal. Printed are medians of the ratios to WikiExtractor within a round, markup left
and characters kept. Processor time is that of the command and all its processes, those that outlive
it too (Linux). WikiExtractor runs without expanding templates, which it would need a first pass and
more time for. FOLDER is the root of another build of ours, timed in the same rounds.
"""

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks import repeated_dump
from ultralink_data.wiki.text_score import markup

ROOT = Path(__file__).resolve().parent.parent
THEIRS = "WikiExtractor"
_BECOME_REAPER = 36
"""Linux's PR_SET_CHILD_SUBREAPER: who outlives its parent becomes this process's child."""


class Side(NamedTuple):
    """A command, the root of the build that it imports, and the folder it writes to."""

    command: list[str]
    root: Path
    out: Path


class Spent(NamedTuple):
    """Seconds of a command: by the clock, and of all processors."""

    wall: float
    processor: float


def sides(
    folder: Path, dump: Path, index: Path, language: str, arguments: argparse.Namespace
) -> dict[str, Side]:
    """The command of each side; each writes below `folder`."""
    out = folder / "theirs"
    theirs = [str(arguments.python), "-m", "wikiextractor.WikiExtractor", str(dump)]
    theirs += ["--no-templates", "--json", "-q", "--processes", str(arguments.processes)]
    found = {THEIRS: Side([*theirs, "-o", str(out)], ROOT, out)}
    builds = {"": ROOT}
    if arguments.before is not None:
        builds[", before"] = arguments.before.resolve()
    for when, root in builds.items():
        ours = [sys.executable, "-m", "harness.cli", "data", "extract", str(dump)]
        ours += [
            "--languages",
            language,
            "--min-article-tokens",
            "0",
            "--max-article-tokens",
            "100000000",
        ]
        ours += ["--processes", str(arguments.processes), "-o"]
        for option in ((), ("--index", str(index))):
            name = " ".join(["data extract", *option[:1]]) + when
            out = folder / f"ours{len(found)}"
            found[name] = Side([*ours, str(out / "pages.jsonl"), *option], root, out)
    return found


def run(side: Side) -> Spent:
    """What a command costs, with the processes that it leaves behind."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(side.root)}
    done = subprocess.run(
        side.command, capture_output=True, text=True, env=environment, cwd=side.root
    )
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(side.command)}:\n{done.stderr[-2000:]}")
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def texts(folder: Path) -> Iterator[str]:
    """The texts of articles below a folder."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (file.name == "pages.jsonl" or file.name.startswith("wiki_")):
            with file.open(encoding="utf-8") as lines:
                for line in lines:
                    yield json.loads(line)["text"]


def ratios(spent: dict[str, list[Spent]], side: str) -> tuple[str, str]:
    """Wall and processor time of a side over WikiExtractor's: medians over the rounds."""
    pairs = list(zip(spent[side], spent[THEIRS], strict=True))
    wall = statistics.median(ours.wall / theirs.wall for ours, theirs in pairs)
    processor = statistics.median(ours.processor / theirs.processor for ours, theirs in pairs)
    return f"{wall:.2f}", f"{processor:.2f}"


def measured(source: Path, megabytes: int, arguments: argparse.Namespace) -> Table:
    """All sides on a dump of one fragment's pages."""
    title = f"{source.name}, {megabytes} MB, {arguments.processes} processes, {arguments.n} rounds"
    table = Table(title=title)
    for column in ("", "wall", "processor", "articles", "characters kept", "markup left"):
        table.add_column(column)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dump, index = folder / "dump-multistream.xml.bz2", folder / "index.txt"
        repeated_dump.write(source, dump, index, megabytes * 10**6)
        spent: dict[str, list[Spent]] = {}
        for turn in range(arguments.n):
            todo = sides(folder / f"turn{turn}", dump, index, source.name[:2], arguments)
            for side, command in todo.items():
                spent.setdefault(side, []).append(run(command))
        for side, command in todo.items():
            articles = kept = left = 0
            for text in texts(command.out):
                articles += 1
                left += markup(text).total()
                kept += len("".join(text.split()))
            table.add_row(side, *ratios(spent, side), f"{articles:,}", f"{kept:,}", f"{left:,}")
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dumps", type=Path, nargs="+", metavar="DUMP")
    parser.add_argument("--python", type=Path, required=True, help="interpreter with wikiextractor")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[60], help="sizes")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("-n", type=int, default=3, help="rounds")
    parser.add_argument("--before", type=Path, help="root of another build, timed too")
    arguments = parser.parse_args()
    arguments.python = arguments.python.absolute()
    ctypes.CDLL(None).prctl(_BECOME_REAPER, 1, 0, 0, 0)
    for source in arguments.dumps:
        for megabytes in arguments.megabytes:
            Console(width=110).print(measured(source, megabytes, arguments))


if __name__ == "__main__":
    main()
