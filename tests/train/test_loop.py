"""What the trainer is told, and what it does at the end of a step."""

from types import SimpleNamespace

import msgspec
import pytest
import torch
from train_samples import dialogues

from train import head_loss, loading, loop
from train.bad_loss import BadLoss
from train.batches import Batches, collate
from train.loop import make_trainer
from train.loss import LearnedOnly
from train.packing import pack
from train.plan import schedule
from train.train_config import TrainConfig
from train.warmup_note import warmup_note
from ultralink_data.errors import ConfigError, PrerequisiteError


def made(base, tokenizer, config, tmp_path, **options):
    data = pack(dialogues(), tokenizer, max_tokens=400, template="chatml")
    known = {"on_progress": None, "on_evaluate": None}
    return make_trainer(
        loading.load_model(base),
        Batches(data, schedule(data.sequences, config, 0)),
        collate(0),
        config=config,
        seed=7,
        run=tmp_path / "run",
        **(known | options),
    )


def test_the_options_are_handed_on(base, tokenizer, tmp_path):
    config = TrainConfig(
        learning_rate=3e-3,
        schedule="constant",
        warmup_ratio=0.3,
        steps=5,
        sequences_per_step=6,
        micro_batch=2,
        weight_decay=0.25,
        max_grad_norm=0.5,
        precision="bfloat16",
        gradient_checkpointing=True,
    )
    args = made(base, tokenizer, config, tmp_path).args
    assert (args.max_steps, args.warmup_steps) == (5, 2)  # 1.5 steps of warm-up, rounded up
    assert args.per_device_train_batch_size == 2
    assert args.gradient_accumulation_steps == 3
    assert (args.learning_rate, args.weight_decay, args.max_grad_norm) == (3e-3, 0.25, 0.5)
    assert args.lr_scheduler_type == "constant_with_warmup"
    assert (args.bf16, args.gradient_checkpointing) == (True, True)
    assert (args.seed, args.data_seed) == (7, 7)
    assert args.output_dir == str(tmp_path / "run" / "staging")


def test_it_is_silent_saves_at_our_steps_only_and_reads_in_this_process(
    base, tokenizer, config, tmp_path
):
    trainer = made(base, tokenizer, config, tmp_path)
    args = trainer.args
    assert (args.logging_strategy, args.save_strategy, args.report_to) == ("no", "no", [])
    assert args.disable_tqdm
    assert not args.logging_nan_inf_filter
    assert (args.dataloader_num_workers, args.dataloader_pin_memory) == (0, False)
    assert not args.remove_unused_columns
    assert args.optim == "adamw_torch_fused"
    assert (args.bf16, args.gradient_checkpointing) == (False, False)
    assert args.n_gpu <= 1
    assert args.use_cpu is not torch.accelerator.is_available()
    assert not any("Printer" in type(c).__name__ for c in trainer.callback_handler.callbacks)
    assert not trainer.model.config.use_cache


@pytest.mark.parametrize(("ours", "theirs"), [("cosine", "cosine"), ("linear", "linear")])
def test_schedules_go_by_the_names_of_transformers(base, tokenizer, config, tmp_path, ours, theirs):
    config = msgspec.structs.replace(config, schedule=ours)
    assert made(base, tokenizer, config, tmp_path).args.lr_scheduler_type == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"), [("adamw", "adamw_torch"), ("adamw_fused", "adamw_torch_fused")]
)
def test_optimizers_go_by_the_names_of_transformers(
    base, tokenizer, config, tmp_path, ours, theirs
):
    config = msgspec.structs.replace(config, optimizer=ours)
    assert made(base, tokenizer, config, tmp_path).args.optim == theirs


def test_moments_of_8_bits_need_bitsandbytes(base, tokenizer, config, tmp_path, monkeypatch):
    config = msgspec.structs.replace(config, optimizer="adamw_8bit")
    monkeypatch.setattr(loop, "find_spec", lambda _: None)
    with pytest.raises(PrerequisiteError, match="adamw_8bit needs the package bits") as caught:
        made(base, tokenizer, config, tmp_path)
    assert "pip install bitsandbytes" in caught.value.hint


