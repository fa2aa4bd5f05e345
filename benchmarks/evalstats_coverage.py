"""Coverage of our intervals beside those of evalstats, on the same draws of identical data.

    python -m venv PEER && PEER/bin/pip install evalstats
    python benchmarks/evalstats_coverage.py --python PEER/bin/python [--reps 200]

evalstats (PyPI) compares models over items and runs. It is told that seeds are runs; it knows no
clusters, so it sees the problems as items, and once more the means of clusters as items, which is
what a user could do. Draws are those of `statistics_simulation.py`; there is no effect.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from harness.statistics.clusters import over_clusters
from harness.statistics.estimators import Floats, paired_mean

sys.path.insert(0, str(Path(__file__).parent))
from statistics_simulation import Scenario, accuracy_draw, bpb_draw

ASKING = Path(__file__).with_name("evalstats_intervals.py")
CASES = [
    (kind, clusters, copies, alike, spread)
    for kind in ("accuracy", "bpb")
    for clusters, copies, alike in ((72, 1, 0.0), (18, 4, 0.97))
    for spread in (0.0, 1.0, 3.0)
]


def main() -> None:
    """Print coverage and false alarms of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--python", required=True, help="a Python that has evalstats")
    parser.add_argument("--reps", type=int, default=200)
    options = parser.parse_args()
    table = Table(title=f"3 seeds, no effect, {options.reps} draws a row; nominal 95 % and 5 %")
    for name in ("data", "clusters x copies", "spread", "method", "coverage", "called different"):
        table.add_column(name)
    for number, (kind, clusters, copies, alike, spread) in enumerate(CASES):
        scenario = Scenario(
            kind=kind,
            seeds=3,
            problems=clusters * copies,
            spread=spread,
            by_problem=0.6,
            effect_errors=0.0,
            copies=copies,
            alike=alike,
        )
        for method, bounds in intervals(scenario, options.python, options.reps, number).items():
            outside = float(((bounds[:, 0] > 0) | (bounds[:, 1] < 0)).mean())
            shares = (f"{100 * (1 - outside):.1f} %", f"{100 * outside:.1f} %")
            table.add_row(kind, f"{clusters} x {copies}", f"{spread:g}", method, *shares)
        table.add_section()
    Console(width=100).print(table)


def intervals(scenario: Scenario, python: str, reps: int, seed: int) -> dict[str, Floats]:
    """The bounds [draw, end] of each method; the draws are made once."""
    draw, _, _ = {"accuracy": accuracy_draw, "bpb": bpb_draw}[scenario.kind](scenario)
    rng = np.random.default_rng(seed)
    pairs = [draw(rng) for _ in range(reps)]
    ours = [paired_mean(*pair, scenario.clusters) for pair in pairs]
    found = {
        "ours": np.array([(e.low, e.high) for e in ours]),
        "evalstats": asked(pairs, python),
    }
    if scenario.clusters is not None:
        means = [(*(over_clusters(a, scenario.clusters) for a in pair),) for pair in pairs]
        found["evalstats, clusters as items"] = asked([(a, b) for a, b in means], python)
    return found


def asked(pairs: list[tuple[Floats, Floats]], python: str) -> Floats:
    """evalstats' bounds for each pair of arrays [seed, problem]."""
    with tempfile.TemporaryDirectory() as folder:
        draws, out = Path(folder) / "draws.npz", Path(folder) / "out.npz"
        np.savez(draws, variant=[v for v, _ in pairs], reference=[r for _, r in pairs])
        subprocess.run([python, str(ASKING), str(draws), str(out)], check=True)
        return np.asarray(np.load(out)["bounds"])


if __name__ == "__main__":
    main()
