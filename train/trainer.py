"""Supervised fine-tuning of all weights, or of adapters, through `transformers.Trainer`.

On the same kind of CPU, the same inputs, seed and number of threads give the same weights, bit for
bit, even if the run was killed and resumed. On a GPU the order of some sums may vary.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from train import checkpoints, loading, lora, row_attention
from train.attention_kernels import MASKED_SQUARE
from train.bad_loss import BadLoss, name_rows
from train.batches import Batches, collate, line_up
from train.chat_templates import Tokenizer, prepare, vocabulary_hash
from train.held_base import load_held
from train.loop import make_trainer
from train.main_loading import beside, load_in_main
from train.meeting import wait_for_all
from train.packed import Packed
from train.plan import Plan, plan, schedule
from train.ranks import inside_rank, join_ranks, train_on_ranks
from train.rendering import end_of_turn
from train.runtime import runtime
from train.saving import write_model
from train.separation import check_isolation
from train.sharding import shard
from train.step_metrics import Progress
from train.template_match import check_template
from train.token_account import TokenAccount
from train.train_config import TrainConfig
from train.validation import Validation
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError

Evaluate = Callable[[int, Any], None]
"""Called with the step and the model at each checkpoint and at the end.

In several processes each calls it; to those that `train` starts it is sent, as pickle can do."""


class TrainResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Results of a run. `losses` are in nats per learned token, one number per step.

    `rows`, `tokens` and `loss_tokens` count the data seen over the whole run, `account` says where
    all tokens are; `resumed_from` is the step of the checkpoint it resumed from, None for a fresh
    run, and `damaged` are the steps of newer ones, which were no longer as they had been written.
    `attention` is what computed that of packed dialogues (`train.attention_kernels`).
    """

    steps: int
    rows: int
    tokens: int
    loss_tokens: int
    account: TokenAccount
    losses: tuple[float, ...]
    resumed_from: int | None
    damaged: tuple[int, ...] = ()
    attention: str = ""


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
    validation: Path | None = None,
) -> TrainResult:
    """Train `model` on the packed data; write the model and tokenizer to the folder `out`.

    `work` is a scratch folder; if it has a checkpoint of the same run, training resumes from there.
    `out` appears complete at the end, or not at all. `validation` is packed data on which the loss
    is measured (`train.validation`).

    Raises:
        ConfigError: `out` is not empty, sequences exceed the model's context, the chat template
            cannot be trained on, the model would mix up packed dialogues, or has no layers that
            adapters are asked for.
        DataError: `packed` is damaged or was made with another tokenizer or template, or the loss
            is no number: the rows of that step are then in a file below `work`.
        PrerequisiteError: the model is missing, or bitsandbytes where the config needs it, the
            disk is full, or memory runs out.
    """
    if config.devices > 1 and not inside_rank():
        inputs = {"model": model, "packed": packed, "config": config, "seed": seed}
        places = {"out": out, "work": work, "validation": validation}
        arguments = inputs | places | {"on_evaluate": on_evaluate}
        return train_on_ranks(config.devices, arguments, on_progress)
    if inside_rank():
        join_ranks()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} exists and is not empty", hint="delete it or choose another")
    data = Packed.load(packed)
    made_of = checkpoints.inputs_of(loading.fingerprint(model), packed, config, seed)
    run = checkpoints.folder_of(work, made_of)
    order = schedule(data.sequences, config, seed, data.counts.phases)
    with runtime(config.threads, writes=run):
        network, tokenizer, new = _load(model, data, config)
        attention = row_attention.install_in_all(network, config.precision)
        if config.lora.rank:
            with beside(network):
                network = lora.add_adapters(network, model, config.lora, seed, new)
        if _is_divided(config):
            shard(network, config.precision)
        collator = line_up if attention else collate(_padding(tokenizer))
        trainer = make_trainer(
            network,
            Batches(data, order),
            collator,
            config=config,
            seed=seed,
            run=run,
            on_progress=on_progress,
            on_evaluate=on_evaluate,
            validation=_validation(validation, model, tokenizer, config, collator),
        )
        checkpoints.note_inputs(run, made_of)
        try:
            resumed = trainer.go()
        except BadLoss as error:
            file = run / f"step-{error.step}-rows.jsonl"
            raise name_rows(error, data, order, tokenizer, file) from error
    with runtime(config.threads, writes=out):
        _save(trainer, tokenizer, config, out)
    seen = plan(data, config, seed, lined_up=attention is not None)
    return _result(seen, trainer, resumed, attention or MASKED_SQUARE)


def _validation(
    packed: Path | None,
    spec: Path | str,
    tokenizer: Tokenizer,
    config: TrainConfig,
    collator: Callable[..., Any],
) -> Validation | None:
    if packed is None:
        return None
    data = Packed.load(packed)
    _check_vocabulary(tokenizer, data, "held-out rows", spec)
    return Validation(data, tokenizer, at_once=config.micro_batch, collator=collator)


def _check_vocabulary(tokenizer: Tokenizer, data: Packed, what: str, spec: Path | str) -> None:
    if vocabulary_hash(tokenizer) != data.counts.tokenizer:
        raise DataError(
            f"the {what} were packed with a tokenizer other than that of {spec}",
            hint="pack the dataset again with this model's tokenizer and template",
        )


def _result(seen: Plan, trainer: Any, resumed: int | None, attention: str) -> TrainResult:
    return TrainResult(
        steps=seen.steps,
        rows=seen.rows,
        tokens=seen.tokens,
        loss_tokens=seen.loss_tokens,
        account=seen.account,
        losses=tuple(trainer.losses),
        resumed_from=resumed,
        damaged=trainer.damaged,
        attention=attention,
    )


def _load(spec: Path | str, data: Packed, config: TrainConfig) -> tuple[Any, Tokenizer, list[int]]:
    """Model and tokenizer, checked against the data, and the tokens that the model has not had."""
    given = loading.load_tokenizer(spec)
    tokenizer = prepare(given, config.template)
    _check_vocabulary(tokenizer, data, "data", spec)
    check_template(data, tokenizer, spec)
    load = partial(_load_model, spec, data, config, given, tokenizer)
    new = {*tokenizer.get_vocab().values()} - {*given.get_vocab().values()}
    return load_in_main(load) if _is_divided(config) else load(), tokenizer, sorted(new)


def _is_divided(config: TrainConfig) -> bool:
    return config.shard and inside_rank()


def _load_model(
    spec: Path | str, data: Packed, config: TrainConfig, given: Tokenizer, tokenizer: Tokenizer
) -> Any:
    """The model, checked against the data; `tokenizer` is the `given` one as it is trained with."""
    import torch

    if config.lora.base != "full":
        model = load_held(spec, config.lora.base, config.precision)
    else:
        # Frozen weights need not be more precise than they are computed with.
        model = loading.load_model(spec, config.precision if config.lora.rank else "float32")
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
    return model


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
    """Save the model from the main process; bfloat16 runs save bfloat16."""
    accelerator = trainer.accelerator
    network = accelerator.unwrap_model(trainer.model_wrapped)
    state = trainer.whole_state()
    network.config.use_cache = True
    if trainer.is_world_process_zero():
        with atomic.new_directory(out) as folder:
            write_model(network, config, folder, state)
            tokenizer.save_pretrained(folder)
            trainer.metrics.copy_to(folder)
            trainer.validated.copy_to(folder)
    wait_for_all()
