"""Trainings that a launcher starts, with the configs that are shipped, and what they leave."""

import os
import re
import subprocess
import sys

import msgspec
import pytest
import yaml
from command_line import made_by
from safetensors.torch import load_file

from harness.commands import train_launched
from harness.commands.train_launched import CONFIGS, LaunchedRun, read_run
from harness.engine.jobs import Artefact, external, make_job
from harness.engine.provenance import read_provenance
from harness.engine.stages import RESULT_FILE
from train.lora_config import LoraConfig
from train.train_config import TrainConfig
from train.trainer import TrainResult
from ultralink_data.about_files import CARD, LOSS_FIGURE, METRICS, VALIDATION
from ultralink_data.errors import ConfigError, DataError

LAUNCH = (sys.executable, "-m", "accelerate.commands.launch")
RECIPE = ("--steps", "3", "--sequences-per-step", "4", "--max-length", "256", "--seed", "1")


@pytest.fixture
def run_file(tmp_path):
    config = TrainConfig(steps=3, sequences_per_step=4)
    inputs = {
        name: Artefact(path=str(tmp_path / name), fingerprint="") for name in ("model", "packed")
    }
    job = make_job("train", config, inputs, 1)
    file = tmp_path / "run.json"
    write(file, LaunchedRun(job=job, out=str(tmp_path / "out"), work=str(tmp_path / "work")))
    return file


def write(file, run, **changes):
    """Write the run file, its training changed."""
    config = msgspec.structs.replace(msgspec.convert(run.job.config, TrainConfig), **changes)
    job = msgspec.structs.replace(run.job, config=msgspec.to_builtins(config))
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(run, job=job)))


def test_the_shipped_configs_have_no_field_that_accelerate_does_not_know(tmp_path):
    from accelerate.commands.config.config_args import load_config_from_file

    names = {"fsdp2_8x80gb": (8, "FSDP"), "ddp_8": (8, "MULTI_GPU"), "lora_1x24gb": (1, "NO")}
    assert {path.stem for path in CONFIGS.glob("*.yaml")} == set(names)
    for name, (processes, kind) in names.items():
        found = load_config_from_file(str(CONFIGS / f"{name}.yaml"))
        assert (found.num_processes, found.distributed_type) == (processes, kind)
    said = yaml.safe_load((CONFIGS / "fsdp2_8x80gb.yaml").read_text())["fsdp_config"]
    assert said["fsdp_version"] == 2
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((CONFIGS / "ddp_8.yaml").read_text() + "no_such_field: 1\n")
    with pytest.raises(ValueError, match="no_such_field"):
        load_config_from_file(str(wrong))


def test_a_launcher_that_divides_models_is_obeyed(run_file, monkeypatch):
    given, described = {}, []
    monkeypatch.setattr(train_launched, "train", lambda **options: given.update(options))
    monkeypatch.setattr(train_launched, "_describe", lambda *facts: described.append(facts[1]))
    monkeypatch.setenv("WORLD_SIZE", "2")
    train_launched.launched(run_file)
    config = TrainConfig(steps=3, sequences_per_step=4)
    assert given["config"] == config
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    train_launched.launched(run_file)
    assert given["config"] == msgspec.structs.replace(config, shard=True)
    assert "ACCELERATE_USE_FSDP" not in os.environ  # else the model is divided twice
    said = [(job.config["devices"], job.config["shard"]) for job in described]
    assert said == [(2, False), (2, True)]
    monkeypatch.setenv("RANK", "1")
    train_launched.launched(run_file)
    assert len(described) == 2


@pytest.mark.parametrize(
    ("changes", "other"),
    [
        ({"lora": LoraConfig(rank=2, base="8bit")}, "lora_1x24gb"),
        ({"optimizer": "adamw_8bit"}, "ddp_8"),
    ],
)
def test_a_launcher_that_would_divide_what_cannot_be_divided_is_told(
    run_file, monkeypatch, changes, other
):
    write(run_file, read_run(run_file), **changes)
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(
        ConfigError, match=rf"\(FSDP\), which {run_file} cannot .*: shard"
    ) as caught:
        train_launched.launched(run_file)
    assert caught.value.hint.endswith(str(CONFIGS / f"{other}.yaml"))
    assert not (run_file.parent / "work").exists()


def test_processes_that_share_no_step_evenly_are_told_before_anything(run_file, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigError, match=r"run\.json cannot be trained in 3 processes: devices"):
        train_launched.launched(run_file)


