"""Length-controlled win rates beside the ones that AlpacaEval publishes for the same verdicts.

`python benchmarks/length_control.py ALPACA_EVAL` takes a checkout of tatsu-lab/alpaca_eval (commit
cd543a1; models whose annotations are there) and prints one line a model, then how far ours is from
the published rate on average and at most, with and without the models of which we give no rate.
"""

import argparse
import csv
import json
from pathlib import Path

from tasks.judging.length_control import _penalised, _share, length_controlled, no_estimate

JUDGE = "weighted_alpaca_eval_gpt4_turbo"


def _rate_anyway(scores: list[float], lengths: list[tuple[int, int]]) -> float | None:
    """The rate without the guards."""
    import numpy as np

    difference = np.array([baseline - model for model, baseline in lengths], dtype=float)
    spread = difference.std(ddof=1)
    if spread == 0:
        return None
    features = np.column_stack([np.tanh(difference / spread), np.ones(len(scores))])
    return _share(_penalised(features, np.array(scores))[1])


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    board = folder / f"src/alpaca_eval/leaderboards/data_AlpacaEval_2/{JUDGE}_leaderboard.csv"
    with board.open(encoding="utf-8") as file:
        published = {row[""]: row for row in csv.DictReader(file)}
    given, anyway = [], []
    for path in sorted(folder.glob(f"results/*/{JUDGE}/annotations.json")):
        name = path.parts[-3]
        if not published.get(name, {}).get("length_controlled_winrate"):
            continue
        rows = [row for row in json.loads(path.read_bytes()) if row["preference"] is not None]
        scores = [min(max(row["preference"] - 1, 0.0), 1.0) for row in rows]
        lengths = [(len(row["output_2"]), len(row["output_1"])) for row in rows]
        theirs = float(published[name]["length_controlled_winrate"])
        bare, found = _rate_anyway(scores, lengths), length_controlled(scores, lengths)
        if bare is not None:
            anyway.append(abs(100 * bare - theirs))
        shown = no_estimate(scores, lengths)
        if found is not None:
            given.append(abs(100 * found.rate - theirs))
            shown = f"{100 * found.rate:.1f} [{100 * found.low:.1f}, {100 * found.high:.1f}]"
        without = "" if bare is None else f"{100 * bare:.1f}"
        mean = 100 * sum(scores) / len(scores)
        print(f"{name:36} won {mean:5.1f} published {theirs:5.1f} unguarded {without:5} {shown}")
    for label, far in (("unguarded", anyway), ("given", given)):
        print(
            f"{label}: {len(far)} models, off by {sum(far) / len(far):.1f}, at most {max(far):.1f}"
        )


if __name__ == "__main__":
    main()
