"""`transformers.Trainer` with a fixed data order, atomic checkpoints and a loss for each step."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from train import checkpoints, lora, sharding
from train.bad_loss import bad_loss
from train.batches import Batches, line_up
from train.checkpoint_pace import CheckpointPace
from train.loss import LearnedOnly
from train.meeting import agreed_checkpoint, wait_for_all
from train.plan import warmup_steps
from train.row_attention import lined_up
from train.step_metrics import Progress, StepClock, StepFile, StepMetrics, peak_memory
from train.train_config import Optimizer, TrainConfig
from train.validation import LinedUp, Validation, ValidationPoint
from ultralink_data.about_files import METRICS, VALIDATION
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.libraries import no_collection, without, without_peft

if TYPE_CHECKING:
    from transformers import Trainer
else:
    Trainer = object  # the real one takes seconds to import; `make_trainer` brings it in

_SCHEDULES = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


_OPTIMIZERS: Final[dict[Optimizer, str]] = {
    "adamw": "adamw_torch",
    "adamw_fused": "adamw_torch_fused",
    "adamw_8bit": "adamw_bnb_8bit",
}


class _Hooks(Trainer):  # type: ignore[misc]  # mypy does not see into transformers
    """Our changes to `transformers.Trainer`, mixed in by `make_trainer`."""

    run: Path
    losses: list[float]
    damaged: tuple[int, ...]
    parts: list[Any]
    on_progress: Progress | None
    on_evaluate: Callable[[int, Any], None] | None
    metrics: StepFile[StepMetrics]
    validation: Validation | None
    validated: StepFile[ValidationPoint]
    clock: StepClock
    update: tuple[float, float]
    sequences_per_step: int
    pace: CheckpointPace
    adapters: bool
    sharded: bool
    learned: LearnedOnly
    train_dataset: Batches
    lined_up: LinedUp
    last_validated: int | None

    def go(self) -> int | None:
        """Train to the end; return the step resumed from, if any."""
        found, self.damaged = agreed_checkpoint(self.run)
        if found:
            self.losses = checkpoints.read_losses(found[1])
        if self.accelerator.is_main_process:
            self.metrics.go_on_after(found[0] if found else 0)
            self.validated.go_on_after(found[0] if found else 0)
        self.parts = []
        self.pace.begin()
        self.train(resume_from_checkpoint=str(found[1]) if found else None)
        if self.pace.last != self.state.global_step:
            self._evaluate_ours()
        return found[0] if found else None

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        """A sequential sampler, since the dataset already follows the schedule."""
        from torch.utils.data import SequentialSampler

        return SequentialSampler(train_dataset)

    def floating_point_ops(self, inputs: Any) -> int:
        """Always 0: counting would walk over all parameters in each micro-batch."""
        return 0

    def training_step(self, model: Any, inputs: Any, *args: Any, **options: Any) -> Any:
        """Run one micro-batch and add its share to the step's loss."""
        self.learned.expect(inputs["labels"])
        with self.lined_up(inputs["position_ids"]):
            loss = super().training_step(model, inputs, *args, **options)
        self.learned.expect(None)
        self.parts.append(loss)
        return loss

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> Any:
        """Right before the optimiser's step: note what its update is made of."""
        norm = super()._get_grad_norm(model, grad_norm)
        self.update = self.optimizer.param_groups[0]["lr"], norm
        return norm

    def begin_steps(self) -> None:
        """All is loaded: the first step begins."""
        self._validate()
        self.clock.skip()

    def end_step(self, control: Any) -> None:
        """After an optimiser step: note the loss, request a checkpoint if due, report progress."""
        loss = sum(self.parts)
        if self.accelerator.num_processes > 1:
            loss = self.accelerator.reduce(loss, "mean")
        step, steps = self.state.global_step, self.state.max_steps
        for what, value in (("loss", loss), ("gradient norm", self.update[1])):
            if not math.isfinite(value):
                said = f"the {what} of step {step} of {steps} is {float(value)}"
                raise bad_loss(said, step, self.parts, self.accelerator)
        self.losses.append(float(loss))
        self.parts = []
        control.should_save = self._agreed(self.pace.is_due(step, steps), loss)
        if self.accelerator.is_main_process:
            now = self._measured(step)
            self.metrics.append(now)
            if self.on_progress is not None:
                self.on_progress(step, steps, now)

    def _measured(self, step: int) -> StepMetrics:
        rate, norm = self.update
        last = step * self.sequences_per_step
        return StepMetrics(
            step=step,
            loss=self.losses[-1],
            learning_rate=rate,
            grad_norm=float(norm),
            learned_tokens=self.train_dataset.learned(range(last - self.sequences_per_step, last)),
            seconds=round(self.clock.lap(), 6),
            memory_bytes=peak_memory(),
        )

    def _agreed(self, due: bool, loss: Any) -> bool:
        """What the main process says: clocks differ, and all processes must save together."""
        if self.accelerator.num_processes == 1:
            return due
        said = loss.new_tensor(float(due and self.accelerator.is_main_process))
        return bool(self.accelerator.reduce(said, "sum") > 0)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Write a checkpoint to a staging folder, then rename it: it is complete or absent."""
        main = self.accelerator.is_main_process
        began = time.monotonic()
        if main:
            checkpoints.stage(self.run)
        wait_for_all()
        super()._save_checkpoint(model, trial)
        wait_for_all()
        if main:
            step = self.state.global_step
            staged = self.run / checkpoints.STAGING / f"checkpoint-{step}"
            checkpoints.write_losses(staged, self.losses)
            checkpoints.commit(self.run, step)
        wait_for_all()
        self.pace.saved(self.state.global_step, time.monotonic() - began)
        self._evaluate_ours()
        self.clock.skip()

    def save_model(self, output_dir: Any = None, _internal_call: bool = False) -> None:
        """The model of a checkpoint: the main process writes it, others help to gather it."""
        if not self.sharded:
            super().save_model(output_dir, _internal_call)
            return
        state = self.whole_state()
        if self.args.should_save:
            self._save(output_dir, state)

    def whole_state(self) -> dict[str, Any] | None:
        """What is trained of a model that is divided, in the main process; None of another."""
        return sharding.gathered(self.model, adapters=self.adapters)

    def _save(self, output_dir: Any = None, state_dict: Any = None) -> None:
        """What of the model goes into a checkpoint: all of it, or the adapters."""
        if not self.adapters:
            super()._save(output_dir, state_dict)
        elif self.args.should_save:
            lora.save_adapters(self.model, Path(output_dir), state_dict)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """What `_save` wrote."""
        if self.sharded:
            load = sharding.load_adapters if self.adapters else sharding.load_weights
            load(self.model, Path(resume_from_checkpoint))
        elif self.adapters:
            lora.load_adapters(self.model, Path(resume_from_checkpoint))
        else:
            super()._load_from_checkpoint(resume_from_checkpoint, model)

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        """As one device does it, whatever the number of devices."""
        if not self.sharded:
            super()._save_optimizer_and_scheduler(output_dir)
            return
        state = sharding.whole_optimiser(self.optimizer.optimizer, keep=self.args.should_save)
        if self.args.should_save:
            sharding.write_states(Path(output_dir), state, self.lr_scheduler.state_dict())

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        """What `_save_optimizer_and_scheduler` wrote."""
        if not self.sharded:
            super()._load_optimizer_and_scheduler(checkpoint)
        elif checkpoint is not None:
            scheduler = sharding.load_states(Path(checkpoint), self.optimizer.optimizer)
            self.lr_scheduler.load_state_dict(scheduler)

    def _evaluate_ours(self) -> None:
        """Measure the loss on held-out rows, and call the evaluation hook with the model."""
        self._validate()
        if self.on_evaluate is not None:
            with self._evaluating():
                self.on_evaluate(self.state.global_step, self.model)

    def _validate(self) -> None:
        """Measure the loss on held-out rows, unless that was done at this step."""
        step = self.state.global_step
        if self.validation is None or self.last_validated == step:
            return
        with self._evaluating():
            found = self.validation.measure(
                step,
                self.model,
                self.learned,
                self.accelerator,
                self.lined_up,
                self.on_progress,
            )
        if self.sharded:
            sharding.free_gathered(self.model)
        self.last_validated = step
        known = {point.step for point in self.validated.read()}
        if self.accelerator.is_main_process and step not in known:
            self.validated.append(found)

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """In the block the model is in evaluation mode; training then continues unaffected."""
        import torch

        training = self.model.training
        self.model.eval()
        with torch.random.fork_rng(), torch.no_grad():
            yield
        self.model.train(training)


def make_trainer(
    model: Any,
    batches: Batches,
    collator: Callable[..., Any],
    *,
    config: TrainConfig,
    seed: int,
    run: Path,
    on_progress: Progress | None,
    on_evaluate: Callable[[int, Any], None] | None,
    validation: Validation | None = None,
) -> Any:
    """A silent `transformers.Trainer` that goes through `batches` once, in order."""
    with no_collection(), without("datasets"), without_peft():  # our data come from elsewhere
        from transformers import PrinterCallback, Trainer, TrainerCallback

    # with a cache the mask ignores positions, so packed dialogues would see each other
    model.config.use_cache = False
    learned = LearnedOnly(model)
    kind = type("PackedTrainer", (_Hooks, Trainer), {})
    trainer: Any = kind(
        model=model,
        args=_arguments(config, seed, run, len(batches)),
        train_dataset=batches,
        data_collator=collator,
        compute_loss_func=learned.checked,
    )
    trainer.learned, trainer.adapters = learned, config.lora.rank > 0
    trainer.sharded = config.shard and trainer.accelerator.num_processes > 1
    if trainer.sharded:  # so that it neither moves the model nor averages its gradients itself
        trainer.is_distributed_loading_by_transformers = True
    trainer.lined_up = lined_up if collator is line_up else nullcontext
    trainer.run, trainer.losses, trainer.pace = run, [], CheckpointPace(config.checkpoint_every)
    trainer.parts, trainer.damaged = [], ()
    trainer.on_progress, trainer.on_evaluate = on_progress, on_evaluate
    trainer.metrics, trainer.clock = StepFile(run / METRICS, StepMetrics), StepClock()
    trainer.sequences_per_step = config.sequences_per_step
    trainer.validation, trainer.last_validated = validation, None
    trainer.validated = StepFile(run / VALIDATION, ValidationPoint)

    class StepEnd(TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            trainer.begin_steps()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            trainer.end_step(control)

    trainer.add_callback(StepEnd())
    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(config: TrainConfig, seed: int, run: Path, slots: int) -> Any:
    import torch
    from accelerate import PartialState
    from transformers import TrainingArguments

    steps = slots // config.sequences_per_step
    processes = PartialState().num_processes
    arguments = TrainingArguments(
        output_dir=str(run / checkpoints.STAGING),
        max_steps=steps,
        per_device_train_batch_size=config.micro_batch,
        gradient_accumulation_steps=_accumulation(config, processes),
        learning_rate=config.learning_rate,
        lr_scheduler_type=_SCHEDULES[config.schedule],
        warmup_steps=warmup_steps(steps, config),
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        optim=_optimizer(config.optimizer),
        use_cpu=not torch.accelerator.is_available(),
        bf16=config.precision == "bfloat16",
        gradient_checkpointing=config.gradient_checkpointing,
        seed=seed,
        data_seed=seed,
        logging_strategy="no",
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)  # several GPUs go through `accelerate launch`
    return arguments


def _optimizer(name: Optimizer) -> str:
    """What `transformers` calls it."""
    if name == "adamw_8bit" and find_spec("bitsandbytes") is None:
        raise PrerequisiteError(
            "optimizer=adamw_8bit needs the package bitsandbytes, which is not installed",
            hint="run `pip install bitsandbytes`, or leave --optimizer out",
        )
    return _OPTIMIZERS[name]


def _accumulation(config: TrainConfig, processes: int) -> int:
    at_once = config.micro_batch * processes
    if config.sequences_per_step % at_once:
        raise ConfigError(
            f"sequences_per_step={config.sequences_per_step} is not a multiple of micro_batch * "
            f"processes = {config.micro_batch} * {processes}",
            hint="change --set train.micro_batch or train.sequences_per_step",
        )
    return config.sequences_per_step // at_once
