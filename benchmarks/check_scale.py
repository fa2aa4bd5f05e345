"""Memory and speed of `data check` as rows grow: real rows, each changed so that none repeats.

    python -m benchmarks.check_scale --benchmarks DIR --rows 5000 20000

Prints rows a second of one process and the peak of resident memory; the memory for a row is the
difference between two sizes over the difference of their rows. Each size runs in its own process.
"""

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.decontamination import magicoder, real, sharegpt
from harness.building.check_stage import check_dataset
from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.dialogue import Dialogue


def main() -> None:
    """Run each size in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rows", type=int, nargs="+", default=[5000, 20_000])
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    root: Path = arguments.benchmarks
    if arguments.file is not None:
        measure(arguments.file, root)
        return
    with TemporaryDirectory() as folder:
        for count in arguments.rows:
            file = Path(folder) / f"rows{count}.jsonl"
            with file.open("wb") as out:
                for row in many(root, count):
                    out.write(msgspec.json.encode(row) + b"\n")
            words = ["-m", "benchmarks.check_scale", "--benchmarks", str(root), "--file", str(file)]
            subprocess.run([sys.executable, *words], check=True)


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


def measure(file: Path, root: Path) -> None:
    """Check one file and print what it took."""
    started = time.perf_counter()
    report = check_dataset(
        file, CheckConfig(), against=("mgsm", "humaneval", "omgeval"), benchmarks=root
    )
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    near = report.duplicates.extra("near")
    print(
        f"{report.rows:,} rows ({file.stat().st_size / 1e6:.0f} MB): {report.rows / seconds:,.0f} "
        f"rows/s, {peak:.0f} MB at most, {near} near duplicates, {len(report.hit_rows)} rows hit",
        flush=True,
    )


if __name__ == "__main__":
    main()
