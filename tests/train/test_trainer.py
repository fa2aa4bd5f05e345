import hashlib
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from mutation_map import shared
from train_samples import dialogue, dialogues

from train import checkpoints, loading, trainer
from train.batches import IGNORED, Batches, collate
from train.loss import LearnedOnly
from train.packed import Packed
from train.packing import pack
from train.plan import plan, schedule
from train.separation import check_isolation
from train.train_config import TrainConfig
from train.trainer import train
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError


class Killed(Exception):
    pass


def weights(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


@pytest.fixture(scope=shared)
def model(base):
    loaded = loading.load_model(base).eval()
    loaded.config.use_cache = False
    return loaded


def token_losses(model, row):
    """The loss of each learned token of a sequence that stands alone in a batch."""
    batch = collate(0)([row])
    with torch.no_grad():
        logits = model(**{k: v for k, v in batch.items() if k != "labels"}).logits[0]
    labels = batch["labels"][0]
    losses = torch.nn.functional.cross_entropy(
        logits[:-1], labels[1:], reduction="none", ignore_index=IGNORED
    )
    return losses[labels[1:] != IGNORED]


def test_packed_losses_equal_unpacked_ones(model, tokenizer):
    rows = dialogues()[:9]
    packed = pack(rows, tokenizer, max_tokens=400, template="chatml")
    single = pack(rows, tokenizer, max_tokens=400, template="chatml", packing=False)
    assert packed.sequences < single.sequences
    together = torch.cat([token_losses(model, packed.sequence(i)) for i in range(packed.sequences)])
    apart = torch.cat([token_losses(model, single.sequence(i)) for i in range(single.sequences)])
    assert len(together) == packed.counts.loss_tokens
    assert torch.allclose(together.sort().values, apart.sort().values, atol=1e-5, rtol=0)


def test_another_neighbour_leaves_a_dialogues_loss_unchanged(model, tokenizer):
    row = pack([dialogue(1), dialogue(2)], tokenizer, max_tokens=400, template="chatml").sequence(0)
    border = int(np.flatnonzero(row.positions == 0)[1])
    changed = row.ids.copy()
    changed[:border] = changed[:border][::-1]
    mine = int(row.loss[border:].sum())
    before = token_losses(model, row)
    after = token_losses(model, row._replace(ids=changed))
    assert torch.equal(before[-mine:], after[-mine:])
    assert not torch.allclose(before[:-mine], after[:-mine], atol=1e-3)
    # without positions that start again, the neighbour does matter: the check can fail
    mixed = row._replace(positions=np.arange(len(row.ids), dtype=np.int32))
    leaked = token_losses(model, mixed)[-mine:]
    assert not torch.allclose(leaked, before[-mine:], atol=1e-4)


def test_a_model_that_mixes_dialogues_up_is_refused(model):
    class Leaky(torch.nn.Module):
        def get_input_embeddings(self):
            return model.get_input_embeddings()

        def forward(self, input_ids, **_):
            return model(input_ids=input_ids)

    check_isolation(model)
    with pytest.raises(ConfigError, match=r"train\.packing=false|does not keep"):
        check_isolation(Leaky())


def test_loss_on_learned_tokens_alone_is_the_models_own_loss(base, packed_folder):
    model = loading.load_model(base)
    model.config.use_cache = False
    packed = Packed.load(packed_folder)
    batch = collate(0)([packed.sequence(0), packed.sequence(1)])
    number = (batch["labels"] != IGNORED).sum()
    own = model(**batch, num_items_in_batch=number).loss
    own.backward()
    gradient = model.model.embed_tokens.weight.grad.clone()
    model.zero_grad()
    learned = LearnedOnly(model)
    learned.expect(batch["labels"])
    outputs = model(**{k: v for k, v in batch.items() if k != "labels"})
    assert outputs.logits.shape[0] == number
    loss = learned.loss(outputs, batch["labels"], number)
    loss.backward()
    assert torch.allclose(loss, own, rtol=1e-6)
    assert torch.allclose(model.model.embed_tokens.weight.grad, gradient, atol=1e-6)


def test_the_loss_is_the_mean_over_the_learned_tokens_of_the_step(
    base, packed_folder, config, tmp_path
):
    packed = Packed.load(packed_folder)
    order = schedule(packed.sequences, config, 3)
    model = loading.load_model(base).eval()
    model.config.use_cache = False
    expected = torch.cat([token_losses(model, packed.sequence(i)) for i in order[0]]).mean()
    for micro_batch in (1, 2, 4):
        recipe = msgspec.structs.replace(config, micro_batch=micro_batch, steps=1)
        out, work = tmp_path / f"o{micro_batch}", tmp_path / "w"
        found = train(model=base, packed=packed_folder, config=recipe, seed=3, out=out, work=work)
        assert found.losses[0] == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("budget", [{"steps": 6}, {"steps": None, "epochs": 2}])
def test_the_plan_is_what_the_trainer_saw(
    base, packed_folder, config, tmp_path, monkeypatch, budget
):
    config = msgspec.structs.replace(config, **budget)
    packed = Packed.load(packed_folder)
    found = plan(packed, config, seed=2)
    seen = []
    fetch = Batches.__getitem__

    def spy(self, slot):
        seen.append(fetch(self, slot))
        return seen[-1]

    monkeypatch.setattr(Batches, "__getitem__", spy)
    result = train(
        model=base, packed=packed_folder, config=config, seed=2, out=tmp_path / "o", work=tmp_path
    )
    learned = [row for row in seen if row.loss.any()]
    assert len(learned) == found.sequences
    assert sum(int(row.loss.sum()) for row in learned) == found.loss_tokens == result.loss_tokens
    assert sum(len(row.ids) for row in learned) == found.tokens == result.tokens
    assert sum(int((row.positions == 0).sum()) for row in learned) == found.rows == result.rows
    assert len(result.losses) == found.steps == result.steps


@pytest.mark.parametrize("dies_at", [1, 4, 5])
def test_a_killed_run_resumes_to_the_same_bits(base, packed_folder, config, tmp_path, dies_at):
    config = msgspec.structs.replace(config, checkpoint_every=2)
    inputs = {"model": base, "packed": packed_folder, "config": config, "seed": 1}
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")

    def die(step, steps, loss):
        if step == dies_at:
            raise Killed

    with pytest.raises(Killed):
        train(**inputs, out=tmp_path / "again", work=tmp_path / "w2", on_progress=die)
    assert not (tmp_path / "again").exists()
    again = train(**inputs, out=tmp_path / "again", work=tmp_path / "w2")
    assert again.resumed_from == {1: None, 4: 2, 5: 4}[dies_at]
    assert again.losses == whole.losses
    assert weights(tmp_path / "again") == weights(tmp_path / "whole")


def test_a_run_killed_while_it_writes_the_model_trains_no_step_again(
    base, packed_folder, config, tmp_path, monkeypatch
):
    config = msgspec.structs.replace(config, checkpoint_every=3)
    inputs = {"model": base, "packed": packed_folder, "config": config, "seed": 1}
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")

    def die(*args, **options):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(trainer, "_save", die)
        with pytest.raises(Killed):
            train(**inputs, out=tmp_path / "again", work=tmp_path / "w2")
    steps = []
    again = train(**inputs, out=tmp_path / "again", work=tmp_path / "w2",
                  on_progress=lambda *now: steps.append(now))  # fmt: skip
    assert (again.resumed_from, steps, again.losses) == (6, [], whole.losses)
    assert weights(tmp_path / "again") == weights(tmp_path / "whole")


def test_an_incomplete_checkpoint_and_one_of_another_run_are_ignored(
    base, packed_folder, config, tmp_path
):
    config = msgspec.structs.replace(config, checkpoint_every=2)
    inputs = {"model": base, "packed": packed_folder}

    def die(step, steps, loss):
        if step == 5:
            raise Killed

    with pytest.raises(Killed):
        train(**inputs, config=config, seed=1, out=tmp_path / "o", work=tmp_path / "w",
              on_progress=die)  # fmt: skip
    other = train(**inputs, config=config, seed=2, out=tmp_path / "o2", work=tmp_path / "w")
    assert other.resumed_from is None
    run = checkpoints.run_folder(
        tmp_path / "w", loading.fingerprint(base), packed_folder, config, 1
    )
    step, checkpoint = checkpoints.newest(run)
    assert step == 4
    half = checkpoints.stage(run) / "checkpoint-6"
    shutil.copytree(checkpoint, half)
    (half / "optimizer.pt").write_bytes(b"half")
    assert train(**inputs, config=config, seed=1, out=tmp_path / "o", work=tmp_path / "w")
    assert not (run / "checkpoint-4" / "half").exists()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_seeds_differ_and_the_same_seed_does_not(base, packed_folder, config, tmp_path, precision):
    config = msgspec.structs.replace(config, precision=precision)
    results = {}
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        out = tmp_path / name
        train(model=base, packed=packed_folder, config=config, seed=seed, out=out, work=tmp_path)
        results[name] = weights(out)
    assert results["a"] == results["b"] != results["c"]


def test_it_learns_and_keeps_what_is_needed_to_use_the_model(
    base, packed_folder, config, tmp_path, capfd
):
    config = msgspec.structs.replace(config, steps=25, learning_rate=5e-3, threads=1)
    evaluated, seen = [], []
    result = train(
        model=base,
        packed=packed_folder,
        config=config,
        seed=0,
        out=tmp_path / "o",
        work=tmp_path / "w",
        on_progress=lambda *now: seen.append(now),
        on_evaluate=lambda step, model: evaluated.append((step, model.training)),
    )
    assert result.losses[-1] < result.losses[0] - 0.5
    assert [step for step, _, _ in seen] == list(range(1, 26))
    assert evaluated == [(25, False)]
    assert capfd.readouterr() == ("", "")
    tokenizer = loading.load_tokenizer(tmp_path / "o")
    model = loading.load_model(tmp_path / "o")
    assert "<|im_start|>" in tokenizer.chat_template
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert model.config.use_cache


def test_evaluation_does_not_disturb_training(base, packed_folder, config, tmp_path):
    config = msgspec.structs.replace(config, checkpoint_every=2)
    for name, evaluate in (("a", None), ("b", lambda step, model: torch.rand(3))):
        train(model=base, packed=packed_folder, config=config, seed=0, out=tmp_path / name,
              work=tmp_path / f"w{name}", on_evaluate=evaluate)  # fmt: skip
    assert weights(tmp_path / "a") == weights(tmp_path / "b")


def test_bfloat16_and_gradient_checkpointing_train(base, packed_folder, config, tmp_path):
    plain = train(
        model=base, packed=packed_folder, config=config, seed=0, out=tmp_path / "p", work=tmp_path
    )
    for change in ({"gradient_checkpointing": True}, {"precision": "bfloat16"}):
        name = next(iter(change))
        found = train(
            model=base,
            packed=packed_folder,
            config=msgspec.structs.replace(config, **change),
            seed=0,
            out=tmp_path / name,
            work=tmp_path,
        )
        assert found.losses == pytest.approx(plain.losses, rel=2e-2)
    saved = loading.load_tokenizer(tmp_path / "precision")
    assert saved.eos_token == "<|im_end|>"


@pytest.mark.parametrize("case", ["taken", "context", "tokenizer", "no model", "not a model"])
def test_what_cannot_work_is_said_before_training(base, tokenizer, config, tmp_path, case):
    model, out, packed = base, tmp_path / "out", tmp_path / "packed"
    pack(dialogues(), tokenizer, max_tokens=400, template="chatml").save(packed)
    expected = {
        "taken": (ConfigError, "not empty"),
        "context": (ConfigError, "the context of"),
        "tokenizer": (DataError, "a tokenizer other than that of"),
        "no model": (PrerequisiteError, "no model at"),
        "not a model": (PrerequisiteError, "cannot load"),
    }
    if case == "taken":
        out.mkdir()
        (out / "precious").touch()
    elif case == "context":
        model = tmp_path / "short"
        shutil.copytree(base, model)
        text = (model / "config.json").read_text()
        (model / "config.json").write_text(text.replace('_embeddings": 512', '_embeddings": 16'))
    elif case == "tokenizer":
        other = tokenizer.__class__.from_pretrained(base)
        other.add_tokens(["zzz"])
        pack(dialogues(), other, max_tokens=400, template="chatml").save(packed)
    elif case == "no model":
        model = tmp_path / "missing"
    else:
        model = tmp_path / "empty"
        model.mkdir()
    kind, message = expected[case]
    with pytest.raises(kind, match=message):
        train(model=model, packed=packed, config=config, seed=0, out=out, work=tmp_path / "w")
    assert case == "taken" or not out.exists()


def test_a_full_disk_is_two_lines(base, packed_folder, config, tmp_path, monkeypatch):
    from safetensors import SafetensorError
    from transformers import LlamaForCausalLM

    def full(*args, **options):
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(LlamaForCausalLM, "save_pretrained", full)
    with pytest.raises(PrerequisiteError, match="No space left"):
        train(model=base, packed=packed_folder, config=config, seed=0, out=tmp_path / "o",
              work=tmp_path / "w")  # fmt: skip
    assert not (tmp_path / "o").exists()


def test_a_gguf_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PrerequisiteError, match=r"no model file .*x\.gguf"):
        loading.load_model(tmp_path / "x.gguf")


@pytest.mark.slow
def test_a_gguf_file_loads_as_a_plain_model(smollm2, tmp_path):
    model, tokenizer = loading.load_model(smollm2), loading.load_tokenizer(smollm2)
    assert model.dtype == torch.float32
    assert not hasattr(model.config, "quantization_config")
    assert len(tokenizer) == model.get_input_embeddings().num_embeddings
    check_isolation(model)
    chat = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is the capital of France?"}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    said = model.generate(**chat, max_new_tokens=12, do_sample=False)
    assert "Paris" in tokenizer.decode(said[0])
    pack([dialogue(0)], tokenizer, max_tokens=64, template="auto").save(tmp_path / "packed")
    recipe = TrainConfig(steps=1, sequences_per_step=1, max_tokens=64)
    out = tmp_path / "out"
    train(model=smollm2, packed=tmp_path / "packed", config=recipe, seed=0, out=out, work=tmp_path)
    assert loading.load_model(out).num_parameters() == model.num_parameters()
