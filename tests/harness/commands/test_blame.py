"""`blame` from the command line; who spoils a score is known, and what trainings lose is a formula.

One test trains for real, at a scale that shows nothing, to see that all of it fits together.
"""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from harness.blame.changed_units import Undoable
from harness.blame.subset_training import SubsetTrainer, TrainingCount
from harness.cli import main
from harness.commands import blame as command
from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

OLD = [row for row in starter_dialogues(0, 1) if row.language in ("en", "zh")]
PROBLEMS = [f"p{n}" for n in range(12)]


def written(home: Path) -> tuple[Path, Path]:
    """Every row is changed a little."""
    new = [msgspec.structs.replace(r, turns=(f"{r.turns[0]} ", *r.turns[1:])) for r in OLD]
    for name, rows in (("old", OLD), ("new", new)):
        dataset.write(home / name, rows, recipe="test")
    return home / "old", home / "new"


class FakeTrainer(SubsetTrainer):
    """Chinese code costs 15 % of the bits, by the share of its rows that is there."""

    cost, spread = 0.15, 0.004

    def __init__(self, config, folders, scratch, *others) -> None:
        self.spent = TrainingCount()
        self.seeds, self.at_once = config.seeds, 1

    def loss(self, undone, seed):
        """The log loss of one training."""
        self.spent.trainings += 1
        guilty = {r.id for r in OLD if (r.language, r.kind) == ("zh", "code")}
        left = sum(one.row.id in guilty for one in undone) / len(guilty)
        chance = np.random.default_rng([seed, len(undone)]).normal(0, self.spread)
        return self.cost * (1 - left) + chance

    def old_and_new(self):
        """Both sides, with every problem's bits about the same."""
        sides = []
        for name, undone in (("old", None), ("new", [])):
            runs = []
            for seed in self.seeds:
                everything = [Undoable(r, r) for r in OLD]
                lost = self.loss(everything if undone is None else undone, seed)
                runs.append(
                    tuple(
                        scores(code, lost if code == "zh" else 0.01 * seed, seed)
                        for code in ("en", "zh")
                    )
                )
            sides.append(Side(name=name, runs=tuple(runs)))
        return sides[0], sides[1]

    def without(self, wanted, lost):
        """The losses of subsets."""
        assert lost == ("starter_math", "zh")
        return [[self.loss(one.undone, seed) for seed in one.seeds] for one in wanted]


def scores(language: str, lost: float, seed: int) -> MeasuredTask:
    """Bits per byte in a language: all problems alike, but for a little chance."""
    chance = np.random.default_rng(seed).normal(0, 0.002, len(PROBLEMS))
    bits = {
        name: (float(50 * np.exp(lost + c)), 50.0) for name, c in zip(PROBLEMS, chance, strict=True)
    }
    return MeasuredTask(
        task="starter_math", language=language, metric="bpb", values=bits, outcomes={}, file=""
    )


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    """Runs the command in a folder with both datasets; gives exit code and standard output."""
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "SubsetTrainer", FakeTrainer)

    def run(*words):
        code = main(["blame", "old", "new", "--profile", "tiny", "--seeds", "0,1,2", *words])
        return code, capsys.readouterr().out

    return run


def test_the_group_is_named_and_undone_and_written(asked, tmp_path):
    code, out = asked("-o", "blame.json", "-o", "blame.md", "--write", "fixed")
    assert code == 0
    last = out.strip().splitlines()[-1]
    assert "starter_math in zh lost +1" in last
    assert "zh, code (" in last
    report = json.loads(Path("blame.json").read_text())
    assert report["verdict"] == "named"
    assert report["suspects"][0]["facets"] == {"language": "zh", "kind": "code"}
    assert report["suspects"][0]["probability"] > 0.95
    blamed, others, everything = report["undone"]
    assert blamed["share"] == pytest.approx(1, abs=0.15)
    assert blamed["low"] > 0
    assert abs(others["share"]) < 0.4
    assert others["rows"] == blamed["rows"]
    _, least, most = blamed["left"]
    assert least < 0 < most  # nothing is surely lost any more
    assert "still lost" not in last
    assert others["left"][1] > 0
    assert everything["left"] is None
    assert everything["share"] == pytest.approx(1)
    assert report["trained"] == len(report["trainings"]) + 12 < report["groups"] / 2
    assert len({one["seed"] for one in report["trainings"]}) == len(report["trainings"])
    fixed = {row.id: row.turns for row in dataset.read(tmp_path / "fixed")}
    for row in OLD:
        undone = (row.language, row.kind) == ("zh", "code")
        assert (fixed[row.id] == row.turns) == undone
    assert Path("blame.md").read_text().startswith("### What the new dataset costs\n")


