"""An A/A study: how often are identical data called worse, by three ways of counting?

Reads the run records of one variant under several seeds, made for example by

    ultralink-bench run --ablation prune --variants keep-all --seeds 0,1,2,3,4,5 --out AA
    python benchmarks/aa_study.py AA/records

and takes every way to split the seeds into two groups as an experiment without an effect. The
last line gives the margins of the primary endpoints, rounded up, as options of `run`.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from harness.statistics.aa_study import AACells, SuggestedMargin, aa_study
from harness.statistics.cells import stack
from harness.statistics.clusters import merged, over_clusters
from harness.statistics.estimators import log_bpb_scores
from harness.statistics.measured import MeasuredTask, is_bpb
from harness.statistics.scores import measure_files
from leaderboard.records import read_record
from tasks import registry


def main() -> None:
    """Print the shares and the margins that they suggest."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("records", type=Path, help="folder of run records")
    arguments.add_argument("--variant", default="keep-all")
    options = arguments.parse_args()
    paths = sorted(options.records.glob(f"{options.variant}_seed*.json"))
    records = [(path, read_record(path)) for path in paths]
    runs = [measure_files(path.parent, record.cells) for path, record in records]
    cells = [cell for key in keys(runs) if (cell := cells_of(runs, *key)) is not None]
    study = aa_study(cells)
    console = Console(width=100)
    console.print(f"{len(runs)} seeds of {options.variant}; {len(cells)} task metrics")
    table = Table("way of counting", "cells called worse", "primary endpoints called worse")
    for method in study.methods:
        shares = (method.cells, method.primary)
        texts = [f"{100 * s.share:.1f} % ({s.worse} of {s.comparisons})" for s in shares]
        table.add_row(method.method, *texts)
    console.print(table)
    table = Table("task", "metric", "noise floor", "even odds", "suggested margin")
    for margin in study.margins:
        table.add_row(
            margin.task,
            margin.metric,
            f"{margin.noise_floor:.4f}",
            f"{margin.even_odds:.4f}",
            f"{margin.margin:.4f}",
        )
    console.print(table)
    console.print(" ".join(settings(study.margins)))


def settings(margins: Sequence[SuggestedMargin]) -> list[str]:
    """The largest margin of each scale's primary endpoints, rounded up to half a point."""
    largest: dict[str, float] = {}
    for margin in margins:
        if margin.metric == registry.get(margin.task).primary_metric:
            scale = "bpb" if is_bpb(margin.metric) else "accuracy"
            largest[scale] = max(largest.get(scale, 0.0), margin.margin)
    return [
        f"--set margins.{scale}={math.ceil(value * 200) / 200:g}"
        for scale, value in sorted(largest.items())
    ]


def keys(runs: list[list[MeasuredTask]]) -> list[tuple[str, str]]:
    """Task and metric of every cell of the first run."""
    return list(dict.fromkeys((m.task, m.metric) for m in runs[0]))


def cells_of(runs: list[list[MeasuredTask]], task: str, metric: str) -> AACells | None:
    """Scores [seed, problem, language]; None for a metric that stands at its floor or ceiling."""
    by_run = [
        {m.language: m.values for m in run if (m.task, m.metric) == (task, metric)} for run in runs
    ]
    languages = tuple(by_run[0])
    clusters = merged(m.clusters for run in runs for m in run if m.task == task)
    arrays = stack([[run[language] for run in by_run] for language in languages], clusters)
    if arrays is None:
        return None
    stacked = over_clusters(np.stack(arrays.groups, axis=2), arrays.clusters)
    if is_bpb(metric):
        scores = log_bpb_scores(stacked[..., 0], stacked[0, ..., 1])
    else:
        scores = stacked[..., 0]
    if np.ptp(scores) == 0:
        return None
    return AACells(
        task=task,
        metric=metric,
        languages=languages,
        scores=scores,
        higher_is_better=not is_bpb(metric),
    )


if __name__ == "__main__":
    main()
