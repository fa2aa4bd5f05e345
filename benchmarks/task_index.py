"""How long it takes to build and list our tasks, beside lm-eval's default task index.

    python benchmarks/task_index.py [-n 5]

Ours: the folder `tasks/` is looked through, every benchmark gives an lm-eval task dict in each of
its protocols and languages (with one question in it: problem files are not read), and
`TaskManager(include_defaults=False)` builds and lists them as task objects. lm-eval's:
`TaskManager()`
reads the index of its own task files and lists their names; it builds no task and reads no data.
All in one warm process, in turn; the imports of both sides are excluded.
"""

import argparse
import logging
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lm_eval.tasks import TaskManager
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tasks import registry  # noqa: E402
from tasks.benchmark import Request  # noqa: E402
from tasks.models.lm_eval_adapter import task_config  # noqa: E402
from tasks.sampling import Sampling  # noqa: E402

QUESTION = Request(problem_id="0", prompt="?", chat=True, stop=(), max_tokens=1)
OURS, THEIRS = "ours: look, build, list", "lm-eval: TaskManager(), list"


def ours() -> int:
    """Number of tasks built."""
    registry.benchmarks.cache_clear()
    configs = [
        task_config(f"{name}_{protocol}_{language}", [QUESTION], Sampling())
        for name, benchmark in registry.benchmarks().items()
        for protocol in benchmark.protocols
        for language in benchmark.languages
    ]
    return len(list(TaskManager(include_defaults=False).load(configs)["tasks"]))


def theirs() -> int:
    """Number of names in lm-eval's index."""
    return len(TaskManager().all_tasks)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5, metavar="N", help="repeats of each")
    count = parser.parse_args().n
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    todo: dict[str, Callable[[], int]] = {OURS: ours, THEIRS: theirs}
    made = {name: build() for name, build in todo.items()}  # warms both
    times: dict[str, list[float]] = {name: [] for name in todo}
    for _ in range(count):
        for name, build in todo.items():
            begin = time.perf_counter()
            build()
            times[name].append(time.perf_counter() - begin)
    table = Table(title=f"Task index, {count} repeats each, in turn")
    for column in ("what", "tasks", "median s", "fastest s", "slowest s", "of lm-eval"):
        table.add_column(column, justify="left" if column == "what" else "right")
    base = statistics.median(times[THEIRS])
    for name, taken in times.items():
        middle = statistics.median(taken)
        numbers = (f"{t:.4f}" for t in (middle, min(taken), max(taken)))
        table.add_row(name, f"{made[name]:,}", *numbers, f"1/{base / middle:.0f}")
    Console().print(table)
    print("warm process, imports excluded on both sides; no problem file is read on either")


if __name__ == "__main__":
    main()
