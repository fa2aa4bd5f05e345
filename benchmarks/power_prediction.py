"""Are the predictions of `power` true? On simulated data, and on runs with many seeds.

    python benchmarks/power_prediction.py [--reps 2000]
    python benchmarks/power_prediction.py --records REPORT ...

Simulated: data are drawn by `statistics_simulation.py`; pilots of three and of eight seeds predict
which difference three seeds find in 80 % of cases, and the true power at that difference is counted
with `paired_mean` on new draws. Recorded: from a report of `run` with n seeds, each of the pilots
of three seeds predicts the half width that three and six of the *other* seeds have; and the power
that all n seeds predict at the difference that they found stands beside the share of groups of
three in which it was found. Groups overlap: their shares have no interval.
"""

import argparse
import sys
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from harness.experiment.finished_runs import finished_runs
from harness.statistics.design_power import Design, components_of, detectable, power_at
from harness.statistics.estimators import Floats, paired_mean, smallest_detectable
from harness.statistics.score_arrays import ScoredEndpoint, endpoints
from leaderboard.estimate import Estimate
from leaderboard.power_results import PlannedNumber

sys.path.insert(0, str(Path(__file__).parent))
from statistics_simulation import Draw, Scenario, accuracy_draw, bpb_draw

PROBLEMS = 72
GROUP = 3
SPREADS = {"bpb": (0.0, 1.0, 3.0), "accuracy": (0.0, 0.5)}
"""Between-seed spreads; shares of right answers cannot spread further over 72 problems."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reps", type=int, default=2000, help="draws for a power")
    parser.add_argument("--pilots", type=int, default=40, help="pilots, or groups of seeds")
    parser.add_argument("--records", type=Path, nargs="*", default=[], help="reports of runs")
    options = parser.parse_args()
    console = Console(width=120)
    if options.records:
        for folder in options.records:
            console.print(recorded(folder, options.pilots))
    else:
        console.print(simulated(options.reps, options.pilots))


def scenario(kind: str, spread: float, seeds: int, errors: float = 0.0) -> Scenario:
    """Three-seed data; `errors` is the effect in standard errors of these."""
    return Scenario(
        kind=kind,
        seeds=seeds,
        problems=PROBLEMS,
        spread=spread,
        by_problem=0.6,
        effect_errors=errors,
    )


def drawing(one: Scenario) -> tuple[Draw, float, float]:
    """What draws its data, the effect and its standard error."""
    return {"accuracy": accuracy_draw, "bpb": bpb_draw}[one.kind](one)


def endpoint(kind: str, variant: Floats, reference: Floats) -> ScoredEndpoint:
    """A draw as an endpoint of two arms."""
    sign = 1 if kind == "accuracy" else -1  # bpb draws are turned already
    return ScoredEndpoint(
        task="simulated",
        metric="bpb" if kind == "bpb" else "accuracy",
        language="zh",
        languages=("zh",),
        problems=PROBLEMS,
        arms={"reference": sign * reference[..., None], "variant": sign * variant[..., None]},
    )


def simulated(reps: int, pilots: int) -> Table:
    """Predicted and counted power, for pilots of several seeds."""
    table = Table(title=f"three seeds, {PROBLEMS} problems; {pilots} pilots, {reps} draws a power")
    for name in (
        *("data", "spread", "pilot's seeds", "true difference found in 80 %"),
        *("predicted: median [10, 90 %]", "its 95 % interval holds the truth", "power of the plan"),
    ):
        table.add_column(name)
    for kind, spreads in SPREADS.items():
        for spread in spreads:
            truth, powers = curve(kind, spread, reps)
            for seeds in (3, 8):
                found = [pilot(kind, spread, seeds, number) for number in range(pilots)]
                values = [f.value for f in found]
                low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
                held = np.mean([f.low <= truth <= f.high for f in found])
                reached = np.interp(middle, *powers)
                table.add_row(
                    kind,
                    f"{spread:g}",
                    str(seeds),
                    f"{100 * truth:.2f}",
                    f"{100 * middle:.2f} [{100 * low:.2f}, {100 * high:.2f}]",
                    f"{100 * held:.0f} %",
                    f"{100 * reached:.0f} %",
                )
    return table


def curve(kind: str, spread: float, reps: int) -> tuple[float, tuple[Floats, Floats]]:
    """The true difference that three seeds find in 80 %, and counted power by difference."""
    distances, shares = [], []
    for errors in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0):
        draw, effect, _ = drawing(scenario(kind, spread, GROUP, errors))
        rng = np.random.default_rng(int(errors))
        distances.append(abs(effect))
        shares.append(np.mean([paired_mean(*draw(rng)).low > 0 for _ in range(reps)]))
    by_share = np.maximum.accumulate(shares)
    return float(np.interp(0.8, by_share, distances)), (np.array(distances), np.array(shares))


def pilot(kind: str, spread: float, seeds: int, number: int) -> PlannedNumber:
    """What a pilot of so many seeds predicts for three."""
    # The spread of the data is that of three seeds, whatever the pilot has.
    base = scenario(kind, spread, GROUP)
    ratio = (base.question_variance(1.0) * GROUP) / (
        scenario(kind, spread, seeds).question_variance(1.0) * seeds
    )
    draw, _, _ = drawing(scenario(kind, spread * ratio**0.5, seeds))
    one = endpoint(kind, *draw(np.random.default_rng([number, seeds])))
    found = components_of(one, "reference")
    return detectable(found, Design(seeds=GROUP, clusters=PROBLEMS))


def recorded(folder: Path, groups: int) -> Table:
    """Predictions of groups of three seeds beside what the other seeds gave."""
    runs = finished_runs([folder])
    table = Table(title=f"{folder.name}: {len(runs.seeds)} seeds of {', '.join(runs.records)}")
    for name in (
        *("endpoint", "variant", "predicted of three others / seen", "of six others / seen"),
        *("interval holds all seeds' answer", "difference", "power predicted", "found in"),
    ):
        table.add_column(name)
    for one in endpoints(runs.measured()):
        for arm in one.arms:
            if arm != runs.reference and one.language == "non-en":
                table.add_row(*_recorded_row(one, arm, runs.reference, groups))
    return table


def _recorded_row(one: ScoredEndpoint, arm: str, reference: str, groups: int) -> list[str]:
    rng = np.random.default_rng(0)
    pair = {name: one.arms[name] for name in (reference, arm)}
    whole = components_of(_rows(one, pair, None), reference)
    three = Design(seeds=GROUP, clusters=one.clusters)
    answer = detectable(whole, three).value
    ratios: dict[int, list[float]] = {3: [], 6: []}
    held, found = [], []
    seeds = len(next(iter(pair.values())))
    for _ in range(groups):
        order = rng.permutation(seeds)
        components = components_of(_rows(one, pair, order[:GROUP]), reference)
        predicted = detectable(components, three)
        held.append(predicted.low <= answer <= predicted.high)
        for count, kept in ratios.items():
            if GROUP + count <= seeds:
                rest = order[GROUP : GROUP + count]
                seen = smallest_detectable(_estimate(one, arm, reference, rest))
                design = Design(seeds=count, clusters=one.clusters)
                kept.append(detectable(components, design).value / seen)
        group = _estimate(one, arm, reference, order[:GROUP])
        found.append(np.sign(group.value) if group.low > 0 or group.high < 0 else 0)
    effect = _estimate(one, arm, reference, np.arange(seeds)).value
    return [
        f"{one.task} {one.metric}",
        arm,
        *(_spread(ratios[count]) for count in (3, 6)),
        f"{100 * np.mean(held):.0f} %",
        f"{100 * effect:+.2f}",
        f"{100 * power_at(whole, three, abs(effect)):.0f} %",
        f"{100 * np.mean(np.array(found) == np.sign(effect)):.0f} %",
    ]


def _rows(one: ScoredEndpoint, arms: dict[str, Floats], rows: Floats | None) -> ScoredEndpoint:
    kept = {name: table if rows is None else table[rows] for name, table in arms.items()}
    return msgspec.structs.replace(one, arms=kept)


def _estimate(one: ScoredEndpoint, arm: str, reference: str, rows: Floats) -> Estimate:
    return paired_mean(one.table(arm)[rows], one.table(reference)[rows])


def _spread(ratios: list[float]) -> str:
    if not ratios:
        return ""
    low, middle, high = np.quantile(ratios, [0.1, 0.5, 0.9])
    return f"{middle:.2f} [{low:.2f}, {high:.2f}]"


if __name__ == "__main__":
    main()
