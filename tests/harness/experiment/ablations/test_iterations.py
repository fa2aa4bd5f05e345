"""Rounds of training: who goes on from whom, on which rows, and what is said to be forgotten."""

import math
from collections import Counter

import msgspec
import numpy as np
import pytest
from command_line import Bench

from harness.experiment import profiles
from harness.experiment.ablation import MeasuredSides
from harness.experiment.ablation_files import built_in
from harness.experiment.ablation_parameters import arranged
from harness.experiment.ablations.iterations import TakeConfig, take
from harness.experiment.nodes import Experiment
from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask
from leaderboard.records import read_record, read_report
from ultralink_data.errors import ConfigError
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store.dataset import read_manifest

ABLATION = built_in()["iterations"]
ROWS = starter_dialogues(0, 2)


def arrangement(*given, **changes):
    config = msgspec.structs.replace(profiles.starter(), **changes)
    return arranged(ABLATION, given, config), config


def test_parts_are_disjoint_whole_and_keep_translations_together():
    parts = [list(take(ROWS, TakeConfig(part=n, parts=3))) for n in range(3)]
    assert sorted(row.id for part in parts for row in part) == sorted(row.id for row in ROWS)
    for part in parts:
        assert 0.25 < len(part) / len(ROWS) < 0.42
        by_language = Counter(row.language for row in part if row.kind in ("math", "code"))
        assert len(set(by_language.values())) == 1
    some = list(take(ROWS, TakeConfig(languages=("es",), kinds=("code",))))
    assert {(row.language, row.kind) for row in some} == {("es", "code")}


def test_every_chain_trains_as_many_steps_as_one_round_on_everything():
    own, config = arrangement()
    steps = {v.name: v.change(config).train.steps for v in own.variants}
    for chain in ("slices", "languages", "kinds"):
        found = [steps[name] for name in steps if name.startswith(f"{chain}-")]
        assert len(found) == 3
        assert sum(found) == steps["at-once"]
        assert set(found) == {config.train.steps}
    after = {v.name: v.after for v in own.variants}
    assert (after["slices-1"], after["slices-2"], after["slices-3"]) == ("", "slices-1", "slices-2")


def test_rounds_follow_the_languages_and_the_parameter():
    own, _ = arrangement("rounds=2", languages=("es", "en", "fr"))
    taught = {v.name: v.stages["take"].languages for v in own.variants if v.stages}
    assert taught["languages-1"] == ("en",)
    assert taught["languages-2"] == ("es", "fr")
    assert "languages-3" not in taught
    own, _ = arrangement(languages=("en",))
    assert not any(v.name.startswith("languages") for v in own.variants)
    with pytest.raises(ConfigError, match="rounds must be at least 2, got 1"):
        arrangement("rounds=1")
    with pytest.raises(ConfigError, match="questions must be at least 1, got 0"):
        arrangement("questions=0")
    with pytest.raises(ConfigError, match="temperature must be >= 0, got -1"):
        arrangement("temperature=-1")
    train = msgspec.structs.replace(profiles.starter().train, steps=1)
    with pytest.raises(ConfigError, match="=1: 2 rounds of it cannot be split into the 3 of kinds"):
        arrangement("rounds=2", train=train)


def test_a_round_goes_on_from_the_model_of_the_round_before():
    own, config = arrangement()
    made = Experiment(own, config, ("languages-3",), benchmarks=None, command=())
    needs = {node.name: node.needs for node in made.nodes()}
    assert needs["train/languages-1/1"][:2] == ("pack/languages-1", "base")
    assert needs["train/languages-3/1"][:2] == ("pack/languages-3", "train/languages-2/1")
    assert "train/slices-1/1" not in needs


def test_own_answers_are_made_by_the_earlier_model_of_the_same_seed_before_they_are_packed():
    own, config = arrangement("questions=7", "temperature=0.5")
    made = Experiment(own, config, ("own-3",), benchmarks=None, command=())
    assert [v.name for v in made.variants] == [
        *("at-once", "slices-1", "slices-2", "slices-3", "own-2", "own-3"),
    ]
    needs = {node.name: node.needs for node in made.nodes()}
    assert needs["answers/own-2/1"] == ("prune/own-2", "train/slices-1/1")
    assert needs["answers/own-3/1"] == ("prune/own-3", "train/own-2/1")
    assert needs["pack/own-3/1"] == ("answers/own-3/1", "tokenizer")
    assert needs["train/own-3/1"][:2] == ("pack/own-3/1", "train/own-2/1")
    third = made.variants[-1]
    assert (third.answers.rows, third.answers.temperature) == (7, 0.5)
    assert own.compared_with(third) == "slices-3"
    assert made.recorded(third)["stages"]["answers"]["rows"] == 7
    runs = [node.name for node in made.run_nodes()]
    assert runs.index("answers/own-3/0") < runs.index("pack/own-3/0") < runs.index("train/own-3/0")
    assert "pack/own-3/0" not in made.data_names()


