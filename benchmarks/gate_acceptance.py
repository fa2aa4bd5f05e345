"""Does the gate stop what it must, and let pass what it must? Planted changes, and A/A draws.

    python -m benchmarks.gate_acceptance --benchmarks DIR --draws 20
    python -m benchmarks.gate_acceptance --benchmarks DIR --draws 20 --train --runs DIR

Each draw makes a starter set of another seed and plants every change of `planted_changes` in it; a
harmful one must fail with its language and kind named, a harmless one must pass. With `--train`
each draw is also an A/A comparison: the candidate has the same kinds of rows, drawn anew, and
models are trained on both sides as the gate does; any verdict but "pass" is a false alarm.
"""

import argparse
import random
import shutil
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.planted_changes import planted, read_rows, write_rows
from harness.engine.artefact_store import Store
from harness.gate.checking import check_change, row_reasons
from harness.gate.gate_config import GateConfig
from harness.gate.proxy import proxy, train_and_compare
from harness.progress.display import QUIET
from harness.progress.terminal import TERMINAL
from harness.statistics.decision import decide_on
from harness.statistics.policy import NO_POLICY
from tasks import registry
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset


def main() -> int:
    """Print for each change how often it was stopped; 1 if any was judged wrong."""
    options = _options()
    stopped: Counter[str] = Counter()
    named: Counter[str] = Counter()
    config = GateConfig()
    changes = planted(_leaks(options.benchmarks))
    for draw in range(options.draws):
        with TemporaryDirectory() as scratch:
            baseline = Path(scratch) / "baseline"
            rows = starter_dialogues(options.first_seed + draw, options.per_template)
            dataset.write(baseline, rows, recipe="starter")
            for change in changes:
                candidate = Path(scratch) / "candidate"
                changed = read_rows(baseline)
                change.change(changed, random.Random(draw))
                write_rows(changed, candidate)
                checked = check_change(
                    baseline, candidate, config.against, options.benchmarks, QUIET
                )
                reasons = row_reasons(checked, config.limits)
                stopped[change.name] += bool(reasons)
                right = {f"{r.language}_{r.kind}" for r in reasons if r.cause in change.causes}
                named[change.name] += bool(change.causes) and right >= change.cells
                shutil.rmtree(candidate)
        print(f"draw {draw + 1} of {options.draws}", file=sys.stderr)
    print(f"{'change':36} {'stopped':>8} {'named':>8}")
    for change in changes:
        told = f"{named[change.name]:8}" if change.causes else "       -"
        print(f"{change.name:36} {stopped[change.name]:8} {told}")
    wrong = [c.name for c in changes if stopped[c.name] != (options.draws if c.causes else 0)]
    wrong += [c.name for c in changes if c.causes and named[c.name] != options.draws]
    alarms = _false_alarms(options, config) if options.train else 0
    return 1 if wrong or alarms else 0


def _false_alarms(options: argparse.Namespace, config: GateConfig) -> int:
    """A/A draws that do not pass; each is printed with the sentence that decided it."""
    store, alarms = Store(options.runs), 0
    with TemporaryDirectory() as scratch:
        sides = []
        for draw in range(options.draws + 1):
            folder = Path(scratch) / f"draw-{draw}"
            rows = starter_dialogues(options.first_seed + draw, options.per_template)
            dataset.write(folder, rows, recipe="starter")
            sides.append(str(folder))
        for candidate in sides[1:]:
            asked = proxy(config, (sides[0], candidate), store, None, (), lambda text: None)
            out = Path(scratch) / "out"
            done = train_and_compare(asked, out, datetime.now(UTC), NO_POLICY, TERMINAL)
            assert done is not None
            decision = decide_on(config.fail_on, done[0].effects, done[0].gaps)
            alarms += decision.answer.value != 0
            print(f"{Path(candidate).name}: {decision.sentence}", flush=True)
            shutil.rmtree(out)
    print(f"A/A draws that did not pass: {alarms} of {options.draws}")
    return alarms


def _leaks(benchmarks: Path | None) -> dict[str, list[str]]:
    """A problem of MGSM in English and one of HumanEval, as rows would hold them."""
    found = {}
    for task, cell in (("mgsm", "en_math"), ("humaneval", "en_code")):
        benchmark = registry.get(task)
        item = benchmark.item(benchmark.problems("en", benchmarks)[0])
        assert item is not None
        code = f"```python\n{item.code}\n```" if item.code else ""
        found[cell] = [item.question or item.code, code or f"The answer is {item.answer}."]
    return found


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--benchmarks", type=Path, required=True)
    arguments.add_argument("--draws", type=int, default=20)
    arguments.add_argument("--first-seed", type=int, default=100)
    arguments.add_argument("--per-template", type=int, default=14)
    arguments.add_argument("--train", action="store_true", help="A/A comparisons too: hours")
    arguments.add_argument("--runs", type=Path, default=Path("runs"))
    return arguments.parse_args()


if __name__ == "__main__":
    sys.exit(main())
