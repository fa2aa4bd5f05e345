"""Trainings that `accelerate launch` starts, with the configs that are shipped."""

import re
import subprocess
import sys

import msgspec
import pytest
import yaml
from safetensors.torch import load_file

from train import launched
from train.launched import CONFIGS, LaunchedRun, read_run
from train.lora_config import LoraConfig
from train.trainer import train
from ultralink_data.errors import ConfigError, DataError

LAUNCH = (sys.executable, "-m", "accelerate.commands.launch")


@pytest.fixture
def run_file(base, packed_folder, config, tmp_path):
    config = msgspec.structs.replace(config, steps=3, micro_batch=1, learning_rate=5e-3)
    run = LaunchedRun(
        model=str(base),
        packed=str(packed_folder),
        config=config,
        seed=1,
        out=str(tmp_path / "out"),
        work=str(tmp_path / "work"),
    )
    file = tmp_path / "run.json"
    file.write_bytes(msgspec.json.encode(run))
    return file


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
    given = {}
    monkeypatch.setattr(launched, "train", lambda **options: given.update(options))
    launched.launched(run_file)
    assert given["config"].shard is False
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    launched.launched(run_file)
    assert given["config"] == msgspec.structs.replace(read_run(run_file).config, shard=True)
    assert "ACCELERATE_USE_FSDP" not in launched.os.environ  # else the model is divided twice


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
    run = read_run(run_file)
    run = msgspec.structs.replace(run, config=msgspec.structs.replace(run.config, **changes))
    run_file.write_bytes(msgspec.json.encode(run))
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(
        ConfigError, match=rf"\(FSDP\), which {run_file} cannot .*: shard"
    ) as caught:
        launched.launched(run_file)
    assert caught.value.hint.endswith(str(CONFIGS / f"{other}.yaml"))
    assert not (run_file.parent / "work").exists()


@pytest.mark.parametrize("text", ["{", '{"model": "m"}', None])
def test_a_file_that_is_no_run_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(DataError, match=r"cannot read the run file .*run\.json") as caught:
        read_run(tmp_path / "run.json")
    assert "--run-file" in caught.value.hint


def launch(config, run_file, *more):
    words = [*LAUNCH, "--config_file", CONFIGS / f"{config}.yaml", *more]
    words += ["-m", "train.launched", run_file]
    return subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shipped", "processes"), [("fsdp2_8x80gb", 2), ("ddp_8", 2), ("lora_1x24gb", 1)]
)
def test_the_shipped_configs_train_as_one_process_does(run_file, tmp_path, shipped, processes):
    run = read_run(run_file)
    one = train(model=tmp_path / run.model, packed=tmp_path / run.packed, config=run.config,
                seed=1, out=tmp_path / "one", work=tmp_path / "w")  # fmt: skip
    done = launch(shipped, run_file, "--num_processes", processes)
    assert done.returncode == 0, done.stderr
    losses = [float(text) for text in re.findall(r"loss (\S+)", done.stdout)]
    assert losses == pytest.approx(one.losses, abs=1e-4)  # as printed
    expected = load_file(tmp_path / "one" / "model.safetensors")
    found = load_file(tmp_path / "out" / "model.safetensors")
    assert set(found) == set(expected)


@pytest.mark.slow
def test_a_rank_that_fails_ends_the_rest_with_its_error(run_file, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").touch()
    done = launch("ddp_8", run_file, "--num_processes", 2)
    assert done.returncode != 0
    assert f"error: {tmp_path / 'out'} exists and is not empty\n  delete it or" in done.stderr
