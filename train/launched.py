"""A training that a launcher starts, in as many processes as it likes, on one machine or several:

    accelerate launch --config_file CONFIG.yaml -m train.launched RUN.json

`ultralink-bench train --run-file RUN.json` writes the file; configs: `train/accelerate_configs/`.
Paths have to be those of all machines.
"""

import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from train.step_metrics import StepMetrics
from train.train_config import TrainConfig
from train.trainer import TrainResult, train
from ultralink_data.errors import BenchError, ConfigError, DataError

CONFIGS: Final = Path(__file__).parent / "accelerate_configs"
_FSDP: Final = "ACCELERATE_USE_FSDP"


class LaunchedRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `train.trainer.train` is given; how many devices there are is the launcher's."""

    model: str
    packed: str
    config: TrainConfig
    seed: int
    out: str
    work: str


def read_run(file: Path) -> LaunchedRun:
    """The run in a file.

    Raises:
        DataError: it cannot be read, or is no such file.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=LaunchedRun)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(
            f"cannot read the run file {file}: {error}",
            hint="write it with `ultralink-bench train --run-file FILE`",
        ) from error


def launched(file: Path) -> TrainResult:
    """Train as a run file says, as one of the processes that a launcher has started.

    A launcher that wants FSDP gets `TrainConfig.shard`.

    Raises:
        BenchError: as `train.trainer.train`, or the file is none.
    """
    run = read_run(file)
    main = os.environ.get("RANK", "0") == "0"
    model = Path(run.model)
    return train(
        model=model if model.exists() else run.model,
        packed=Path(run.packed),
        config=_as_launched(run.config, file),
        seed=run.seed,
        out=Path(run.out),
        work=Path(run.work),
        on_progress=_tell if main else None,
    )


def _as_launched(config: TrainConfig, file: Path) -> TrainConfig:
    """The config as the launcher has it; its library is not to divide the model again."""
    divided = os.environ.pop(_FSDP, "false").lower() == "true"
    try:
        return msgspec.structs.replace(config, devices=1, shard=divided or config.shard)
    except ValueError as error:
        raise ConfigError(
            f"the launcher divides the model (FSDP), which {file} cannot have: {error}",
            hint="launch it with another config, such as "
            f"{CONFIGS / ('lora_1x24gb.yaml' if config.lora.rank else 'ddp_8.yaml')}",
        ) from error


def _tell(step: int, steps: int, now: StepMetrics | None) -> None:
    if now is None:  # held-out rows, which a run file does not have
        return
    sys.stdout.write(f"step {step} of {steps}: loss {now.loss:.4f}\n")
    sys.stdout.flush()


def _main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write(
            "usage: accelerate launch --config_file CONFIG -m train.launched RUN.json\n"
        )
        return 2
    try:
        launched(Path(sys.argv[1]))
    except BenchError as error:
        sys.stderr.write(f"error: {error.message}\n  {error.hint}\n")
        sys.stderr.flush()
        os._exit(error.exit_code)  # a library may wait for the other ranks at the end
    return 0


if __name__ == "__main__":
    sys.exit(_main())
