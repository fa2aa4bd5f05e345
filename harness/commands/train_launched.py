"""A training that a launcher starts (`harness.launched`), as a run file says.

The first process leaves the folder as `train` does, with figure, card and `_provenance.json`.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from harness.engine.jobs import Job, circumstances, external
from train import train_config
from train.step_metrics import StepMetrics
from train.train_config import TrainConfig
from train.trainer import TrainResult, train
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError

CONFIGS: Final = Path(train_config.__file__).parent / "accelerate_configs"
_WRITE_IT: Final = "write it with `ultralink-bench train --run-file FILE`"
_FSDP: Final = "ACCELERATE_USE_FSDP"


class LaunchedRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training as a job, the folder for its model, and the one for checkpoints.

    How many devices there are is the launcher's.
    """

    job: Job
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
            hint=_WRITE_IT,
        ) from error


def launched(file: Path) -> TrainResult:
    """Train as a run file says, as one of the processes that a launcher has started.

    A launcher that wants FSDP gets `TrainConfig.shard`.

    Raises:
        BenchError: as `train.trainer.train`, or the file is none.
    """
    from train.memory_advice import advised

    run, main = read_run(file), os.environ.get("RANK", "0") == "0"
    recipe, seed = _as_launched(run.job, file), run.job.seed or 0
    inputs = {name: Path(artefact.path) for name, artefact in run.job.inputs.items()}
    started, clock = datetime.now(UTC), time.monotonic()
    with advised(inputs["model"], inputs["packed"], recipe, seed):
        result = train(
            model=inputs["model"],
            packed=inputs["packed"],
            config=msgspec.structs.replace(recipe, devices=1),
            seed=seed,
            out=Path(run.out),
            work=Path(run.work),
            on_progress=_tell if main else None,
            validation=inputs.get("validation"),
        )
    if main:
        job = msgspec.structs.replace(run.job, config=msgspec.to_builtins(recipe))
        _describe(Path(run.out), job, result, started, time.monotonic() - clock)
    return result


def _as_launched(job: Job, file: Path) -> TrainConfig:
    """The config as the launcher has it; its library is not to divide the model again."""
    divided = os.environ.pop(_FSDP, "false").lower() == "true"
    try:
        config = msgspec.convert(job.config, TrainConfig)
    except msgspec.ValidationError as error:
        raise DataError(f"{file}: {error}", hint=_WRITE_IT) from error
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    try:
        config = msgspec.structs.replace(config, devices=processes)
    except ValueError as error:
        raise ConfigError(
            f"{file} cannot be trained in {processes} processes: {error}",
            hint="start another number, or write it with another --sequences-per-step",
        ) from error
    try:
        return msgspec.structs.replace(config, shard=divided or config.shard)
    except ValueError as error:
        other = "lora_1x24gb" if config.lora.rank else "ddp_8"
        raise ConfigError(
            f"the launcher divides the model (FSDP), which {file} cannot have: {error}",
            hint=f"launch it with another config, such as {CONFIGS / f'{other}.yaml'}",
        ) from error


def _describe(
    folder: Path, job: Job, result: TrainResult, started: datetime, seconds: float
) -> None:
    """Write what says how the model in `folder` was trained."""
    from harness.commands.train_card import describe_model
    from harness.engine.provenance import write_provenance
    from harness.engine.stages import RESULT_FILE

    atomic.write_bytes(folder / RESULT_FILE, msgspec.json.encode(result))
    made = circumstances(started, seconds, job.command)
    write_provenance(folder, job, external(folder).fingerprint, made)
    describe_model(folder, folder.name)
    sys.stdout.write("".join(f"{text}\n" for text in result.account.texts()))


def _tell(step: int, steps: int, now: StepMetrics | None) -> None:
    if now is None:  # held-out rows are measured, batch after batch: a line at the first
        if not step:
            sys.stdout.write(f"measuring the loss on held-out rows: {steps} sequences\n")
            sys.stdout.flush()
        return
    sys.stdout.write(f"step {step} of {steps}: loss {now.loss:.4f}\n")
    sys.stdout.flush()