def test_a_step_that_the_processes_cannot_share_is_refused(base, tokenizer, config, tmp_path):
    from accelerate import PartialState

    state = PartialState()
    before, state.num_processes = state.num_processes, 4
    try:
        with pytest.raises(ConfigError, match=r"^sequences_per_step=4 .* = 2 \* 4$") as caught:
            made(base, tokenizer, config, tmp_path)
    finally:
        state.num_processes = before
    assert "train.micro_batch" in caught.value.hint
    assert "train.sequences_per_step" in caught.value.hint


@pytest.mark.parametrize(
    ("every", "step", "saved"), [(0, 2, False), (2, 1, False), (2, 2, True), (2, 4, True)]
)
def test_a_step_s_end_notes_the_loss_and_asks_for_a_checkpoint(
    base, tokenizer, config, tmp_path, every, step, saved
):
    told = []
    config = msgspec.structs.replace(config, checkpoint_every=every)
    progress = {"on_progress": lambda *now: told.append(now)}
    trainer = made(base, tokenizer, config, tmp_path, **progress)
    trainer.state.global_step, trainer.state.max_steps = step, 6
    trainer.losses, trainer.parts = [9.0], [torch.tensor(2.0), torch.tensor(0.5)]
    trainer.update = 1e-3, torch.tensor(0.5)
    control = SimpleNamespace(should_save=None)
    trainer.end_step(control)
    assert control.should_save is saved
    assert trainer.losses == [9.0, 2.5]
    assert type(trainer.losses[1]) is float
    assert trainer.parts == []
    ((*place, now),) = told
    assert place == [step, 6]
    learned = [int(row.loss.sum()) for row in trainer.train_dataset]
    assert (now.step, now.loss, now.learning_rate, now.grad_norm) == (step, 2.5, 1e-3, 0.5)
    assert now.learned_tokens == sum(learned[4 * step - 4 : 4 * step])


def test_several_processes_report_the_mean_of_their_losses(base, tokenizer, config, tmp_path):
    trainer = made(base, tokenizer, config, tmp_path)
    asked = []

    def reduce(loss, how):
        asked.append(how)
        return loss / 2

    trainer.accelerator = SimpleNamespace(num_processes=2, is_main_process=True, reduce=reduce)
    trainer.losses, trainer.parts = [], [torch.tensor(3.0)]
    trainer.update = 1e-3, 0.5
    trainer.end_step(SimpleNamespace(should_save=None))
    assert (trainer.losses, asked) == ([1.5], ["mean", "sum"])


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("said", [0.0, 1.0])
def test_several_processes_save_when_the_main_one_does(
    base, tokenizer, config, tmp_path, main, said
):
    trainer = made(base, tokenizer, config, tmp_path)
    given = []

    def reduce(value, how):
        given.append(float(value))
        return torch.tensor(said) if how == "sum" else value

    trainer.accelerator = SimpleNamespace(num_processes=2, is_main_process=main, reduce=reduce)
    trainer.pace = SimpleNamespace(is_due=lambda step, steps: True)
    trainer.losses, trainer.parts = [], [torch.tensor(3.0)]
    trainer.update = 1e-3, 0.5
    control = SimpleNamespace(should_save=None)
    trainer.end_step(control)
    assert control.should_save is bool(said)
    assert given == [3.0, float(main)]


def test_no_operations_are_counted(base, tokenizer, config, tmp_path):
    assert made(base, tokenizer, config, tmp_path).floating_point_ops({}) == 0


# The loss