def test_what_is_lost_to_other_rows_is_said(asked, monkeypatch):
    """English math costs 4 % more, which undoing Chinese code does not bring back."""
    of_code = FakeTrainer.loss
    math = {r.id for r in OLD if (r.language, r.kind) == ("en", "math")}

    def loss(self, undone, seed):
        left = sum(one.row.id in math for one in undone) / len(math)
        return of_code(self, undone, seed) + 0.04 * (1 - left)

    monkeypatch.setattr(FakeTrainer, "loss", loss)
    monkeypatch.setattr(FakeTrainer, "spread", 0.002)
    code, out = asked("-o", "blame.json")
    blamed, _, everything = json.loads(Path("blame.json").read_text())["undone"]
    last = out.strip().splitlines()[-1]
    assert code == 0
    assert blamed["name"] in ("zh, code", "zh")  # either way, English math is not among them
    assert blamed["share"] == pytest.approx(0.15 / 0.19, abs=0.06)
    assert blamed["left"] == pytest.approx([100 * (np.exp(0.04) - 1)] * 3, abs=1.5)
    assert "but +" in last
    assert "are still lost, to other rows: `blame OLD DIR` asks which" in last
    assert everything["left"] is None


def test_two_groups_that_share_the_loss_are_both_named_and_proved(asked, monkeypatch, tmp_path):
    """English math costs as much as Chinese code: both are undone, together and each."""
    of_code = FakeTrainer.loss
    math = {r.id for r in OLD if (r.language, r.kind) == ("en", "math")}

    def loss(self, undone, seed):
        left = sum(one.row.id in math for one in undone) / len(math)
        return of_code(self, undone, seed) + 0.15 * (1 - left)

    monkeypatch.setattr(FakeTrainer, "loss", loss)
    code, out = asked("-o", "blame.json", "--write", "fixed")
    assert code == 0
    report = json.loads(Path("blame.json").read_text())
    both, one, two, others, _ = report["undone"]
    assert report["named"] == 2
    assert {one["name"], two["name"]} == {"en, math", "zh, code"}
    assert both["name"] == f"({one['name']}) and ({two['name']})"
    assert both["rows"] == one["rows"] + two["rows"] == others["rows"]
    assert both["share"] == pytest.approx(1, abs=0.1)
    assert one["share"] == pytest.approx(0.5, abs=0.1)
    assert two["share"] == pytest.approx(0.5, abs=0.1)
    assert min(one["low"], two["low"], one["left"][1], two["left"][1]) > 0
    assert report["shared"] > 0.9
    first = report["suspects"][0]
    assert (first["facets"], first["beside"]) in (
        ({"language": "en", "kind": "math"}, {"language": "zh", "kind": "code"}),
        ({"language": "zh", "kind": "code"}, {"language": "en", "kind": "math"}),
    )
    assert report["trained"] == len(report["trainings"]) + 6 + 4 * 3
    last = out.strip().splitlines()[-1]
    assert f"{both['name']} ({both['rows']:,} of " in last
    assert "; en, math alone: -" in last
    assert "; zh, code alone: -" in last
    fixed = {row.id: row.turns for row in dataset.read(tmp_path / "fixed")}
    for row in OLD:
        undone = (row.language, row.kind) in (("zh", "code"), ("en", "math"))
        assert (fixed[row.id] == row.turns) == undone


