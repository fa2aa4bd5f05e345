"""How long `ultralink-bench --help` takes, beside `lm_eval --help`.

    python benchmarks/cli_start.py [-n 20]

Starts both commands in turn, each in a fresh process, output thrown away, and shows the medians.
Both are started the same way: by their console scripts where both are installed beside this
interpreter, else as modules. A bare interpreter and one that imports argparse show the floor.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
OURS, THEIRS = "ultralink-bench --help", "lm_eval --help"


def commands() -> dict[str, list[str]]:
    """What is started, by name."""
    beside = Path(sys.executable).parent
    scripts = {OURS: beside / "ultralink-bench", THEIRS: beside / "lm_eval"}
    if all(path.is_file() for path in scripts.values()):
        both = {name: [str(path), "--help"] for name, path in scripts.items()}
    else:
        modules = {OURS: "harness.cli", THEIRS: "lm_eval"}
        both = {name: [sys.executable, "-m", m, "--help"] for name, m in modules.items()}
    bare = [sys.executable, "-c", "pass"]
    parser = [sys.executable, "-c", "import argparse; argparse.ArgumentParser().format_help()"]
    return both | {"bare interpreter": bare, "interpreter with argparse": parser}


def seconds(command: list[str]) -> float:
    """Wall time of one start."""
    begin = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    )
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=20, metavar="N", help="starts of each")
    count = parser.parse_args().n
    todo = commands()
    for command in todo.values():
        seconds(command)  # fills the page cache and writes the bytecode
    times: dict[str, list[float]] = {name: [] for name in todo}
    for _ in range(count):
        for name, command in todo.items():
            times[name].append(seconds(command))
    table = Table(title=f"Start-up, {count} starts each, in turn ({os.cpu_count()} cores)")
    for column in ("command", "median ms", "fastest ms", "slowest ms", "of lm_eval"):
        table.add_column(column, justify="left" if column == "command" else "right")
    theirs = statistics.median(times[THEIRS])
    for name, taken in times.items():
        middle = statistics.median(taken)
        numbers = (f"{1000 * t:.0f}" for t in (middle, min(taken), max(taken)))
        table.add_row(name, *numbers, f"{middle / theirs:.3f}")
    console = Console()
    console.print(table)
    for name, command in todo.items():
        console.print(f"{name}: {' '.join(command)}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
