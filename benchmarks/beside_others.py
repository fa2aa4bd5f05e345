"""False alarms and power of ours and of others, on the same simulated and recorded data.

    python -m venv PEERS
    PEERS/bin/pip install evalstats==0.3.3 statgate==0.1.1 paired-eval==0.4.0
    python benchmarks/beside_others.py --peers PEERS/bin/python [--reps 200] [--records REPORT ...]

Simulated: three seeds a side, 72 problems, draws of `statistics_simulation.py` without an effect
and with one of four true standard errors. Recorded: report folders of `run` with six seeds or more;
two disjoint groups of three seeds of the reference (identical data), and three seeds of each other
variant against the same of the reference. Groups overlap, so shares of recorded data have no
interval. The sign test is over problems, on means over seeds. A package that PEERS has not got is
left out.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import stats

from harness.experiment.finished_runs import finished_runs
from harness.statistics.estimators import Floats, paired_mean
from harness.statistics.score_arrays import ScoredEndpoint, endpoints

sys.path.insert(0, str(Path(__file__).parent))
from statistics_simulation import Scenario, accuracy_draw, bpb_draw

ASKING = Path(__file__).with_name("peer_verdicts.py")
GROUP = 3
EFFECT = 4.0

Pairs = list[tuple[Floats, Floats]]


def main() -> None:
    """Print a row for each kind of data, with the shares of every method."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--peers", required=True, help="a Python that has the other packages")
    parser.add_argument("--reps", type=int, default=200, help="draws a row")
    parser.add_argument("--records", type=Path, nargs="*", default=[], help="reports of runs")
    parser.add_argument("--only-records", action="store_true", help="nothing simulated")
    options = parser.parse_args()
    drawn = [] if options.only_records else simulated(options.reps)
    rows = [*drawn, *recorded(options.records, options.reps)]
    table: Table | None = None
    for name, question, pairs in rows:
        calls = {"ours": ours(pairs), "sign test": sign_test(pairs), **asked(pairs, options.peers)}
        if table is None:
            table = Table("data", "question", "draws", *calls, title="called worse or better, %")
        table.add_row(
            name, question, str(len(pairs)), *(share(c, question) for c in calls.values())
        )
    Console(width=140).print(table)


def share(calls: Floats, question: str) -> str:
    """False alarms of either side, or how often the true side was found."""
    wanted = calls < 0 if question == "worse" else calls != 0
    return f"{100 * float(wanted.mean()):.1f}"


def simulated(reps: int) -> Iterator[tuple[str, str, Pairs]]:
    """Draws without an effect, and with a variant that is worse."""
    for number, kind in enumerate(("accuracy", "bpb")):
        for spread in (0.0, 1.0, 3.0):
            for effect in (0.0, -EFFECT):
                scenario = Scenario(
                    kind=kind,
                    seeds=GROUP,
                    problems=72,
                    spread=spread,
                    by_problem=0.6,
                    effect_errors=effect,
                )
                draw, _, _ = {"accuracy": accuracy_draw, "bpb": bpb_draw}[kind](scenario)
                rng = np.random.default_rng([number, round(10 * spread), round(-effect)])
                name = f"simulated {kind}, spread {spread:g}"
                yield (
                    name,
                    "identical" if effect == 0 else "worse",
                    [draw(rng) for _ in range(reps)],
                )


def recorded(folders: list[Path], reps: int) -> Iterator[tuple[str, str, Pairs]]:
    """Groups of the reference against each other, and other variants against it."""
    for folder in folders:
        runs = finished_runs([folder])
        for one in endpoints(runs.measured()):
            if not one.primary:
                continue
            rng = np.random.default_rng(0)
            name = f"recorded {one.task} {one.metric}, {len(runs.seeds)} seeds"
            yield name, "identical", list(apart(one, runs.reference, reps, rng))
            for arm in one.arms:
                if arm != runs.reference:
                    pairs = list(against(one, arm, runs.reference, reps, rng))
                    yield f"{name}: {arm}", "worse", pairs


def apart(
    one: ScoredEndpoint, arm: str, reps: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """Disjoint groups of seeds of one arm."""
    table = one.table(arm)
    for _ in range(reps):
        rows = rng.permutation(len(table))[: 2 * GROUP]
        yield table[rows[:GROUP]], table[rows[GROUP:]]


def against(
    one: ScoredEndpoint, arm: str, reference: str, reps: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """The same seeds of two arms."""
    first, second = one.table(arm), one.table(reference)
    for _ in range(reps):
        rows = rng.permutation(len(first))[:GROUP]
        yield first[rows], second[rows]


def ours(pairs: Pairs) -> Floats:
    """Which side of 0 our interval is on."""
    found = [paired_mean(*pair) for pair in pairs]
    return np.array([1.0 if e.low > 0 else -1.0 if e.high < 0 else 0.0 for e in found])


def sign_test(pairs: Pairs) -> Floats:
    """Two-sided sign test over the problems whose means over seeds differ."""
    calls = []
    for variant, reference in pairs:
        difference = variant.mean(axis=0) - reference.mean(axis=0)
        gains, losses = int((difference > 0).sum()), int((difference < 0).sum())
        p = stats.binomtest(gains, gains + losses).pvalue if gains + losses else 1.0
        calls.append(float(np.sign(gains - losses)) if p < 0.05 else 0.0)
    return np.array(calls)


def asked(pairs: Pairs, python: str) -> dict[str, Floats]:
    """The verdicts of the packages that are in another environment."""
    with tempfile.TemporaryDirectory() as folder:
        draws, out = Path(folder) / "draws.npz", Path(folder) / "out.npz"
        np.savez(draws, variant=[v for v, _ in pairs], reference=[r for _, r in pairs])
        subprocess.run([python, str(ASKING), str(draws), str(out)], check=True)
        found = np.load(out)
        return {name: np.asarray(found[name], dtype=np.float64) for name in found.files}


if __name__ == "__main__":
    main()
