"""Does `blame` find rows that were spoiled on purpose, and with how many trainings?

    python -m benchmarks.blame_planted --draws 10 --runs DIR
    python -m benchmarks.blame_planted --draws 10 --runs DIR --steps 60 --random

Each draw is a starter set drawn anew, in which every row differs from the old set (the harmless
changes) and the rows of one group are spoiled as well: all math of a language that has a third of
what the others have (5 % of the changed rows), a language (20 %), or what one of two translators
wrote, the math of three languages (45 %). Spoiled is: blanks lost (in Chinese: added), characters
from the end to the start, or words in another order. Found means: in the language that lost most,
the group that is named has the spoiled rows and no others, but for three in ten (in a language that
is mostly math the rest hardly counts); which rows of other languages it has cannot be told there.
With `--random` the same number of trainings is given to subsets drawn by coins, read by the same
statistics. To leave out each language and kind once takes 20 trainings a seed.
"""

import argparse
import random
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import numpy as np

from harness.blame.blame_search import ALIKE, Choose, Searched, search, union
from harness.blame.blamed import each_once
from harness.blame.changed_units import ChangeUnits, changed_units
from harness.blame.lost_scores import lost_scores
from harness.blame.subset_training import Lost, SubsetTrainer, log_loss
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.pool import Pool
from harness.experiment.chosen_config import chosen_config
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import with_datasets
from harness.progress.display import QUIET
from harness.statistics.group_belief import Belief, Bools, Suspects
from harness.statistics.group_testing import next_subsets, random_subsets
from ultralink_data.dialogue import Dialogue
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

LANGUAGES = ("en", "zh", "es", "fr", "ru")
WRITERS = ("translator-1", "translator-2")
SIZES = ("5 %", "20 %", "45 %")


class Draw(NamedTuple):
    """A pair of datasets, and the names of the rows that are spoiled in the new one."""

    old: Path
    new: Path
    group: str
    spoiled: frozenset[tuple[str, str, str]]


def main() -> int:
    """Print each draw and the share of draws in which the group was found; 1 if under 9 of 10."""
    options = _options()
    store = Store(options.runs)
    config = chosen_config(
        "starter",
        languages=(),
        tasks=("starter_math", "starter_code"),
        seeds=(),
        settings=[f"train.steps={options.steps}", f"workers={options.workers}"],
        hints={"tasks": ""},
    )
    methods: dict[str, Choose] = {"bisection": next_subsets}
    if options.random:
        methods["random"] = _by_coins
    hits = {(size, method): list[bool]() for size in options.sizes for method in methods}
    with Pool(config.workers, store, worker_environment(config.train.threads)) as pool:
        for number in range(options.first, options.first + options.draws):
            for size in options.sizes:
                with TemporaryDirectory() as scratch:
                    draw = _draw(Path(scratch), size, number)
                    found = _searched(draw, Path(scratch), config, store, pool, methods, size)
                    for method, hit in found.items():
                        hits[size, method].append(hit)
    for (size, method), found_ones in hits.items():
        print(f"{size:>5} {method:10} found {sum(found_ones)} of {len(found_ones)}")
    bad = [sum(of) < 0.9 * len(of) for (_, method), of in hits.items() if method == "bisection"]
    return int(any(bad))


def _searched(
    draw: Draw,
    scratch: Path,
    config: ExperimentConfig,
    store: Store,
    pool: Pool,
    methods: dict[str, Choose],
    size: str,
) -> dict[str, bool]:
    """Whether each method finds the group; prints a line for each."""
    units = changed_units(draw.old, draw.new, QUIET)
    folders = str(draw.old), str(draw.new)
    asked = with_datasets(config, folders, lambda text: None, chosen=False)
    trainer = SubsetTrainer(
        asked, (draw.old, draw.new), scratch, store, pool, QUIET, None, ("blame_planted",)
    )
    old, new = trainer.old_and_new()
    first = lost_scores(old, new, None)[0]
    lost, percent = Lost(first.task, first.language), first.percent
    before = [log_loss(run, lost) for run in old.runs]
    after = [log_loss(run, lost) for run in new.runs]
    found, most = {}, 24
    for method, choose in methods.items():
        train = each_once(units, trainer, lost, [])
        if np.mean(after) <= np.mean(before):
            print(f"{size} {draw.group}: no loss", flush=True)
            return dict.fromkeys(methods, False)
        got = search(units.groups, train, before, after, most=most, at_once=2, choose=choose)
        most = len(got.losses) - len(after)  # the random subsets get no more than bisection took
        alike = _alike(units, got, draw, lost.language)
        found[method] = got.certain and alike >= ALIKE
        print(
            f"{size:>5} {method:10} {draw.group:22} {lost.task} {lost.language} {percent:+6.1f} % "
            f"{'found' if found[method] else 'missed':6} {most:3} trainings  "
            f"{' and '.join(units.suspects[one].words() for one in got.first)} "
            f"({got.probability:.2f}, "
            f"{100 * alike:.0f} % alike)",
            flush=True,
        )
    return found


