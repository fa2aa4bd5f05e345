"""`train --run-file` writes what a launcher trains, and refuses what one does not do."""

import shlex
from argparse import Namespace
from pathlib import Path

import msgspec
import pytest

from harness.commands.train_launch import check_run_file, write_run_file
from harness.commands.train_launched import CONFIGS, read_run
from harness.engine.jobs import Artefact, make_job
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError

PLAIN = {
    "dry_run": False,
    "eval_at": (),
    "report_to": (),
    "merge": False,
}


def a_job(config=None):
    inputs = {name: Artefact(path=name, fingerprint="f") for name in ("model", "packed")}
    return make_job("train", config or TrainConfig(), inputs, 4, {"dataset": "data"})


def test_what_is_written_is_what_the_launched_training_reads(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = TrainConfig(steps=3, sequences_per_step=8, shard=True)
    write_run_file(Path("run.json"), a_job(config), Path("tuned"))
    run = read_run(Path("run.json"))
    assert (msgspec.convert(run.job.config, TrainConfig), run.job.seed) == (config, 4)
    assert {n: a.path for n, a in run.job.inputs.items()} == {
        "model": str(tmp_path / "model"),
        "packed": str(tmp_path / "packed"),
    }
    assert run.job.extra == {"dataset": str(tmp_path / "data")}
    assert (run.out, run.work) == (str(tmp_path / "tuned"), str(tmp_path / "tuned.work"))
    said = capsys.readouterr().out
    for name in ("fsdp2_8x80gb", "ddp_8", "lora_1x24gb"):
        assert f"--config_file {CONFIGS / name}.yaml -m harness.launched run.json" in said


@pytest.mark.parametrize(
    ("given", "config", "named"),
    [
        ({"dry_run": True}, {}, "--dry-run"),
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
    write_run_file(file, a_job(), tmp_path / "o")
    (line, *_) = capsys.readouterr().out.splitlines()
    assert shlex.split(line)[-2:] == ["harness.launched", str(file)]


def test_a_run_file_replaces_its_like_and_nothing_else(tmp_path):
    rows, file = tmp_path / "en_math.jsonl", tmp_path / "run.json"
    rows.write_text("{}\n")
    with pytest.raises(ConfigError, match=r"en_math\.jsonl exists and is not an earlier"):
        check_run_file(Namespace(**PLAIN, run_file=rows), TrainConfig())
    assert rows.read_text() == "{}\n"
    write_run_file(file, a_job(), tmp_path / "o")
    check_run_file(Namespace(**PLAIN, run_file=file), TrainConfig())
