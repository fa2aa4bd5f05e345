"""Peak memory of `data extract` on a dump of 2 GB, all its processes together.

    python -m benchmarks.extract_memory DUMP [--megabytes 2000] [--processes 2] [--folder DIR]

The dump is made of the pages of DUMP (a real fragment; its language is that of its name) over and
over, in a temporary folder that is removed afterwards; it and the result need twice its size.
Memory is that of the process and all its descendants together, five times a second; what several
of them share counts once (proportional set sizes, Linux). Exit code 1 where it passes the bound of
500 MB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks import repeated_dump

ROOT = Path(__file__).resolve().parent.parent
BOUND = 500
"""Megabytes (2**20 bytes)."""


def resident(root: int) -> float:
    """Megabytes that a process and its descendants have in memory."""
    children: dict[int, list[int]] = defaultdict(list)
    own: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            sizes = (folder / "smaps_rollup").read_text().partition("\nPss:")[2]
            own[int(folder.name)] = int(sizes.split()[0]) / 1024
        except (OSError, ValueError, IndexError):
            continue  # it has ended
        children[int(parent)].append(int(folder.name))
    total, todo = 0.0, [root]
    while todo:
        process = todo.pop()
        total += own.get(process, 0)
        todo += children[process]
    return total


def peak(command: list[str]) -> tuple[float, float]:
    """Peak memory of a command in megabytes, and its seconds."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    highest = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        while process.poll() is None:
            highest = max(highest, resident(process.pid))
            time.sleep(0.2)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return highest, time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dump", type=Path)
    parser.add_argument("--megabytes", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where there is room; the system's by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        dump = folder / "dump.xml"
        size = arguments.megabytes * 10**6
        pages = repeated_dump.write(arguments.dump, dump, folder / "index.txt", size)
        command = [sys.executable, "-m", "harness.cli", "data", "extract", str(dump)]
        command += [
            "--languages",
            arguments.dump.name[:2],
            "-o",
            str(folder / "out" / "pages.jsonl"),
        ]
        highest, seconds = peak([*command, "--processes", str(arguments.processes)])
        print(
            f"{dump.stat().st_size / 10**6:,.0f} MB, {pages:,} pages, {arguments.processes} "
            f"processes: peak {highest:,.0f} MB of {BOUND}, {seconds:,.0f} s"
        )
    sys.exit(highest > BOUND)


if __name__ == "__main__":
    main()