@pytest.mark.parametrize("text", ["{", '{"model": "m"}', None])
def test_a_file_that_is_no_run_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(DataError, match=r"cannot read the run file .*run\.json") as caught:
        read_run(tmp_path / "run.json")
    assert "--run-file" in caught.value.hint


def test_a_config_in_the_file_that_is_none_is_told(run_file):
    text = run_file.read_text().replace('"micro_batch":1', '"micro_batch":"two"')
    run_file.write_text(text)
    with pytest.raises(DataError, match=rf"{run_file}: .*micro_batch"):
        train_launched.launched(run_file)


@pytest.fixture
def written(finished):
    """`written(*words)` is the home of a run file of a tiny training."""

    def make(*words):
        base, data = (made_by(finished.home, stage) for stage in ("base", "starter"))
        given = ("train", "--data", data, "--model", base, *RECIPE, *words)
        finished(*given, "-o", "out", "--run-file", "run.json").ok()
        return given, finished

    return make


def started(bench, *words):
    """Start `harness.launched` on the run file, after `words` of a launcher if there are any."""
    return subprocess.run(
        [*map(str, words or (sys.executable,)), "-m", "harness.launched", "run.json"],
        cwd=bench.home,
        env=os.environ | {"PYTHONPATH": str(bench.code)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_folder_is_what_the_command_itself_leaves(written):
    given, bench = written("--validation", "0.3")
    done = started(bench)
    assert done.returncode == 0, done.stderr
    assert "step 3 of 3: loss " in done.stdout
    assert done.stdout.count("measuring the loss on held-out rows: ") == 2  # before and after
    assert "tokens of the training: " in done.stdout
    bench(*given, "-o", "tuned").ok()
    folder, usual = bench.home / "out", bench.home / "tuned"
    assert {p.name for p in folder.iterdir()} == {p.name for p in usual.iterdir()}
    assert {CARD, METRICS, VALIDATION, *LOSS_FIGURE} <= {p.name for p in folder.iterdir()}
    ours, theirs = read_provenance(folder), read_provenance(usual)
    assert ours.fingerprint == theirs.fingerprint == external(folder).fingerprint
    made = ours.made
    assert ours == msgspec.structs.replace(theirs, made=made)
    assert made.command[-2:] == ("--run-file", "run.json")
    first, second = (
        msgspec.json.decode((f / RESULT_FILE).read_bytes(), type=TrainResult)
        for f in (folder, usual)
    )
    assert first.losses == second.losses
    assert "\n# out\n" in (folder / CARD).read_text()


def test_a_package_in_the_folder_that_has_a_name_of_ours_is_named(tmp_path):
    (tmp_path / "train.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "harness.launched", "run.json"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(CONFIGS.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 2)
    assert done.stderr.startswith(f"error: {tmp_path / 'train.py'} stands in the way")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shipped", "processes"), [("fsdp2_8x80gb", 2), ("ddp_8", 2), ("lora_1x24gb", 1)]
)
def test_the_shipped_configs_train_as_one_process_does(written, shipped, processes):
    given, bench = written()
    words = ("--config_file", CONFIGS / f"{shipped}.yaml", "--num_processes", processes)
    done = started(bench, *LAUNCH, *words)
    assert done.returncode == 0, done.stderr
    bench(*given, "-o", "one").ok()
    one = msgspec.json.decode((bench.home / "one" / RESULT_FILE).read_bytes(), type=TrainResult)
    losses = [float(text) for text in re.findall(r"loss (\S+)", done.stdout)]
    assert losses == pytest.approx(one.losses, abs=1e-4)  # as printed
    expected = load_file(bench.home / "one" / "model.safetensors")
    assert set(load_file(bench.home / "out" / "model.safetensors")) == set(expected)
    recipe = read_provenance(bench.home / "out").recipe
    assert (recipe.devices, recipe.shard) == (processes, shipped == "fsdp2_8x80gb")


@pytest.mark.slow
def test_a_rank_that_fails_ends_the_rest_with_its_error(written):
    _, bench = written()
    (bench.home / "out").mkdir()
    (bench.home / "out" / "precious").touch()
    words = ("--config_file", CONFIGS / "ddp_8.yaml", "--num_processes", 2)
    done = started(bench, *LAUNCH, *words)
    assert done.returncode != 0
    assert f"error: {bench.home / 'out'} exists and is not empty\n  delete it or" in done.stderr