def _by_coins(
    suspects: Suspects, belief: Belief, count: int, rng: np.random.Generator
) -> list[Bools]:
    return random_subsets(len(suspects.rows), count, rng)


def _alike(units: ChangeUnits, got: Searched, draw: Draw, language: str) -> float:
    """What the first suspects and the spoiled rows share in a language, of all that either has."""
    blamed = [one.row for one in units.rows(union(units.groups, got.first))]
    named = {(row.language, row.kind, row.id) for row in blamed if row.language == language}
    spoiled = {name for name in draw.spoiled if name[0] == language}
    return len(named & spoiled) / max(1, len(named | spoiled))


def _draw(scratch: Path, size: str, number: int) -> Draw:
    chance = random.Random(f"{size} {number}")
    language, *others = chance.sample(LANGUAGES, 3)
    by_second = {language, *others} if size == SIZES[2] else set(chance.sample(LANGUAGES, 3))
    few = language if size == SIZES[0] else ""
    old = _written(starter_dialogues(0, 14), by_second, few)
    new = [
        msgspec.structs.replace(row, turns=(f"{row.turns[0]}\n", *row.turns[1:]))
        for row in _written(starter_dialogues(1000 + number, 14), by_second, few)
    ]
    if size == SIZES[0]:
        group = f"{language} math"
        spoiled = [n for n, r in enumerate(new) if (r.language, r.kind) == (language, "math")]
    elif size == SIZES[1]:
        group = language
        spoiled = [n for n, r in enumerate(new) if r.language == language]
    else:
        group = WRITERS[1]
        spoiled = [n for n, r in enumerate(new) if r.provenance.model == WRITERS[1]]
    harm = (_unspaced, _reversed, _shuffled)[number % 3]
    for n, turns in zip(spoiled, harm([new[n] for n in spoiled], chance), strict=True):
        new[n] = msgspec.structs.replace(new[n], turns=turns)
    for name, rows in (("old", old), ("new", new)):
        dataset.write(scratch / name, rows, recipe="starter")
    names = frozenset((new[n].language, new[n].kind, new[n].id) for n in spoiled)
    return Draw(scratch / "old", scratch / "new", f"{group}, {harm.__name__[1:]}", names)


def _written(rows: Iterable[Dialogue], by_second: Collection[str], few: str) -> list[Dialogue]:
    """The rows as two translators wrote them; of one language only a third of the math."""
    found = []
    for number, row in enumerate(rows):
        if (row.language, row.kind) == (few, "math") and number % 3:
            continue
        second = row.language in by_second and row.kind == "math"
        where = msgspec.structs.replace(row.provenance, model=WRITERS[second])
        found.append(msgspec.structs.replace(row, provenance=where))
    return found


def _shuffled(rows: Sequence[Dialogue], chance: random.Random) -> list[tuple[str, ...]]:
    """Answers with their words (in Chinese, characters) in another order."""
    found = []
    for row in rows:
        words = row.turns[1].split(" ") if row.language != "zh" else list(row.turns[1])
        chance.shuffle(words)
        joined = (" " if row.language != "zh" else "").join(words)
        found.append((row.turns[0], joined if joined.strip() else row.turns[1], *row.turns[2:]))
    return found


def _reversed(rows: Sequence[Dialogue], chance: random.Random) -> list[tuple[str, ...]]:
    """Answers read from their end."""
    return [(row.turns[0], row.turns[1][::-1], *row.turns[2:]) for row in rows]


def _unspaced(rows: Sequence[Dialogue], chance: random.Random) -> list[tuple[str, ...]]:
    """Answers without blanks; in Chinese, with one after each character."""
    found = []
    for row in rows:
        answer = row.turns[1]
        spoiled = " ".join(answer) if row.language == "zh" else answer.replace(" ", "")
        found.append((row.turns[0], spoiled, *row.turns[2:]))
    return found


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--draws", type=int, default=10)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--sizes", nargs="+", default=SIZES, choices=SIZES)
    arguments.add_argument("--steps", type=int, default=80)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--random", action="store_true", help="subsets by coins beside it")
    arguments.add_argument("--runs", type=Path, default=Path("runs"))
    return arguments.parse_args()


if __name__ == "__main__":
    sys.exit(main())