def test_a_group_that_restores_nothing_when_undone_is_said_not_to_be_shown(asked, monkeypatch):
    """What the search saw was chance: every training of a subset happened to look like it."""
    searched = FakeTrainer.without

    def without(self, wanted, lost):
        if len(wanted[0].seeds) == 1:
            return searched(self, wanted, lost)
        return [[self.cost + 0.002 * seed for seed in one.seeds] for one in wanted]

    monkeypatch.setattr(FakeTrainer, "without", without)
    code, out = asked("--write", "fixed")
    last = out.strip().splitlines()[-1]
    assert code == 4
    assert "zh, code (" in last
    assert " stood out, but undone, it needs " in last
    assert "that it cost the score is not shown" in last
    assert "no group of changed rows stands out" not in last
    assert not Path("fixed").exists()


def test_a_language_that_lost_nothing_is_no_search(asked):
    code, out = asked("--languages", "en", "-o", "blame.json")
    assert code == 1
    assert "new is not shown to cost a score: closest is starter_math in en" in out
    report = json.loads(Path("blame.json").read_text())
    assert report["verdict"] == "no loss"
    assert report["trainings"] == [] == report["suspects"]


def test_too_few_trainings_leave_it_open(asked, monkeypatch):
    monkeypatch.setattr(FakeTrainer, "spread", 0.02)
    code, out = asked("--most", "2", "-o", "blame.json", "--write", "fixed")
    assert code == 4
    assert "no group of changed rows stands out" in out
    report = json.loads(Path("blame.json").read_text())
    assert report["verdict"] == "undecided"
    assert report["undone"] == []
    assert len(report["trainings"]) == 2
    assert not Path("fixed").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--seeds", "3"], "blame has one seed (3)"),
        ([], "blame has one seed (0)"),
        (["--seeds", "0,1", "--languages", "xx"], "no task is scored in xx"),
        (["--seeds", "0,1", "--languages", "fr"], "no task is scored in fr"),
        (["--profile", "nosuch"], "nosuch"),
        (["--seeds", "0,1", "--write", "old"], "old exists already"),
        (["--seeds", "0,1", "-o", "old/manifest.json"], "is not an earlier report"),
        (["--seeds", "0,1", "--most", "0"], "--most"),
        (["--seeds", "0,1", "--set", "data.folder=x"], "data.folder"),
    ],
)
def test_what_cannot_be_asked_is_told(asked, capsys, words, told):
    for more in ([], ["--dry-run"]):
        try:
            code = main(["blame", "old", "new", "--profile", "tiny", *words, *more])
        except SystemExit as stopped:
            code = stopped.code
        assert code == 2
        assert told in capsys.readouterr().err


def test_equal_datasets_have_nobody_to_blame(asked, capsys):
    dataset.write(Path("copy"), OLD, recipe="other")
    for more in ([], ["--dry-run"]):
        assert main(["blame", "old", "copy", "--profile", "tiny", "--seeds", "0,1", *more]) == 3
        assert "hold the same rows" in capsys.readouterr().err


def test_rows_of_a_language_that_is_not_trained_on_are_not_asked(asked, capsys):
    french = [row for row in starter_dialogues(0, 1) if row.language == "fr"]
    dataset.write(Path("more"), [*OLD, *french], recipe="test")
    assert main(["blame", "old", "more", "--profile", "tiny", "--seeds", "0,1"]) == 3
    assert "hold the same rows in en, zh, which are trained on" in capsys.readouterr().err
    changed = [msgspec.structs.replace(r, turns=(f"{r.turns[0]} ", *r.turns[1:])) for r in OLD]
    dataset.write(Path("both"), [*changed, *french], recipe="test")
    words = ("--profile", "tiny", "--seeds", "0,1,2", "-o", "blame.json")
    assert main(["blame", "old", "both", *words]) == 0
    report = json.loads(Path("blame.json").read_text())
    assert report["changed"] == len(OLD)


