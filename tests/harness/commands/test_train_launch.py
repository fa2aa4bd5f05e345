"""`train --run-file` writes what a launcher trains, and refuses what one does not do."""

import shlex
from argparse import Namespace
from pathlib import Path

import pytest

from harness.commands.train_launch import check_run_file, write_run_file
from train.launched import CONFIGS, read_run
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError

PLAIN = {
    "dry_run": False,
    "validation": None,
    "eval_at": (),
    "report_to": (),
    "merge": False,
}


def test_what_is_written_is_what_the_launched_training_reads(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("base").mkdir()
    config = TrainConfig(steps=3, sequences_per_step=8, shard=True)
    asked = Namespace(
        **PLAIN, model=Path("base"), out=Path("tuned"), seed=4, run_file=Path("run.json")
    )
    write_run_file(asked, config, Path("packed"))
    run = read_run(Path("run.json"))
    assert (run.config, run.seed) == (config, 4)
    assert (run.model, run.packed) == (str(tmp_path / "base"), str(tmp_path / "packed"))
    assert (run.out, run.work) == (str(tmp_path / "tuned"), str(tmp_path / "tuned.work"))
    said = capsys.readouterr().out
    for name in ("fsdp2_8x80gb", "ddp_8", "lora_1x24gb"):
        assert f"--config_file {CONFIGS / name}.yaml -m train.launched run.json" in said


def test_a_model_of_a_hub_keeps_its_name(tmp_path):
    file = tmp_path / "run.json"
    asked = Namespace(**PLAIN, model=Path("org/name"), out=tmp_path / "o", seed=0, run_file=file)
    write_run_file(asked, TrainConfig(), tmp_path)
    assert read_run(file).model == "org/name"


@pytest.mark.parametrize(
    ("given", "config", "named"),
    [
        ({"dry_run": True}, {}, "--dry-run"),
        ({"validation": "0.1"}, {}, "--validation"),
        ({"eval_at": (0.5,)}, {}, "--eval-at"),
        ({"report_to": ("wandb",)}, {}, "--report-to"),
        ({"merge": True}, {}, "--merge"),
        ({}, {"devices": 2}, "--devices"),
    ],
)
def test_what_a_launcher_does_not_know_is_refused(given, config, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = TrainConfig(**config)
    asked = Namespace(**(PLAIN | given), run_file=Path("run.json"))
    with pytest.raises(ConfigError, match=f"knows no {named}$"):
        check_run_file(asked, recipe)
    check_run_file(Namespace(**(PLAIN | given), run_file=None), recipe)


def test_commands_are_words_of_a_shell_whatever_the_file_is_called(tmp_path, capsys):
    file = tmp_path / "my run.json"
    asked = Namespace(**PLAIN, model=Path("org/name"), out=tmp_path / "o", seed=0, run_file=file)
    write_run_file(asked, TrainConfig(), tmp_path)
    (line, *_) = capsys.readouterr().out.splitlines()
    assert shlex.split(line)[-2:] == ["train.launched", str(file)]


def test_a_run_file_replaces_its_like_and_nothing_else(tmp_path):
    rows, file = tmp_path / "en_math.jsonl", tmp_path / "run.json"
    rows.write_text("{}\n")
    with pytest.raises(ConfigError, match=r"en_math\.jsonl exists and is not an earlier"):
        check_run_file(Namespace(**PLAIN, run_file=rows), TrainConfig())
    assert rows.read_text() == "{}\n"
    asked = Namespace(**PLAIN, model=Path("org/name"), out=tmp_path / "o", seed=0, run_file=file)
    write_run_file(asked, TrainConfig(), tmp_path)
    check_run_file(asked, TrainConfig())
