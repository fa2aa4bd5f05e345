"""How often do models make the gate stop a change that is harmless?

Each draw changes rows of one starter set (the baseline, whose models the store has after the first
draw) in a way that a maintainer would call harmless, and goes through the whole gate: the rows are
checked, models are trained on both sides at the starter profile and compared. Regression or
"could not decide" is a false alarm. As the draws share the baseline's models, they are not
independent: what chance did to those is in each comparison.
"""

import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.planted_changes import Change, Rows, read_rows, write_rows
from harness.engine.artefact_store import Store
from harness.gate.checking import check_change, row_reasons
from harness.gate.gate_config import GateConfig
from harness.gate.proxy import proxy, train_and_compare
from harness.progress.display import QUIET
from harness.statistics.decision import decide_on
from harness.statistics.policy import NO_POLICY
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

PER_TEMPLATE: Final = 14
"""Math problems of a template, as at the starter profile."""


def _drawn(draw: random.Random, rows: Rows | None = None) -> dict[str, list[str]]:
    """Math of another draw by id; none that `rows` have in some language, as it would be a copy."""
    drawn = [
        row for row in starter_dialogues(draw.randrange(10**6), PER_TEMPLATE) if row.kind == "math"
    ]
    asked = {row["data"][0] for found in (rows or {}).values() for row in found}
    known = {row.id.partition("_")[2] for row in drawn if row.turns[0] in asked}
    return {row.id: list(row.turns) for row in drawn if row.id.partition("_")[2] not in known}


def _draw_anew(rows: Rows, draw: random.Random) -> None:
    """All math has other problems of the same templates."""
    drawn = _drawn(draw)
    for found in rows.values():
        for row in found:
            row["data"] = drawn.get(row["id"], row["data"])


def _draw_some_anew(rows: Rows, draw: random.Random) -> None:
    """A third of the problems are others, in every language alike, and the order is another."""
    drawn = _drawn(draw, rows)
    names = sorted({name.partition("_")[2] for name in drawn})
    chosen = set(draw.sample(names, len(names) // 3))
    for found in rows.values():
        for row in found:
            if row["id"].partition("_")[2] in chosen:
                row["data"] = drawn.get(row["id"], row["data"])
        draw.shuffle(found)


def _reorder_and_rename(rows: Rows, draw: random.Random) -> None:
    """Another order and other ids; one row of a chat has another word, so that it is no A/A."""
    for found in rows.values():
        draw.shuffle(found)
        for row in found:
            row["id"] = f"v2_{row['id']}"
    first = rows["en_chat_specific"][0]
    first["data"][0] = f"Please tell me: {first['data'][0]}"


def _reword(rows: Rows, draw: random.Random) -> None:
    """A tenth of the English questions are asked with other words in front."""
    for name in ("en_math", "en_code"):
        for row in draw.sample(rows[name], len(rows[name]) // 10):
            row["data"][0] = f"Please tell me: {row['data'][0]}"


def _add(rows: Rows, draw: random.Random) -> None:
    """A fifth more problems, in every language alike."""
    drawn = _drawn(draw, rows)
    names = sorted({name.partition("_")[2] for name in drawn})
    chosen = set(draw.sample(names, len(names) // 5))
    for name, turns in drawn.items():
        language, _, rest = name.partition("_")
        if rest in chosen:
            rows[f"{language}_math"].append({"id": f"{language}_more_{rest}", "data": turns})


HARMLESS: Final[dict[str, Change]] = {
    "math drawn anew": _draw_anew,
    "a third drawn anew, reordered": _draw_some_anew,
    "reordered and renamed": _reorder_and_rename,
    "questions reworded": _reword,
    "rows added": _add,
}


def trained_draws(draws: int, first_seed: int, store: Store, bounded: Callable[..., str]) -> bool:
    """Whether any draw was stopped or left open; prints each with the sentence that decided it."""
    answers: Counter[str] = Counter()
    with TemporaryDirectory() as scratch:
        baseline, candidate = Path(scratch) / "baseline", Path(scratch) / "candidate"
        dataset.write(baseline, starter_dialogues(first_seed, PER_TEMPLATE), recipe="starter")
        for number in range(draws):
            name, change = list(HARMLESS.items())[number % len(HARMLESS)]
            rows = read_rows(baseline)
            change(rows, random.Random(first_seed + number))
            write_rows(rows, candidate)
            answer, said = _answered(baseline, candidate, store)
            answers[answer] += 1
            print(f"A/A draw {number + 1} of {draws}, {name}: {answer}: {said}", flush=True)
            shutil.rmtree(candidate)
    print(f"A/A draws with models: {', '.join(f'{n} {what}' for what, n in answers.items())}")
    alarms = draws - answers["pass"]
    print(f"that did not pass: {bounded(alarms, draws, least=False)}")
    return alarms > 0


def _answered(baseline: Path, candidate: Path, store: Store) -> tuple[str, str]:
    """What the gate says, in a word and a sentence."""
    config = GateConfig()
    checked = check_change(baseline, candidate, (), None, QUIET)
    reasons = row_reasons(checked, config.limits)
    if reasons:
        return "rows at fault", reasons[0].text
    asked = proxy(config, (str(baseline), str(candidate)), store, None, (), lambda text: None)
    with TemporaryDirectory() as out:
        print("train and compare", file=sys.stderr)
        done = train_and_compare(asked, Path(out) / "out", datetime.now(UTC), NO_POLICY, QUIET)
    assert done is not None, "both sides train the same model"
    decision = decide_on(config.fail_on, done[0].effects, done[0].gaps)
    return {0: "pass", 1: "regression", 4: "undecided"}[decision.answer.value], decision.sentence
