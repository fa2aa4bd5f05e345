"""A training that also leaves its intermediate models: of so many points, evenly spaced.

It is the training of `train.trainer`, weight for weight: saving a model in between changes
nothing. The folder that it writes has `final`, which is what that training writes, and a folder for
each point before the end, `point-1` to `point-(N-1)`. A point holds a model as `final` does, and
its step in `POINT_FILE`.
"""

import math
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import msgspec

from train import checkpoints, loading, sharding
from train.lora import ADAPTERS
from train.lora_config import LoraConfig
from train.meeting import from_main, is_main, wait_for_all
from train.packed import Packed
from train.plan import step_count
from train.points import FINAL, POINT_FILE, Point, point_name, point_steps
from train.saving import WEIGHTS, write_model
from train.step_metrics import Progress
from train.train_config import TrainConfig
from train.trainer import TrainResult, train
from ultralink_data import atomic
from ultralink_data.about_files import is_about
from ultralink_data.adapters import ADAPTER_FILE, ADAPTER_WEIGHTS
from ultralink_data.linked import link_file


def train_with_points(
    *,
    model: Path | str,
    packed: Path,
    config: TrainConfig,
    points: int,
    seed: int,
    out: Path,
    work: Path,
    on_progress: Progress | None = None,
    validation: Path | None = None,
    kept: Collection[int] = (),
) -> TrainResult:
    """Train as `train.trainer.train` does, and write the intermediate models beside the last.

    Of all points or, where any are named, of those in `kept`, counted from 1.

    `out` is an empty folder. What a killed run has saved of its points is in `work`, as is the
    checkpoint from which the training goes on.

    Raises:
        BenchError: as `train.trainer.train` does, or there are too many points.
    """
    steps = point_steps(step_count(Packed.load(packed).sequences, config), points)
    saving = msgspec.structs.replace(config, checkpoint_every=_pace(config, steps[0]))
    named = {n: step for n, step in enumerate(steps[:-1], 1) if not kept or n in kept}
    saved = work / "points"
    run = checkpoints.run_folder(work, loading.fingerprint(model), packed, saving, seed)
    _catch_up(run, saved, sorted(named.values()), config)

    result = train(
        model=model,
        packed=packed,
        config=saving,
        seed=seed,
        out=out / FINAL,
        work=work,
        on_progress=on_progress,
        on_evaluate=_Keeper(steps=tuple(named.values()), saved=saved, config=config),
        validation=validation,
    )
    with atomic.disk_errors(out):
        for number, step in named.items():
            _complete(saved / str(step), out / FINAL, out / point_name(number))
            text = msgspec.json.encode(Point(step=step, steps=steps[-1]))
            (out / point_name(number) / POINT_FILE).write_bytes(text)
    return result


class _Keeper(msgspec.Struct, frozen=True):
    """Saves the models after these steps; in several processes, which it is sent to, the main one.

    The others help to gather a model that is divided, and wait.
    """

    steps: tuple[int, ...]
    saved: Path
    config: TrainConfig

    def __call__(self, step: int, network: Any) -> None:
        folder = self.saved / str(step)
        if step not in self.steps or not from_main(not folder.is_dir()):
            return
        state = sharding.gathered(network, adapters=self.config.lora.rank > 0)
        if is_main():
            _save(network, self.config, folder, state)
        wait_for_all()


def _pace(config: TrainConfig, every: int) -> int:
    """Steps between two checkpoints that a killed run resumes from; one is written at each point.

    More of them where the config asks for more and its pace leads to the points.
    """
    asked = config.checkpoint_every
    both = math.gcd(asked, every)
    return both if 0 < asked <= 2 * both else every


def _catch_up(run: Path, kept: Path, steps: Sequence[int], config: TrainConfig) -> None:
    """See that the training goes on from a checkpoint only if all points before it are there.

    `steps` are those of the points before the end.

    A checkpoint is written before its point is: of a run that was killed between the two, the point
    is the checkpoint's model.
    """
    found, _ = checkpoints.usable(run)
    if found is None:
        return
    newest, folder = found
    lost = [step for step in steps if step <= newest and not (kept / str(step)).is_dir()]
    if lost == [newest]:
        _save_checkpoint(folder, config, kept / str(newest))
    elif lost:
        shutil.rmtree(run)


def _save(
    network: Any, config: TrainConfig, folder: Path, state: dict[str, Any] | None = None
) -> None:
    """The model as the final one would be."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with atomic.new_directory(folder) as point:
        write_model(network, config, point, state)


def _save_checkpoint(checkpoint: Path, config: TrainConfig, folder: Path) -> None:
    """The model of a checkpoint as `_save` writes it."""
    if not config.lora.rank:
        _save(loading.load_model(checkpoint), config, folder)
        return
    merged = loading.load_model(checkpoint, config.precision)
    plain = msgspec.structs.replace(config, lora=LoraConfig())
    with atomic.new_directory(folder) as point:
        write_model(merged, plain, point)
        (point / ADAPTERS).mkdir()
        for name in (ADAPTER_FILE, ADAPTER_WEIGHTS):
            shutil.copyfile(checkpoint / name, point / ADAPTERS / name)


def _complete(weights: Path, final: Path, out: Path) -> None:
    """A model of these weights, with all else that the final model has."""
    out.mkdir()
    for file in sorted(weights.glob(WEIGHTS)):
        link_file(file, out / file.name)
    if (weights / ADAPTERS).is_dir():
        shutil.copytree(weights / ADAPTERS, out / ADAPTERS)
    for file in sorted(final.iterdir()):
        if file.is_file() and not file.match(WEIGHTS) and not is_about(file.name):
            shutil.copyfile(file, out / file.name)
