"""Full-parameter supervised fine-tuning through `transformers.Trainer`.

On the same kind of CPU, the same inputs, seed and number of threads give the same weights, bit for
bit, even if the run was killed and resumed. On a GPU the order of some sums may vary.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from train import checkpoints, loading, row_attention
from train.batches import Batches, collate, line_up
from train.chat_templates import Tokenizer, prepare, vocabulary_hash
from train.loop import make_trainer
from train.packed import Packed
from train.plan import Plan, plan, schedule
from train.rendering import end_of_turn
from train.runtime import runtime
from train.separation import check_isolation
from train.train_config import TrainConfig
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError

Progress = Callable[[int, int, float], None]
"""Called after each step with the step (from 1), the number of steps, and the step's loss."""

Evaluate = Callable[[int, Any], None]
"""Called with the step and the model at each checkpoint and at the end."""


class TrainResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Results of a run. `losses` are in nats per learned token, one number per step.

    `rows`, `tokens` and `loss_tokens` count the data seen over the whole run; `resumed_from` is the
    step of the checkpoint it resumed from, None for a fresh run.
    """

    steps: int
    rows: int
    tokens: int
    loss_tokens: int
    losses: tuple[float, ...]
    resumed_from: int | None


def train(
    *,
    model: Path | str,
    packed: Path,
    config: TrainConfig,
    seed: int,
    out: Path,
    work: Path,
    on_progress: Progress | None = None,
    on_evaluate: Evaluate | None = None,
) -> TrainResult:
    """Train `model` on the packed data; write the model and tokenizer to the folder `out`.

    `work` is a scratch folder; if it has a checkpoint of the same run, training resumes from there.
    `out` appears complete at the end, or not at all.

    Raises:
        ConfigError: `out` is not empty, sequences exceed the model's context, the chat template
            cannot be trained on, or the model would mix up packed dialogues.
        DataError: `packed` is damaged or was made with another tokenizer.
        PrerequisiteError: the model is missing, or the disk is full.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} exists and is not empty", hint="delete it or choose another")
    data = Packed.load(packed)
    run = checkpoints.run_folder(work, loading.fingerprint(model), packed, config, seed)
    with runtime(config.threads, writes=run):
        network, tokenizer = _load(model, data, config)
        trainer = make_trainer(
            network,
            Batches(data, schedule(data.sequences, config, seed)),
            line_up if row_attention.install(network) else collate(_padding(tokenizer)),
            config=config,
            seed=seed,
            run=run,
            on_progress=on_progress,
            on_evaluate=on_evaluate,
        )
        resumed = trainer.go()
    with runtime(config.threads, writes=out):
        _save(trainer, tokenizer, config, out)
    return _result(plan(data, config, seed), trainer.losses, resumed)


def _result(seen: Plan, losses: list[float], resumed: int | None) -> TrainResult:
    return TrainResult(
        steps=seen.steps,
        rows=seen.rows,
        tokens=seen.tokens,
        loss_tokens=seen.loss_tokens,
        losses=tuple(losses),
        resumed_from=resumed,
    )


def _load(spec: Path | str, data: Packed, config: TrainConfig) -> tuple[Any, Tokenizer]:
    """Model and tokenizer, checked against the data."""
    import torch

    given = loading.load_tokenizer(spec)
    tokenizer = prepare(given, config.template)
    if vocabulary_hash(tokenizer) != data.counts.tokenizer:
        raise DataError(
            f"the data were packed with a tokenizer other than that of {spec}",
            hint="pack the dataset again with this model's tokenizer and template",
        )
    model = loading.load_model(spec)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # embeddings of new tokens are the same in every run
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    context = getattr(model.config, "max_position_embeddings", None)
    if context is not None and int(data.segment_tokens.max()) > context:
        raise ConfigError(
            f"a dialogue has {int(data.segment_tokens.max())} tokens, the context of {spec} is "
            f"{context}",
            hint=f"pack again with --set train.max_tokens={context}",
        )
    if config.packing:
        check_isolation(model)
    if config.template == "chatml" or tokenizer is not given:
        model.config.eos_token_id = tokenizer.eos_token_id
        model.generation_config.eos_token_id = tokenizer.eos_token_id
    else:
        _end_at_turns(model.generation_config, tokenizer)
    return model, tokenizer


def _end_at_turns(generation: Any, tokenizer: Tokenizer) -> None:
    """End generations at the token that ends the answers, too: it may be no EOS of the model."""
    end, known = end_of_turn(tokenizer), generation.eos_token_id
    known = [] if known is None else known if isinstance(known, list) else [known]
    if end is not None and end not in known:
        generation.eos_token_id = [*known, end] if known else end


def _padding(tokenizer: Tokenizer) -> int:
    """A padding token; any will do, as padding is neither learned nor seen by other tokens."""
    return next((i for i in (tokenizer.pad_token_id, tokenizer.eos_token_id) if i is not None), 0)


def _save(trainer: Any, tokenizer: Any, config: TrainConfig, out: Path) -> None:
    """Save the model from the main process; bfloat16 runs save bfloat16 (not under FSDP)."""
    import torch

    accelerator = trainer.accelerator
    model = accelerator.unwrap_model(trainer.model_wrapped)
    if config.precision == "bfloat16" and not trainer.is_fsdp_enabled:
        model.to(torch.bfloat16)
    state = accelerator.get_state_dict(trainer.model_wrapped)
    model.config.use_cache = True
    if trainer.is_world_process_zero():
        with atomic.new_directory(out) as folder:
            model.save_pretrained(folder, state_dict=state)
            tokenizer.save_pretrained(folder)
            for file in folder.iterdir():
                file.chmod(0o644)  # safetensors writes files that only their owner can read
    accelerator.wait_for_everyone()
