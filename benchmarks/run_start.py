"""What short commands cost beside an earlier checkout of this project.

    python benchmarks/run_start.py --before FOLDER [-n 5] [--profile tiny]

Both checkouts run with this interpreter, each from its own folder, in turn: `--help`, `tasks list`,
`run --ablation prune` from an empty store, and the same again with nothing to do. The caches are
warm, byte code included: a round that is not counted goes first. Shown are ratios, here by before:
of the medians and of the least, of wall time and of processor time with that of all child
processes; then whether both made the same scores. Other work on the machine disturbs wall time most
and the least of the processor times least.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent.parent
FIRST, SECOND = "run, empty store", "run, nothing to do"


class Cost(NamedTuple):
    """Seconds of one process and all its children."""

    wall: float
    processor: float


def commands(profile: str, runs: Path) -> dict[str, list[str]]:
    """What is started, by name; `run` twice on the store `runs`."""
    run = ["run", "--ablation", "prune", "--profile", profile, "--runs", str(runs)]
    return {"--help": ["--help"], "tasks list": ["tasks", "list"], FIRST: run, SECOND: run}


def cost(checkout: Path, arguments: list[str], byte_code: Path) -> Cost:
    """One start of the command line of `checkout`, with its byte code kept in a folder.

    Raises:
        SystemExit: it failed; what it said is shown.
    """
    left_out = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    environment = {name: text for name, text in os.environ.items() if name not in left_out}
    begin, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", *arguments],
        cwd=checkout,
        env=environment | {"PYTHONPYCACHEPREFIX": str(byte_code)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - begin, os.times()
    if done.returncode:
        sys.exit(f"{checkout}: {' '.join(arguments)} failed:\n{done.stderr}")
    user = after.children_user - before.children_user
    return Cost(wall, user + after.children_system - before.children_system)


def scores(runs: Path, profile: str) -> object:
    """The scores and effects of the report, to the last digit."""
    report = msgspec.json.decode((runs / "reports" / f"prune-{profile}/report.json").read_bytes())
    return report["scores"], report["effects"]


def one_round(checkout: Path, profile: str, byte_code: Path) -> tuple[dict[str, Cost], object]:
    """The cost of every command, in a store of its own, and the scores that came out."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        found = {
            name: cost(checkout, words, byte_code)
            for name, words in commands(profile, runs).items()
        }
        return found, scores(runs, profile)


def ratio(here: list[float], before: list[float]) -> str:
    """Ratio of the medians and, in brackets, of the least."""
    middle = statistics.median(here) / statistics.median(before)
    return f"{middle:.2f} ({min(here) / min(before):.2f})"


def ratios(here: list[dict[str, Cost]], before: list[dict[str, Cost]], title: str) -> Table:
    """A row a command; each list has one item a round."""
    table = Table("command", "wall time", "processor time", title=title)
    for name in here[0]:
        ours, theirs = [r[name] for r in here], [r[name] for r in before]
        table.add_row(
            name,
            ratio([c.wall for c in ours], [c.wall for c in theirs]),
            ratio([c.processor for c in ours], [c.processor for c in theirs]),
        )
    return table


def main(words: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", type=Path, required=True, metavar="FOLDER", help="a checkout")
    parser.add_argument("-n", type=int, default=5, metavar="N", help="counted rounds")
    parser.add_argument("--profile", default="tiny", help="of the runs (tiny)")
    arguments = parser.parse_args(words)
    if arguments.n < 1:
        parser.error(f"-n must be >= 1, got {arguments.n}")
    sides = {"here": HERE, "before": arguments.before.resolve()}
    costs: dict[str, list[dict[str, Cost]]] = {side: [] for side in sides}
    outcomes: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as byte_code:
        for number in range(arguments.n + 1):
            for side, checkout in sides.items():
                found, outcomes[side] = one_round(checkout, arguments.profile, Path(byte_code))
                if number:
                    costs[side].append(found)
    title = f"Here by before, {arguments.n} rounds in turn, profile {arguments.profile}"
    out = Console()
    out.print(ratios(costs["here"], costs["before"], title))
    out.print("ratio of medians (of the least)")
    same = outcomes["here"] == outcomes["before"]
    out.print("scores and effects: " + ("the same, digit for digit" if same else "they differ"))


if __name__ == "__main__":
    main()
