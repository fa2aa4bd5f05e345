"""What trackers are told, and the real packages where they are installed."""

import math
import struct
import threading
import time

import pytest

from harness.tracking import trackers
from harness.tracking.following import Following
from harness.tracking.tracker import TrackedRun, forgiving, step_numbers, validation_numbers
from train.step_metrics import StepFile, StepMetrics
from train.validation import ValidationCell, ValidationPoint
from ultralink_data.about_files import METRICS, VALIDATION
from ultralink_data.errors import ConfigError, PrerequisiteError


def step(number, **changes):
    usual = {"loss": 2.5 - number / 10, "learning_rate": 1e-3, "grad_norm": 0.75,
             "learned_tokens": 300, "seconds": 0.5, "memory_bytes": 2**30}  # fmt: skip
    return StepMetrics(step=number, **usual | changes)


def point(number):
    cells = [
        ValidationCell(
            language=language, kind="math", rows=3, learned_tokens=9, loss=1.5, bits_per_byte=bits
        )
        for language, bits in (("en", 0.5), ("zh", None))
    ]
    return ValidationPoint(step=number, loss=1.25, cells=tuple(cells))


def write(folder, steps, points=()):
    folder.mkdir(parents=True, exist_ok=True)
    for number in steps:
        StepFile(folder / METRICS, StepMetrics).append(step(number))
    for number in points:
        StepFile(folder / VALIDATION, ValidationPoint).append(point(number))


def told(name, run, folder):
    """Follow a finished training."""
    tracker = trackers.begin(name, run)
    with Following(run.folder / "nothing", {name: tracker}, pytest.fail) as following:
        following.finish(folder)
    return tracker


@pytest.fixture
def run(tmp_path, monkeypatch):
    for name in ("WANDB_API_KEY", "WANDB_MODE", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    facts = {"learning_rate": 2e-5, "model": "base", "lora.rank": 0}
    return TrackedRun(name="tuned", key="0123456789abcdef" * 2, facts=facts, folder=tmp_path / "t")


class Listener:
    where = "here"

    def __init__(self, fails_at=None):
        self.heard, self.ended, self.fails_at = [], [], fails_at
        self.seen = threading.Event()

    def log(self, step, numbers):
        if step == self.fails_at:
            raise OSError("no route\nto host")
        self.heard.append((step, sorted(numbers)))
        self.seen.set()

    def end(self, *, done):
        self.ended.append(done)


def test_numbers_have_names_and_what_is_none_has_not():
    assert step_numbers(step(1)) == {
        "train/loss": 2.4,
        "train/learning_rate": 1e-3,
        "train/grad_norm": 0.75,
        "train/learned_tokens": 300.0,
        "train/learned_tokens_per_second": 600.0,
        "train/peak_memory_bytes": float(2**30),
    }
    assert "train/loss" not in step_numbers(step(1, loss=None))
    assert "train/learned_tokens_per_second" not in step_numbers(step(1, seconds=0.0))
    assert validation_numbers(point(3)) == {
        "validation/loss": 1.25,
        "validation/en/math/loss": 1.5,
        "validation/zh/math/loss": 1.5,
        "validation/en/math/bits_per_byte": 0.5,
    }


def test_a_training_is_followed_while_it_goes_on_and_each_step_is_told_once(tmp_path, monkeypatch):
    monkeypatch.setattr("harness.tracking.following._EVERY", 0.01)
    listener = Listener()
    with Following(tmp_path / "work", {"x": listener}, pytest.fail) as following:
        write(tmp_path / "work" / "run", [1, 2], [0])
        assert listener.seen.wait(30)
        write(tmp_path / "done", [1, 2, 3], [0, 3])
        following.finish(tmp_path / "done")
    assert [number for number, _ in listener.heard if number] == sorted(
        number for number, _ in listener.heard if number
    )
    counted = [(number, name) for number, names in listener.heard for name in names]
    assert len(counted) == len(set(counted))
    assert {number for number, name in counted if name == "train/loss"} == {1, 2, 3}
    assert {number for number, name in counted if name == "validation/loss"} == {0, 3}
    assert listener.ended == [True]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError("\nno route\nto host"), "no route"),
        (KeyError(), "KeyError"),
        (ValueError("\n"), "ValueError"),
    ],
)
def test_what_a_package_raises_is_a_line_and_ctrl_c_is_not_its_own(error, why):
    said = []
    with forgiving("x cannot", said.append):
        raise error
    assert said == [f"x cannot: {why}"]
    with pytest.raises(KeyboardInterrupt), forgiving("x cannot", said.append):
        raise KeyboardInterrupt
    assert len(said) == 1


def test_a_tracker_that_fails_is_told_no_more_and_the_others_are(tmp_path):
    bad, good, said = Listener(fails_at=2), Listener(), []
    write(tmp_path / "done", [1, 2, 3])
    with Following(tmp_path / "w", {"bad": bad, "good": good}, said.append) as following:
        following.finish(tmp_path / "done")
    assert [number for number, _ in bad.heard] == [1]
    assert [number for number, _ in good.heard] == [1, 2, 3]
    assert said == ["bad is told no more, the training goes on: no route"]


