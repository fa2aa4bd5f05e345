"""The intervals of evalstats for draws of `evalstats_coverage.py`; runs where evalstats is.

    PYTHON benchmarks/evalstats_intervals.py DRAWS.npz OUT.npz

DRAWS holds `variant` and `reference`, [draw, seed, problem]; evalstats is told that problems are
items and seeds are runs of them. OUT gets `bounds`, [draw, end]. Imports nothing of this project.
"""

import sys
import warnings
from importlib import import_module
from typing import Any

import numpy as np


def frame(pandas: Any, variant: Any, reference: Any) -> Any:
    """One row for each score: model, item, run."""
    seeds, problems = variant.shape
    run, item = np.indices((seeds, problems)).reshape(2, -1)
    parts = [
        pandas.DataFrame({"model": name, "item": item, "run": run, "score": scores.ravel()})
        for name, scores in (("variant", variant), ("reference", reference))
    ]
    return pandas.concat(parts, ignore_index=True)


def main() -> None:
    """Compare every draw."""
    warnings.filterwarnings("ignore")
    evalstats, pandas = import_module("evalstats"), import_module("pandas")
    draws = np.load(sys.argv[1])
    bounds = []
    for variant, reference in zip(draws["variant"], draws["reference"], strict=True):
        data = evalstats.load_from(frame(pandas, variant, reference))
        found = evalstats.compare(data, factors="model", omnibus=False)
        (pair,) = found.pairwise.results.values()
        ends = (pair.ci_low, pair.ci_high)
        sign = 1 if pair.template_a == "variant" else -1
        bounds.append(sorted(sign * end for end in ends))
    np.savez(sys.argv[2], bounds=np.array(bounds))


if __name__ == "__main__":
    main()
