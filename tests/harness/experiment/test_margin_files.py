"""Files of margins: what a run takes from them, and what it says of where they come from."""

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.config import config_hash
from harness.experiment.margin_files import (
    MEASURED,
    ORIGIN,
    MarginFile,
    read_margins,
    refuse_two_margins,
    with_margin_file,
    write_margins,
)
from harness.experiment.margins import margin_caveats
from harness.statistics.measured_margin import MeasuredMargin
from harness.statistics.verdict import Margins
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError

STARTER = msgspec.structs.replace(profiles.get("starter"), seeds=(20, 21, 22))


def margin_file(**changes):
    plain = msgspec.to_builtins(STARTER)
    one = MeasuredMargin(
        task="starter_math",
        metric="bpb",
        primary=True,
        noise_floor=0.03,
        even_odds=0.031,
        margin=0.031,
        low=0.021,
        high=0.06,
    )
    fields = {
        "schema": 1,
        "kind": "margins",
        "margins": Margins(bpb=0.035),
        "measured": (one,),
        "variant": "keep-all",
        "seeds": (0, 1, 2, 3, 4),
        "profile": "starter",
        "config": {name: plain[name] for name in MEASURED},
        "task_versions": {run.task: run.benchmark().version for run in STARTER.eval.runs},
    }
    return MarginFile(**(fields | changes))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own.json"


def test_a_run_takes_the_margins_says_whose_they_are_and_has_another_hash(path):
    write_margins(path, margin_file())
    config = with_margin_file(STARTER, path)
    assert config.margins == Margins(bpb=0.035)
    (said,) = config.caveats[len(STARTER.caveats) :]
    assert said.startswith(f"{ORIGIN} of 5 seeds (0, 1, 2, 3, 4) of keep-all, own.json")
    assert "starter_math 0.031 [0.021, 0.060]" in said
    assert margin_caveats(config) == ()
    assert config_hash(config) != config_hash(STARTER)
    # The same numbers from another A/A run are another config.
    write_margins(path, margin_file(seeds=(5, 6, 7, 8, 9)))
    assert config_hash(with_margin_file(STARTER, path)) != config_hash(config)


def test_it_says_what_is_otherwise_than_in_the_aa_run(path):
    write_margins(
        path, margin_file(seeds=(18, 19, 20, 21, 23), task_versions={"starter_math": "0"})
    )
    train = msgspec.structs.replace(STARTER.train, learning_rate=1e-4)
    config = with_margin_file(msgspec.structs.replace(STARTER, train=train), path)
    said = " ".join(config.caveats)
    assert "this run changes train" in said
    assert "starter_math 0 (now " in said
    assert "No margin was measured for humaneval, starter_code" in said
    assert "Seeds 20, 21 are also those of the A/A run" in said


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "eval"}', "[1]"])
def test_another_file_is_named(path, text):
    path.write_text(text)
    with pytest.raises(DataError, match=r"own\.json"):
        read_margins(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(PrerequisiteError, match=r"cannot read .*own\.json"):
        read_margins(path)


def test_margins_are_set_in_one_place(path):
    with pytest.raises(ConfigError, match=r"margins\.bpb=0\.1 and --margins"):
        refuse_two_margins(("train.steps=3", "margins.bpb=0.1"), path)
    refuse_two_margins(("train.steps=3",), path)