def test_logits_of_all_tokens_give_the_loss_of_the_learned_ones(base, packed_folder):
    """A model without an output layer of its own, or one whose logits are not selected."""
    torch.manual_seed(0)
    labels = torch.tensor([[-100, 2, 3, -100, 1], [-100, -100, 0, 4, -100]])
    logits = torch.randn(2, 5, 6)
    expected = torch.nn.functional.cross_entropy(
        logits[:, :-1].reshape(-1, 6), labels[:, 1:].reshape(-1), reduction="sum"
    )
    learned = LearnedOnly(SimpleNamespace(get_output_embeddings=lambda: None))
    found = learned.loss(SimpleNamespace(logits=logits), labels, 5)
    assert found == pytest.approx(float(expected) / 5)
    half = learned.loss(SimpleNamespace(logits=logits.bfloat16()), labels, 5)
    assert half.dtype == torch.float32


def test_without_labels_all_logits_are_computed(base):
    model = loading.load_model(base)
    learned = LearnedOnly(model)
    ids = torch.tensor([[1, 2, 3, 4]])
    labels = torch.tensor([[-100, -100, 3, -100]])
    learned.expect(labels)
    assert model(input_ids=ids, use_cache=False).logits.shape[0] == 1
    assert model(input_ids=ids[:, :3], use_cache=False).logits.shape[:2] == (1, 3)
    learned.expect(None)
    assert model(input_ids=ids, use_cache=False).logits.shape[:2] == (1, 4)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_logits_in_parts_have_the_precision_of_the_run(
    base, tokenizer, config, tmp_path, monkeypatch, precision
):
    seen, in_parts = set(), head_loss._in_parts

    def spy(hidden, weight, *more):
        seen.add((hidden.dtype, weight.dtype))
        return in_parts(hidden, weight, *more)

    monkeypatch.setattr(head_loss, "_in_parts", spy)
    config = msgspec.structs.replace(config, precision=precision, steps=1, checkpoint_every=-1)
    losses = []
    for smallest in (1, 1 << 20):
        monkeypatch.setattr(head_loss, "SMALLEST_VOCABULARY", smallest)
        trainer = made(base, tokenizer, config, tmp_path / str(smallest))
        seen.clear()
        trainer.go()
        assert seen == ({(getattr(torch, precision), torch.float32)} if smallest == 1 else set())
        losses += trainer.losses
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_training(base, tokenizer, config, tmp_path, loss):
    trainer = made(base, tokenizer, config, tmp_path)
    trainer.state.global_step, trainer.state.max_steps = 3, 6
    trainer.losses, trainer.parts = [2.0, 2.0], [torch.tensor(1.0), torch.tensor(loss)]
    trainer.update = (1e-3, 0.5)
    control = SimpleNamespace(should_save=None)
    with pytest.raises(BadLoss, match=f"the loss of step 3 of 6 is {loss}$") as caught:
        trainer.end_step(control)
    assert (caught.value.bad, caught.value.micro_batches) == ((1,), 2)
    assert (control.should_save, trainer.losses) == (None, [2.0, 2.0])  # no checkpoint of it


def test_a_gradient_that_is_no_number_ends_the_training_before_a_checkpoint(
    base, tokenizer, config, tmp_path
):
    trainer = made(base, tokenizer, config, tmp_path)
    trainer.state.global_step, trainer.state.max_steps = 3, 6
    trainer.losses, trainer.parts = [2.0, 2.0], [torch.tensor(1.0)]
    trainer.update = (1e-3, torch.tensor(float("inf")))
    with pytest.raises(BadLoss, match="the gradient norm of step 3 of 6 is inf") as caught:
        trainer.end_step(SimpleNamespace(should_save=None))
    assert caught.value.bad == ()


def test_the_first_of_a_warm_up_moves_no_weight_as_the_plan_says(base, tokenizer, config, tmp_path):
    config = msgspec.structs.replace(config, steps=3, epochs=None, warmup_ratio=1.0)
    trainer = made(base, tokenizer, config, tmp_path)
    trainer.create_optimizer_and_scheduler(num_training_steps=3)
    rates = []
    for _ in range(3):
        rates.append(trainer.lr_scheduler.get_last_lr()[0] / config.learning_rate)
        trainer.optimizer.step()
        trainer.lr_scheduler.step()
    assert rates == pytest.approx([0, 1 / 3, 2 / 3])
    assert "to 67% of its peak" in warmup_note(3, config)[0]
