"""`train --run-file`: what a launcher needs to start a training on its devices or machines."""

import argparse
import shlex
from pathlib import Path

import msgspec

from harness import show
from harness.commands.own_files import refuse_foreign_json
from harness.commands.train_launched import CONFIGS, LaunchedRun
from harness.engine.jobs import Job
from train.train_config import TrainConfig
from ultralink_data import atomic
from ultralink_data.errors import ConfigError


def check_run_file(arguments: argparse.Namespace, config: TrainConfig) -> None:
    """Refuse, before anything is packed, what a launched training does not do.

    Raises:
        ConfigError: such an option, or the file is there and is no run file.
        PrerequisiteError: its folder cannot be written.
    """
    if arguments.run_file is None:
        return
    refuse_foreign_json(arguments.run_file, LaunchedRun)
    given = {
        "--dry-run": arguments.dry_run,
        "--eval-at": arguments.eval_at,
        "--report-to": arguments.report_to,
        "--merge": arguments.merge,
        "--devices": config.devices > 1,
    }
    for name, is_given in given.items():
        if is_given:
            raise ConfigError(
                f"--run-file leaves the training to a launcher, which knows no {name}",
                hint=f"leave {name} out, or train here without --run-file",
            )


def write_run_file(file: Path, job: Job, out: Path) -> None:
    """Write the run file of a training, and say which command trains what it says."""
    out = out.absolute()
    inputs = {
        name: msgspec.structs.replace(artefact, path=str(Path(artefact.path).absolute()))
        for name, artefact in job.inputs.items()
    }
    extra = {name: str(Path(path).absolute()) for name, path in job.extra.items()}
    job = msgspec.structs.replace(job, inputs=inputs, extra=extra)
    run = LaunchedRun(job=job, out=str(out), work=str(out.with_name(f"{out.name}.work")))
    text = msgspec.json.format(msgspec.json.encode(run), indent=2)
    atomic.write_bytes(file, text + b"\n")
    for config_file in sorted(CONFIGS.glob("*.yaml")):
        words = ("--config_file", config_file, "-m", "harness.launched", file)
        command = shlex.join(("accelerate", "launch", *map(str, words)))
        show.console().print(command, soft_wrap=True, markup=False, highlight=False)
    show.print_paths([file])