def test_one_changed_row_is_all_that_can_be_to_blame(asked, monkeypatch):
    monkeypatch.setattr(
        FakeTrainer, "loss", lambda self, undone, seed: 0.1 * (not undone) + 0.001 * seed
    )
    one = msgspec.structs.replace(OLD[0], turns=(OLD[0].turns[0], "?", *OLD[0].turns[2:]))
    dataset.write(Path("one"), [one, *OLD[1:]], recipe="test")
    words = ("--profile", "tiny", "--seeds", "0,1,2", "-o", "blame.json", "--write", "fixed")
    assert main(["blame", "old", "one", *words]) == 0
    report = json.loads(Path("blame.json").read_text())
    assert report["trainings"] == []
    assert [(one["name"], one["rows"]) for one in report["suspects"]] == [("all changed rows", 1)]
    assert [one["rows"] for one in report["undone"]] == [1, 1]
    assert {row.turns for row in dataset.read(Path("fixed"))} == {row.turns for row in OLD}


def test_new_ids_are_no_change(asked, capsys):
    renamed = [msgspec.structs.replace(row, id=f"x-{row.id}") for row in OLD]
    dataset.write(Path("renamed"), renamed, recipe="test")
    assert main(["blame", "old", "renamed", "--profile", "tiny", "--seeds", "0,1"]) == 3
    assert "hold the same rows, ids aside" in capsys.readouterr().err


def test_languages_that_are_not_trained_on_are_the_profiles_choice(asked, capsys):
    """--languages of blame says which loss to explain, so no word sends the user there."""
    french = [row for row in starter_dialogues(0, 1) if row.language == "fr"]
    dataset.write(Path("more"), [*OLD, *french], recipe="test")
    words = ["--profile", "tiny", "--seeds", "0,1", "--languages", "zh"]
    assert main(["blame", "old", "more", *words]) == 3
    said = capsys.readouterr().err
    assert "fr: rows in these languages are not trained on" in said
    assert "this run asks en, zh (--profile tiny)" in said
    for name in ("fr1", "fr2"):
        dataset.write(Path(name), french[int(name[-1]) :], recipe="test")
    assert main(["blame", "fr1", "fr2", *words[:-2]]) == 2
    said = capsys.readouterr().err
    assert "the datasets have fr, and no task of profile tiny asks that" in said
    assert "choose --tasks and --profile tiny" in said
    assert "--languages" not in said


def test_real_trainings_are_made_once_and_found_again(finished):
    written(finished.home)
    words = ("blame", "old", "new", "--profile", "tiny", "--seeds", "0,1", "-o", "blame.json")
    planned = finished(*words, "--set", "train.steps=2", "--dry-run").ok()
    assert planned.made <= {"data", "data/new", "prune/old", "prune/new", "pack/old", "pack/new"}
    assert "0 of " in planned.out or "1 of " in planned.out  # the base model of another run
    assert planned.out.endswith("what was lost is known once OLD and NEW are trained\n")
    assert not (finished.home / "blame.json").exists()
    first = finished(*words, "--set", "train.steps=2")
    assert first.code in (0, 1, 4)
    report = json.loads((finished.home / "blame.json").read_text())
    assert report["trained"] == report["made"] >= 4
    assert [one["task"] for one in report["losses"]] == ["starter_math"] * 2
    again = finished(*words, "--set", "train.steps=2")
    assert again.code == first.code
    second = json.loads((finished.home / "blame.json").read_text())
    assert second["made"] == 0
    assert second["losses"] == report["losses"]
    assert second["suspects"] == report["suspects"]
    planned = finished(*words, "--set", "train.steps=2", "--dry-run").ok()
    assert planned.made == set()
    assert "cached, 0 to do" in planned.out
    assert "\nnothing is left to train" in planned.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nowhere", "new"], 3, "OLD: no folder nowhere"),
        (["old", "nowhere"], 3, "NEW: no folder nowhere"),
        (["old", "old/manifest.json"], 2, "NEW: old/manifest.json is a file"),
        (["old", "./old"], 2, "NEW names "),
    ],
)
def test_what_is_no_dataset_is_told_before_anything_is_read(
    tmp_path, monkeypatch, capsys, words, code, told
):
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["blame", *words, "--profile", "tiny", "--seeds", "0,1"]) == code
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert told in said
