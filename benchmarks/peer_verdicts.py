"""What other packages say of pairs of runs; runs where they are, imports nothing of this project.

    PYTHON benchmarks/peer_verdicts.py DRAWS.npz OUT.npz

DRAWS holds `variant` and `reference`, [draw, seed, problem], higher is better. OUT gets for each
package that is installed one number a draw: -1 worse, 1 better, 0 neither. Each is told what its
interface takes: evalstats that problems are items and seeds are runs of them, statgate that
problems are cases and seeds are run indices (its gate with margin 0), paired-eval the mean over
seeds of each problem, as its own comparison of repeated runs does. paired-eval gets 1,000 resamples
in place of 10,000, as it is slow; the others have their defaults.
"""

import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np


def evalstats() -> Callable[[Any, Any], int]:
    """evalstats: the interval of the pairwise comparison."""
    package, pandas = import_module("evalstats"), import_module("pandas")
    frame = import_module("evalstats_intervals").frame

    def call(variant: Any, reference: Any) -> int:
        data = package.load_from(frame(pandas, variant, reference))
        found = package.compare(data, factors="model", omnibus=False)
        (pair,) = found.pairwise.results.values()
        sign = 1 if pair.template_a == "variant" else -1
        low, high = sorted(sign * end for end in (pair.ci_low, pair.ci_high))
        return side(low, high)

    return call


def statgate() -> Callable[[Any, Any], int]:
    """statgate: the interval of its gate, which bootstraps cases."""
    verdict, config = import_module("statgate.verdict"), import_module("statgate.config")
    record = import_module("statgate.records").EvalRecord
    settings = config.GateSettings(margin=0.0, seed=0)

    def records(scores: Any) -> list[Any]:
        return [
            record(case_id=str(problem), score=float(value), run_index=run)
            for run, row in enumerate(scores)
            for problem, value in enumerate(row)
        ]

    def call(variant: Any, reference: Any) -> int:
        found = verdict.evaluate_gate(records(reference), records(variant), settings)
        return side(found.interval.low, found.interval.high)

    return call


def paired_eval() -> Callable[[Any, Any], int]:
    """paired-eval: the p-value of its permutation test."""
    compare = import_module("paired_eval.claim_eval").paired_compare

    def call(variant: Any, reference: Any) -> int:
        means = [scores.mean(axis=0).tolist() for scores in (variant, reference)]
        found = compare(*means, n_resamples=1000)
        return int(np.sign(found["mean_diff"])) if found["p_value"] < 0.05 else 0

    return call


def side(low: float, high: float) -> int:
    """Which side of 0 an interval is on."""
    return 1 if low > 0 else -1 if high < 0 else 0


PEERS = {"evalstats": evalstats, "statgate": statgate, "paired-eval": paired_eval}


def main() -> None:
    """Compare every draw by every package that is there."""
    warnings.filterwarnings("ignore")
    draws = np.load(sys.argv[1])
    found = {}
    for name, make in PEERS.items():
        try:
            call = make()
        except ImportError:
            continue
        pairs = zip(draws["variant"], draws["reference"], strict=True)
        found[name] = np.array([call(variant, reference) for variant, reference in pairs])
    np.savez(sys.argv[2], **found)


if __name__ == "__main__":
    main()
