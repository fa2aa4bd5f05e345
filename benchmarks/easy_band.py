"""Exact match by band: is the easy band (one step, single digits) off the floor?

Reads run records of an experiment with the task `starter_math`, for example

    ultralink-bench run --ablation prune --variants keep-all --set train.steps=1200 --out EASY
    python benchmarks/easy_band.py EASY/records
"""

import argparse
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.statistics.estimators import wilson
from harness.statistics.scores import measure_files
from leaderboard.records import read_record
from ultralink_data.starter.math import math_problems
from ultralink_data.starter.starter_languages import closings


def main() -> None:
    """Print correct answers by variant, band and language, over all seeds."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("records", type=Path, help="folder of run records")
    options = arguments.parse_args()
    bands = {p.template_id: p.band for p in math_problems(0, "held_out", 1, closings())}
    counts: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for path in sorted(options.records.glob("*.json")):
        record = read_record(path)
        for found in measure_files(path.parent, record.cells):
            if (found.task, found.metric) == ("starter_math", "exact_match"):
                for problem_id, (score,) in found.values.items():
                    band = bands[problem_id.split("/")[1]]
                    counts[record.variant or "", band, found.language].append(score)
    table = Table("variant", "band", "language", "correct", "share [95 %, problems only]")
    for (variant, band, language), scores in sorted(counts.items()):
        low, high = wilson(sum(scores), len(scores))
        share = f"{100 * sum(scores) / len(scores):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
        table.add_row(variant, band, language, f"{sum(scores):.0f} of {len(scores)}", share)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
