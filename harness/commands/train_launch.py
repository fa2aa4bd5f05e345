"""`train --run-file`: what a launcher needs to start a training on its devices or machines."""

import argparse
import shlex
from pathlib import Path

import msgspec

from harness import show
from harness.commands.own_files import refuse_foreign_json
from train.launched import CONFIGS, LaunchedRun
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
        "--validation": arguments.validation,
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


def write_run_file(arguments: argparse.Namespace, config: TrainConfig, packed: Path) -> None:
    """Write the run file, and say which command trains what it says."""
    model, out = Path(arguments.model), arguments.out.absolute()
    run = LaunchedRun(
        model=str(model.absolute() if model.exists() else model),
        packed=str(packed.absolute()),
        config=config,
        seed=arguments.seed,
        out=str(out),
        work=str(out.with_name(f"{out.name}.work")),
    )
    text = msgspec.json.format(msgspec.json.encode(run), indent=2)
    atomic.write_bytes(arguments.run_file, text + b"\n")
    for config_file in sorted(CONFIGS.glob("*.yaml")):
        words = ("--config_file", config_file, "-m", "train.launched", arguments.run_file)
        command = shlex.join(("accelerate", "launch", *map(str, words)))
        show.console().print(command, soft_wrap=True, markup=False, highlight=False)
    show.print_paths([arguments.run_file])
