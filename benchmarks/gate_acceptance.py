"""Does the gate stop what it must, and let pass what it must? Planted changes, and A/A draws.

    python -m benchmarks.gate_acceptance --benchmarks DIR --draws 20
    python -m benchmarks.gate_acceptance --benchmarks DIR --draws 20 --train 10 --runs DIR

Each draw makes a starter set of another seed and plants every change of `planted_changes` in it; a
harmful one must fail with its language and kind named, a harmless one must pass. What a draw found
is kept in `--work` under the code that found it: a run that was killed goes on, and one with more
draws makes only those that are new. With `--train` models decide as well (`gate_trained_draws`).
"""

import argparse
import hashlib
import random
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from benchmarks import planted_changes
from benchmarks.gate_trained_draws import trained_draws
from benchmarks.planted_changes import Planted, planted, read_rows, write_rows
from harness.engine.artefact_store import Store
from harness.engine.source_hash import source_hash
from harness.gate.checking import check_change, row_reasons
from harness.gate.gate_config import GateConfig
from harness.progress.display import QUIET
from harness.statistics.special_functions import special_functions
from tasks import registry
from ultralink_data import atomic
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

CONFIDENCE: Final = 0.95
"""Of the bound below a share of draws (or above one of false alarms), alone."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate said of one planted change.

    `named` says that a harmful one was told with its cause in every file where it is; `reasons` are
    all that were given, as "ru_math translation".
    """

    change: str
    harmful: bool
    named: bool
    reasons: tuple[str, ...]

    @property
    def right(self) -> bool:
        """A harmful change was stopped and named, or a harmless one passed."""
        return self.named if self.harmful else not self.reasons


def main() -> int:
    """Print for each change how often it was judged rightly; 1 if any was judged wrongly."""
    options = _options()
    changes = planted(_leaks(options.benchmarks))
    seeds = range(options.first_seed, options.first_seed + options.draws)
    found = [
        draw_of(seed, options.per_template, changes, options.benchmarks, options.work)
        for seed in seeds
    ]
    print("\n".join(table(found)))
    wrong = not all(one.right for judged in found for one in judged)
    if options.train:
        wrong |= trained_draws(options.train, options.first_seed, Store(options.runs), bounded)
    return int(wrong)


def draw_of(
    seed: int,
    per_template: int,
    changes: Sequence[Planted],
    benchmarks: Path | None,
    work: Path,
    against: Sequence[str] = GateConfig().against,
) -> list[Judged]:
    """What the gate says of each change of the starter set of a seed; kept in `work`."""
    said = ["harness.gate.checking", "ultralink_data.starter.dialogues", "harness.gate.gate_config"]
    parts = [*map(source_hash, said), Path(planted_changes.__file__).read_text("utf-8")]
    parts += [Path(__file__).read_text("utf-8"), *against, *(change.name for change in changes)]
    code = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    kept = work / f"draw-{seed}-{per_template}-{code}.json"
    again = kept.is_file()
    if again:
        found = msgspec.json.decode(kept.read_bytes(), type=list[Judged])
    else:
        found = list(_judged(seed, per_template, changes, benchmarks, against))
        atomic.write_bytes(kept, msgspec.json.format(msgspec.json.encode(found), indent=1))
    right = sum(one.right for one in found)
    print(f"draw {seed}: {right} of {len(found)} right{', made before' * again}", file=sys.stderr)
    for one in found:
        if not one.right:
            print(f"  {one.change}: {', '.join(one.reasons) or 'passed'}", file=sys.stderr)
    return found


def _judged(
    seed: int,
    per_template: int,
    changes: Sequence[Planted],
    benchmarks: Path | None,
    against: Sequence[str],
) -> Iterable[Judged]:
    limits = GateConfig().limits
    with TemporaryDirectory() as scratch:
        baseline, candidate = Path(scratch) / "baseline", Path(scratch) / "candidate"
        dataset.write(baseline, starter_dialogues(seed, per_template), recipe="starter")
        for change in changes:
            rows = read_rows(baseline)
            change.change(rows, random.Random(seed))
            write_rows(rows, candidate)
            checked = check_change(baseline, candidate, against, benchmarks, QUIET)
            reasons = row_reasons(checked, limits)
            right = {f"{r.language}_{r.kind}" for r in reasons if r.cause in change.causes}
            yield Judged(
                change=change.name,
                harmful=bool(change.causes),
                named=bool(change.causes) and right >= change.cells,
                reasons=tuple(f"{r.language}_{r.kind} {r.cause}" for r in reasons),
            )
            shutil.rmtree(candidate)


def table(found: Sequence[Sequence[Judged]]) -> list[str]:
    """By change, in how many draws it was stopped and named, and what that says of all draws."""
    lines = [f"{'change':36} {'stopped':>8} {'named':>8}"]
    draws = len(found)
    for one in found[0]:
        same = [each for judged in found for each in judged if each.change == one.change]
        stopped, named = sum(bool(each.reasons) for each in same), sum(e.named for e in same)
        told = f"{named:8}" if one.harmful else f"{'-':>8}"
        lines.append(f"{one.change:36} {stopped:8} {told}")
    for harmful, what in ((True, "stopped and named"), (False, "harmless ones stopped")):
        counts = [
            sum((one.right if harmful else bool(one.reasons)) for one in judged)
            for judged in zip(*found, strict=True)
            if judged[0].harmful == harmful
        ]
        if counts:
            count = min(counts) if harmful else max(counts)
            lines.append(
                f"{what}: {sum(counts)} of {draws * len(counts)}; the worst change in "
                f"{bounded(count, draws, least=harmful)}"
            )
    return lines


def bounded(count: int, draws: int, *, least: bool) -> str:
    """A count of draws with the exact one-sided bound (Clopper and Pearson) of its share."""
    inverse = special_functions().betaincinv
    if least:
        bound = float(inverse(count, draws - count + 1, 1 - CONFIDENCE)) if count else 0.0
        return f"{count} of {draws} draws (at least {100 * bound:.0f} %)"
    bound = float(inverse(count + 1, draws - count, CONFIDENCE)) if count < draws else 1.0
    return f"{count} of {draws} draws (at most {100 * bound:.0f} %)"


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
    arguments.add_argument("--work", type=Path, default=Path("runs/gate_acceptance"))
    arguments.add_argument(
        "--train", type=int, default=0, metavar="N", help="N A/A draws with models: minutes each"
    )
    arguments.add_argument("--runs", type=Path, default=Path("runs"))
    return arguments.parse_args()


if __name__ == "__main__":
    sys.exit(main())
