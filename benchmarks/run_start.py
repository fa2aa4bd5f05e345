"""What short commands cost beside an earlier checkout of this project.

    python benchmarks/run_start.py --before FOLDER [FOLDER ...] [-n 5] [--profile tiny]

All checkouts run with this interpreter, each from its own folder, in turn: `--help`, `tasks list`,
`run --ablation prune` from an empty store, and the same again with nothing to do. The caches are
warm, byte code included, and each checkout has its own: a round that is not counted goes first.
Shown are ratios, here by before: of the medians and of the least, of wall time and of processor
time with that of all child processes; then whether both made the same scores. Other work on the
machine disturbs wall time most and the least of the processor times least.

`--again N` counts N runs with nothing to do in each round. `--set FIELD=VALUE` goes to `run`: a
short training makes the same report from a store that is quickly made.
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


class Asked(NamedTuple):
    """What runs: a profile, settings of it, and how often with nothing to do."""

    profile: str
    settings: list[str]
    again: int


def commands(asked: Asked, runs: Path) -> dict[str, list[str]]:
    """What is started, by name; `run` twice on the store `runs`."""
    run = ["run", "--ablation", "prune", "--profile", asked.profile, "--runs", str(runs)]
    run += [word for setting in asked.settings for word in ("--set", setting)]
    return {"--help": ["--help"], "tasks list": ["tasks", "list"], FIRST: run, SECOND: run}


def cost(checkout: Path, arguments: list[str], caches: Path) -> Cost:
    """One start of the command line of `checkout`, with its byte code and caches in a folder.

    Raises:
        SystemExit: it failed; what it said is shown.
    """
    left_out = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    environment = {name: text for name, text in os.environ.items() if name not in left_out}
    begin, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", *arguments],
        cwd=checkout,
        env=environment
        | {"PYTHONPYCACHEPREFIX": str(caches / "code"), "XDG_CACHE_HOME": str(caches / "user")},
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


def one_round(checkout: Path, asked: Asked, caches: Path) -> tuple[dict[str, list[Cost]], object]:
    """The costs of every command, in a store of its own, and the scores that came out."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        found = {
            name: [
                cost(checkout, words, caches) for _ in range(asked.again if name == SECOND else 1)
            ]
            for name, words in commands(asked, runs).items()
        }
        return found, scores(runs, asked.profile)


def ratio(here: list[float], before: list[float]) -> str:
    """Ratio of the medians and, in brackets, of the least."""
    middle = statistics.median(here) / statistics.median(before)
    return f"{middle:.2f} ({min(here) / min(before):.2f})"


def ratios(here: dict[str, list[Cost]], before: dict[str, list[Cost]], title: str) -> Table:
    """A row a command."""
    table = Table("command", "wall time", "processor time", title=title)
    for name, ours in here.items():
        theirs = before[name]
        table.add_row(
            name,
            ratio([c.wall for c in ours], [c.wall for c in theirs]),
            ratio([c.processor for c in ours], [c.processor for c in theirs]),
        )
    return table


def main(words: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--before", type=Path, nargs="+", required=True, metavar="FOLDER", help="checkouts"
    )
    parser.add_argument("-n", type=int, default=5, metavar="N", help="counted rounds")
    parser.add_argument("--profile", default="tiny", help="of the runs (tiny)")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="of run")
    parser.add_argument("--again", type=int, default=1, metavar="N", help="runs with nothing to do")
    arguments = parser.parse_args(words)
    for name in ("n", "again"):
        if (value := getattr(arguments, name)) < 1:
            parser.error(f"{'-' if name == 'n' else '--'}{name} must be >= 1, got {value}")
    asked = Asked(arguments.profile, arguments.set, arguments.again)
    sides = [HERE, *(folder.resolve() for folder in arguments.before)]
    costs: list[dict[str, list[Cost]]] = [{} for _ in sides]
    outcomes: list[object] = [None for _ in sides]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.n + 1):
            for place, checkout in enumerate(sides):
                found, outcomes[place] = one_round(checkout, asked, Path(folder) / str(place))
                if number:
                    for name, each in found.items():
                        costs[place].setdefault(name, []).extend(each)
    out = Console()
    for checkout, before, outcome in zip(sides[1:], costs[1:], outcomes[1:], strict=True):
        title = f"Here by {checkout.name}, {arguments.n} rounds in turn, profile {asked.profile}"
        out.print(ratios(costs[0], before, title))
        out.print("ratio of medians (of the least)")
        same = outcomes[0] == outcome
        said = "the same, digit for digit" if same else "they differ"
        out.print(f"scores and effects: {said}")


if __name__ == "__main__":
    main()
