"""Mutation run: are the tests of the statistics, the grading and the trainer able to fail?

mutmut changes one thing in a function ("<" to "<=", an argument to None, a string to another) and
runs the tests that enter this function; a change that no test notices has survived. Which folders
are changed and by which tests they are judged stands in pyproject.toml, under [tool.mutmut].

    python benchmarks/mutants.py                        all mutants: hours, goes on where it stopped
    python benchmarks/mutants.py --sample 400 --seed 1  a random third of 400 in each folder

Results are kept in mutants/. That of a killed mutant stands until its function changes; all others
are tried again when any file under tests/ has changed. ``--fresh`` forgets everything first: for
figures that are to be quoted. mutmut leaves alone what stands outside of functions (constants,
patterns, defaults of fields) and functions with decorators other than staticmethod and classmethod.

Benchmark files are hidden from the tests, so that the figure is the same in each checkout.
Exits with 1 where fewer than ``--floor`` percent are killed in a folder.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.statistics.estimators import wilson

ROOT = Path(__file__).parent.parent
WORK = ROOT / "mutants"
TESTS_SEEN = WORK / "tests.sha256"
SURVIVORS = WORK / "survivors.diff"
MUTMUT = Path(sys.executable).with_name("mutmut")
STATUS = {
    0: "survived",
    1: "killed",
    3: "killed",  # pytest itself broke
    5: "no tests",
    33: "no tests",
    36: "timeout",
    24: "timeout",
    -24: "timeout",
    152: "timeout",
    -9: "timeout",  # the limit on processor time, a second after its first signal
    -11: "killed",  # the process crashed
}
"""mutmut's exit codes. Any other one (interrupted, None): the mutant is still to be tried."""

NOT_STARTED = 255
"""pytest refused its arguments, as where it knows no test of a given name; mutmut says timeout."""

SMALLEST = "tasks.grading.rejected.*"
"""A handful of mutants. mutmut has no command that only makes mutants: trying these makes all."""


def main() -> int:
    """Make the mutants, try those without a result, print the shares."""
    options = _options()
    folders = tuple(
        pattern.removesuffix("/*")
        for pattern in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"][
            "only_mutate"
        ]
    )
    if options.fresh:
        shutil.rmtree(WORK, ignore_errors=True)
    _forget_outdated()
    _mutmut(options.jobs, [SMALLEST])
    chosen = {
        folder: _sample(sorted(_results(folder)), options.sample, len(folders), options.seed)
        for folder in folders
    }
    waiting = [
        name
        for folder, names in chosen.items()
        for name in names
        if _results(folder)[name] not in STATUS
    ]
    if waiting:
        _mutmut(options.jobs, waiting if options.sample else [])
    outcomes = {
        folder: {name: STATUS.get(_results(folder)[name], "not tried") for name in names}
        for folder, names in chosen.items()
    }
    refused = sum(_results(f)[name] == NOT_STARTED for f, names in chosen.items() for name in names)
    if refused:
        raise SystemExit(f"the tests of {refused} mutants could not be started: no share is told")
    Console(width=120).print(_table(outcomes, {f: len(_results(f)) for f in folders}))
    _write_survivors(name for found in outcomes.values() for name in _missed(found))
    print(f"what survived: {SURVIVORS.relative_to(ROOT)}")
    low = [f for f, found in outcomes.items() if 100 * _killed(found) < options.floor * len(found)]
    if low:
        print(f"under {options.floor:g} % killed: {', '.join(low)}")
    return 1 if low else 0


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--sample", type=int, help="mutants in all, as many in each folder")
    arguments.add_argument("--seed", type=int, default=0, help="of the sample")
    arguments.add_argument("--jobs", type=int, default=1, help="mutants tried at a time")
    arguments.add_argument("--floor", type=float, default=85.0, help="percent to be killed")
    arguments.add_argument("--fresh", action="store_true", help="forget earlier results")
    return arguments.parse_args()


def _sample(names: list[str], size: int | None, folders: int, seed: int) -> list[str]:
    """A folder's share of a sample, drawn without replacement; all without a size."""
    if size is None:
        return names
    return sorted(random.Random(seed).sample(names, min(len(names), size // folders)))


def _mutmut(jobs: int, names: list[str]) -> None:
    """Bring the mutants up to date and try the named ones; without names all without a result."""
    environment = {
        **{key: value for key, value in os.environ.items() if key != "ULTRALINK_BENCHMARKS"},
        "OMP_NUM_THREADS": "1",  # or the threads of torch take the cores of other mutants
    }
    command = [str(MUTMUT), "run", "--max-children", str(jobs), *names]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"mutmut ended with exit code {done.returncode}; see above")


def _results(folder: str) -> Mapping[str, int | None]:
    """Exit code of each mutant of a folder by name, None where it has not been tried."""
    found: dict[str, int | None] = {}
    for path in sorted((WORK / folder).rglob("*.meta")):
        found |= json.loads(path.read_bytes())["exit_code_by_key"]
    return found


def _forget_outdated() -> None:
    """Where tests have changed: which test enters what, and what they did not kill before."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "tests").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    WORK.mkdir(exist_ok=True)
    if TESTS_SEEN.exists() and TESTS_SEEN.read_text() == digest.hexdigest():
        return
    (WORK / "mutmut-stats.json").unlink(missing_ok=True)
    shutil.rmtree(WORK / "tests", ignore_errors=True)
    for path in WORK.rglob("*.meta"):
        kept = json.loads(path.read_bytes())
        codes = kept["exit_code_by_key"]
        kept["exit_code_by_key"] = {
            name: code if STATUS.get(code) == "killed" else None for name, code in codes.items()
        }
        path.write_text(json.dumps(kept, indent=4))
    TESTS_SEEN.write_text(digest.hexdigest())


def _missed(outcomes: Mapping[str, str]) -> list[str]:
    return [name for name, status in outcomes.items() if status not in ("killed", "timeout")]


def _killed(outcomes: Mapping[str, str]) -> int:
    return len(outcomes) - len(_missed(outcomes))


def _table(outcomes: Mapping[str, Mapping[str, str]], sizes: Mapping[str, int]) -> Table:
    """A row a folder; a timeout counts as killed, a mutant that no test enters does not."""
    shown = ("killed", "timeout", "survived", "no tests")
    table = Table("folder", "mutants", "tried", *shown, "share killed")
    for folder, found in outcomes.items():
        counts = Counter(found.values())
        low, high = wilson(_killed(found), len(found))
        table.add_row(
            folder,
            str(sizes[folder]),
            str(len(found) - counts["not tried"]),
            *(str(counts[status]) for status in shown),
            f"{100 * _killed(found) / len(found):.1f} % [{100 * low:.1f}, {100 * high:.1f}]",
        )
    return table


def _write_survivors(names: Iterable[str]) -> None:
    """The change of each mutant that was not killed, as diffs."""
    shown = [
        subprocess.run(
            [str(MUTMUT), "show", name], cwd=ROOT, check=False, capture_output=True, text=True
        ).stdout
        for name in names
    ]
    SURVIVORS.write_text("\n".join(shown))


if __name__ == "__main__":
    sys.exit(main())
