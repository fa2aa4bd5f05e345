"""`run --vary`: variants of a sweep, their names, the reference, and what is refused."""

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.nodes import Experiment
from harness.experiment.sweep import sweep
from leaderboard.records import read_report
from ultralink_data.errors import ConfigError

BASE = profiles.tiny()


def varied(*given, base=BASE):
    """Name to config of a sweep's variants, and the reference."""
    ablation = sweep(base, given)
    own = Experiment(ablation, base, benchmarks=None, command=())
    return {v.name: own.of(v) for v in ablation.variants}, ablation.reference


def test_each_value_is_a_variant_and_the_first_is_the_reference():
    found, reference = varied("train.learning_rate=1e-5,2e-5")
    assert {name: config.train.learning_rate for name, config in found.items()} == {
        "learning_rate-1e-5": 1e-5,
        "learning_rate-2e-5": 2e-5,
    }
    assert reference == "learning_rate-1e-5"


def test_the_value_that_the_config_has_is_the_reference():
    _, reference = varied("train.learning_rate=1e-5,0.001")
    assert reference == "learning_rate-0.001"
    train = msgspec.structs.replace(BASE.train, learning_rate=2e-5)
    _, reference = varied(
        "train.learning_rate=1e-5,2e-5", base=msgspec.structs.replace(BASE, train=train)
    )
    assert reference == "learning_rate-2e-5"


def test_two_fields_make_a_grid():
    found, reference = varied("train.steps=6, 12", "data.prune.keep=0,1/8,all")
    assert list(found)[:3] == [f"steps-6--keep-{keep}" for keep in ("0", "1of8", "all")]
    assert len(found) == 6
    assert reference == "steps-12--keep-all"
    config = found["steps-6--keep-1of8"]
    assert (config.train.steps, config.data.prune.keep) == (6, "1/8")
    assert {config.data.prune.keep for config in found.values()} == {"0", "1/8", "all"}


def test_fields_with_one_last_word_are_named_in_full():
    found, _ = varied("data.prune.seed=0,1", "data.starter.seed=0,1")
    assert "data-prune-seed-0--data-starter-seed-1" in found


def test_epochs_take_the_place_of_the_steps_of_a_profile():
    found, _ = varied("train.epochs=1,2")
    assert [(c.train.epochs, c.train.steps) for c in found.values()] == [(1, None), (2, None)]


def test_folders_are_called_by_their_last_part_and_lists_are_one_value():
    ablation = sweep(BASE, ["data.folder=a/one,b/one"])
    assert [v.name for v in ablation.variants] == ["folder-one", "folder-one-2"]
    found, _ = varied('languages=["en"],["en","zh"]')
    assert [config.languages for config in found.values()] == [("en",), ("en", "zh")]


@pytest.mark.parametrize(
    ("given", "said", "hint"),
    [
        (["train.learning_rate"], "has no values", "field=value,value"),
        (["train.learning_rat=1,2"], "unknown config field", "train.learning_rate"),
        (["train.learning_rate=1e-5,fast"], "Expected `float`, got `str`", "JSON"),
        (["train.learning_rate=1e-5,-1"], "learning_rate", ""),
        (["train.learning_rate=1e-5"], "only one value", "train.learning_rate=0.001,1e-5"),
        (["train.learning_rate=1e-5,0.00001"], "the same value as 1e-5", "different"),
        (["train.steps=1,,2"], "an empty value", ""),
        (["train.steps=1,2,"], "an empty value", ""),
        (["train.steps=1,2", "train.steps=3,4"], "names train.steps twice", "once"),
        (["seeds=[0],[1]"], "seeds is the whole experiment's", "train"),
        (["margins.bpb=0.1,0.2"], "margins.bpb is the whole experiment's", "--set"),
        (["train.sequences_per_step=4,8", "train.micro_batch=4,8"], "micro_batch", ""),
    ],
)
def test_what_is_no_sweep_is_refused_at_once(given, said, hint):
    with pytest.raises(ConfigError) as caught:
        sweep(BASE, given)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_sweep_runs_and_shares_what_another_question_made(finished):
    words = ("run", "--profile", "tiny", "--vary", "train.learning_rate=1e-3,2e-3")
    done = finished(*words).ok()
    assert {name for name in done.made if name.startswith("train")} == {
        "train/learning_rate-2e-3/0"
    }
    report = read_report(finished.home / "runs/reports/vary-learning_rate-tiny/report.json")
    assert report.reference == "learning_rate-1e-3"
    assert report.question == "What does train.learning_rate (1e-3, 2e-3) do to the scores?"
    same = finished(*words, "--set", "train.learning_rate=2e-3", "--dry-run").ok()
    assert '"learning_rate": 0.002' in same.out  # it chooses the reference, so it is not idle
    idle = finished(*words, "--set", "train.learning_rate=5e-3", "--dry-run")
    assert idle.code == 2
    assert "every variant of vary-learning_rate sets this itself" in idle.err
    both = finished(*words, "--ablation", "prune")
    assert both.code == 2
