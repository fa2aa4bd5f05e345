"""Memory and speed of `data check` as rows grow: real rows, each changed so that none repeats.

    python -m benchmarks.check_scale --benchmarks DIR --rows 5000 20000 [--before FOLDER]

Prints rows a second of one process, its processor time (user and system), and the peak of resident
memory; what a row costs is the difference between two sizes over the difference of their rows. Each
size runs in its own process. `FOLDER` is the root of another build, which checks the same files at
the same time: compare processor times.
"""

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from benchmarks.decontamination import magicoder, real, sharegpt
from ultralink_data.dialogue import Dialogue

MEASURE: Final = """
import os, resource, sys, time
from pathlib import Path
try:
    from harness.building.check_stage import check_dataset
    from ultralink_data.checking.check_config import CheckConfig
except ImportError:  # a build of November 25 or before
    from harness.building.check import check_dataset
    from ultralink_data.check import CheckConfig
file, root = map(Path, sys.argv[1:])
started = time.perf_counter()
against = ("mgsm", "humaneval", "omgeval")
report = check_dataset(file, CheckConfig(), against=against, benchmarks=root)
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_SELF)
print(
    f"{os.path.basename(os.getcwd())}: {report.rows:,} rows ({file.stat().st_size / 1e6:.0f} MB): "
    f"{report.rows / seconds:,.0f} rows/s, {used.ru_utime + used.ru_stime:.1f} s of the processor, "
    f"{used.ru_maxrss / 1024:.0f} MB at most, {report.duplicates.extra('near')} near duplicates, "
    f"{len(report.hit_rows)} rows hit",
    flush=True,
)
"""
"""Runs in the folder of the build that is measured."""


def main() -> None:
    """Run each size in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rows", type=int, nargs="+", default=[5000, 20_000])
    parser.add_argument("--before", type=Path, help="the root of another build")
    arguments = parser.parse_args()
    root: Path = arguments.benchmarks
    with TemporaryDirectory() as folder:
        builds = [Path.cwd(), *([arguments.before] if arguments.before else [])]
        for count in arguments.rows:
            file = Path(folder) / f"rows{count}.jsonl"
            with file.open("wb") as out:
                for row in many(root, count):
                    out.write(msgspec.json.encode(row) + b"\n")
            told = (str(file), str(root.resolve()))
            running = [
                subprocess.Popen(
                    [sys.executable, "-c", MEASURE, *told],
                    cwd=build,
                    env={**os.environ, "PYTHONPATH": str(build.resolve())},
                )
                for build in builds
            ]
            failed = [process for process in running if process.wait()]
            if failed:
                sys.exit(1)


def many(root: Path, count: int) -> Iterator[Dialogue]:
    """Math, code and chats in turn; a third of the words of each row is another row's."""
    rows = [*real(root), *magicoder(root), *sharegpt(root)]
    rows = [row for row in rows if sum(map(len, row.turns)) < 5000]
    words = " ".join(turn for row in rows for turn in row.turns).split()
    for n in range(count):
        draw = random.Random(n)
        row = draw.choice(rows)
        turns = tuple(_mixed(turn, words, draw) for turn in row.turns)
        yield msgspec.structs.replace(row, id=f"r{n}", turns=turns)


def _mixed(text: str, words: list[str], draw: random.Random) -> str:
    parts = text.split(" ")
    for place in range(len(parts)):
        if draw.random() < 0.33 and parts[place].isalpha():
            parts[place] = draw.choice(words)
    return " ".join(parts)


if __name__ == "__main__":
    main()