def test_a_training_that_fails_is_told_as_failed(tmp_path):
    listener = Listener()
    with pytest.raises(KeyError), Following(tmp_path, {"x": listener}, pytest.fail):
        raise KeyError
    assert listener.ended == [False]


def test_unknown_and_absent_trackers_are_errors_at_the_start(monkeypatch):
    with pytest.raises(ConfigError, match="unknown tracker 'tensorbord'") as caught:
        trackers.check_trackers(["tensorbord"])
    assert "tensorboard" in caught.value.hint
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    with pytest.raises(PrerequisiteError, match="the package mlflow-skinny is not") as absent:
        trackers.check_trackers(["mlflow"])
    assert "pip install mlflow-skinny" in absent.value.hint


def test_tensorboard_has_each_step_once_also_when_a_training_goes_on(run, tmp_path):
    pytest.importorskip("tensorboard", reason="extra `report`: tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    write(tmp_path / "half", [1, 2], [0])
    told("tensorboard", run, tmp_path / "half")
    write(tmp_path / "done", [1, 2, 3], [0, 3])
    tracker = told("tensorboard", run, tmp_path / "done")
    events = EventAccumulator(tracker.where)
    events.Reload()
    losses = [(one.step, one.value) for one in events.Scalars("train/loss")]
    assert losses == [(1, pytest.approx(2.4)), (2, pytest.approx(2.3)), (3, pytest.approx(2.2))]
    assert [one.step for one in events.Scalars("validation/en/math/loss")] == [0, 3]
    assert "learning_rate" in str(events.Tensors("training/text_summary")[0])


def wandb_history(file):
    """The logged rows of an offline run: records of protobuf in a log as LevelDB writes it."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, place, parts, block = file.read_bytes(), 7, [], 32768
    while place < len(data):
        if block - place % block < 7:
            place += block - place % block
            continue
        _, size, kind = struct.unpack("<IHB", data[place : place + 7])
        parts.append(data[place + 7 : place + 7 + size])
        place += 7 + size
        if kind in (1, 4):  # whole, or its last part
            record = Record.FromString(b"".join(parts))
            parts = []
            if record.WhichOneof("record_type") == "history":
                items = record.history.item
                yield {i.key or "/".join(i.nested_key): float(i.value_json) for i in items}


def test_wandb_is_offline_without_a_key_and_has_each_step_once(run, tmp_path):
    pytest.importorskip("wandb", reason="extra `report`: wandb is not installed")
    write(tmp_path / "half", [1, 2], [0])
    told("wandb", run, tmp_path / "half")
    time.sleep(1.1)  # wandb names a run's folder by the second
    write(tmp_path / "done", [1, 2, 3], [0, 3])
    told("wandb", run, tmp_path / "done")
    (file,) = run.folder.glob("wandb/offline-run-*/*.wandb")
    assert file.stem == "run-0123456789abcdef"
    until = time.monotonic() + 60  # wandb's own process writes the file
    while len(rows := list(wandb_history(file))) < 4 and time.monotonic() < until:
        time.sleep(0.2)
    losses = {row["step"]: row["train/loss"] for row in rows if "train/loss" in row}
    assert losses == {1: pytest.approx(2.4), 2: pytest.approx(2.3), 3: pytest.approx(2.2)}
    assert [row["step"] for row in rows] == [0, 1, 2, 3]
    assert [row["step"] for row in rows if "validation/loss" in row] == [0, 3]


def test_mlflow_finds_a_training_again_and_has_each_step_once(run, tmp_path, monkeypatch):
    pytest.importorskip("mlflow", reason="extra `report`: mlflow-skinny is not installed")
    from mlflow.tracking import MlflowClient

    write(tmp_path / "half", [1, 2], [0])
    told("mlflow", run, tmp_path / "half")
    write(tmp_path / "done", [1, 2, 3], [0, 3])
    told("mlflow", run, tmp_path / "done")
    client = MlflowClient(tracking_uri=(run.folder / "mlruns").absolute().as_uri())
    experiment = client.get_experiment_by_name("ultralink-bench")
    (found,) = client.search_runs([experiment.experiment_id])
    assert found.info.status == "FINISHED"
    assert found.data.params == {"learning_rate": "2e-05", "model": "base", "lora.rank": "0"}
    losses = [(m.step, m.value) for m in client.get_metric_history(found.info.run_id, "train/loss")]
    assert losses == [(n, pytest.approx(2.5 - n / 10)) for n in (1, 2, 3)]
    history = client.get_metric_history(found.info.run_id, "validation/loss")
    assert [m.step for m in history] == [0, 3]
    assert not any(math.isnan(m.value) for m in history)