CODES = ("en", "zh", "es")


def side(name, shifts, seeds):
    runs = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, *name.encode()])
        runs.append(
            tuple(
                MeasuredTask(
                    task="starter_math",
                    language=code,
                    metric="bpb",
                    values={
                        f"p{i:02}": (100 * math.exp(shifts[code] + e), 100.0)
                        for i, e in enumerate(rng.normal(scale=0.02, size=30))
                    },
                    outcomes={"scored": 30},
                    file="",
                )
                for code in CODES
            )
        )
    return Side(name=name, runs=tuple(runs))


def tables(shifts, seeds=(0, 1, 2)):
    """The tables of rounds whose bits per byte are shifted so, by variant and language."""
    own, config = arrangement(languages=CODES, seeds=seeds)
    sides = {
        name: side(name, dict(zip(CODES, s, strict=True)), len(seeds)) for name, s in shifts.items()
    }
    variants = tuple(v for v in own.variants if v.name in sides)
    measured = MeasuredSides(config=config, variants=variants, sides=sides)
    return own.tables(measured)


SHIFTS = {
    "at-once": (0.0, 0.0, 0.0),
    "languages-1": (0.0, 0.5, 0.5),
    "languages-2": (0.2, 0.0, 0.4),
    "languages-3": (0.3, 0.2, 0.0),
}


def test_what_was_forgotten_is_measured_in_the_language_that_was_taught():
    scores, left = tables(SHIFTS)
    by_round = {row.cells[0].text: [c.raw for c in row.cells[3:]] for row in scores.rows}
    assert by_round["languages-2"] == pytest.approx([math.exp(s) for s in (0.2, 0, 0.4)], rel=0.02)
    rows = {row.cells[2].text: row.cells for row in left.rows}
    assert set(rows) == {"en", "zh"}
    assert rows["en"][3].raw == pytest.approx(-0.3, abs=0.02)
    assert rows["zh"][3].raw == pytest.approx(-0.2, abs=0.02)
    assert rows["en"][4].raw < 0.001
    assert rows["en"][3].emphasis == "bad"


def test_a_round_that_does_not_teach_a_task_is_not_asked_what_is_left_of_it():
    flat = (0.0, 0.0, 0.0)
    _, left = tables({"at-once": flat, "kinds-1": flat, "kinds-2": flat, "kinds-3": (0.1,) * 3})
    (row,) = left.rows
    assert row.cells[1].text == "round 1: math"
    assert row.cells[2].text == "zh es"
    assert row.cells[3].raw == pytest.approx(-0.1, abs=0.02)


def test_without_an_earlier_round_there_is_one_table_and_one_seed_has_no_test():
    assert len(tables({"at-once": SHIFTS["at-once"]})) == 1
    _, left = tables(SHIFTS, seeds=(0,))
    assert not any("[" in row.cells[3].text for row in left.rows)
    assert "no interval and no p" in left.notes[0]


def test_a_round_on_own_answers_runs_and_is_found_again(finished: Bench):
    words = ("run", "--ablation", "iterations", "--profile", "tiny", "--variants", "own-2")
    words = (*words, "--with", "questions=1", "--with", "rounds=2", "--set", "train.steps=6")
    done = finished(*words).ok()
    assert {"train/slices-1/0", "answers/own-2/0", "pack/own-2/0", "train/own-2/0"} <= done.made
    folder = finished.home / "runs/reports/iterations-tiny"
    record = read_record(folder / "records/own-2_seed0.json")
    (answers,) = (
        found
        for path in (finished.home / "runs/datasets").glob("*/manifest.json")
        if (found := read_manifest(path.parent)).recipe.startswith("answers(")
    )
    assert record.dataset_fingerprint == answers.fingerprint
    assert sum(count.rows for count in answers.counts) + sum(answers.dropped.values()) == 8
    # What it was trained on is what it said, and not the rows that were planned with.
    assert sum(cell.rows for cell in record.trained) > 0
    (own,) = [row for row in read_report(folder / "report.json").variants if row.name == "own-2"]
    assert own.trained == record.trained
    assert (
        "iterations: starter_math, what is left of earlier rounds"
        in (folder / "table.md").read_text()
    )
    assert finished(*words).ok().made == set()
