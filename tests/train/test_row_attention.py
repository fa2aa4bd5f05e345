"""Attention dialogue by dialogue has the loss and gradients of the masked square or is not used."""

import json
from typing import get_args

import msgspec
import numpy as np
import pytest
import torch

from train import row_attention, trainer
from train.attention_kernels import MASKED_SQUARE, ROWS
from train.batches import IGNORED, Batches, collate, line_up
from train.families import WINDOW, Family, random_model
from train.loss import LearnedOnly
from train.packed import TokenSequence
from train.plan import EMPTY
from train.row_attention import install, lined_up
from train.train_config import STARTER_MICRO

SIZES = msgspec.structs.replace(STARTER_MICRO, vocabulary=300, hidden=48, heads=4, kv_heads=2)
# An empty slot is the same whatever the data are.
NOTHING = Batches(None, np.array([[EMPTY]]))[0]  # type: ignore[arg-type]


class Ends:
    """The ends of a tokenizer."""

    eos_token_id = 2
    pad_token_id = 0


def packed(*lengths, seed=0):
    """A sequence of dialogues of random tokens; about half are learned, the first never is."""
    draw = np.random.default_rng([seed, *lengths])
    parts = []
    for length in lengths:
        loss = draw.random(length) < 0.5
        loss[0] = False
        parts.append((draw.integers(3, 300, length), loss, np.arange(length)))
    ids, loss, positions = (np.concatenate(part) for part in zip(*parts, strict=True))
    return TokenSequence(ids.astype(np.int32), loss, positions.astype(np.int32))


SEQUENCES = [packed(WINDOW + 30, 20, 1), packed(9, 2 * WINDOW), packed(40), NOTHING]
"""Dialogues on both sides of a sliding window, of one token, and an empty slot."""


def model_of(family, *, checkpointing=False):
    torch.manual_seed(1)
    model = random_model(family, SIZES, Ends).train()
    model.config.use_cache = False
    if checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    return model


def loss_and_gradients(model, batches, collator, context):
    """The loss of a step of several micro-batches, and the gradient of each weight."""
    made = [collator(rows) for rows in batches]
    number = sum(int((batch["labels"] != IGNORED).sum()) for batch in made)
    learned, total = LearnedOnly(model), 0.0
    model.zero_grad()
    for batch in made:
        labels = batch.pop("labels")
        learned.expect(labels)
        with context(batch["position_ids"]):
            loss = learned.loss(model(**batch), labels, number)
            loss.backward()
        total += loss.item()
    learned.expect(None)
    return total, {name: w.grad.clone() for name, w in model.named_parameters()}


def plainly(_):
    return torch.enable_grad()


@pytest.mark.parametrize("family", get_args(Family))
@pytest.mark.parametrize("micro_batch", [1, 2, 4])
def test_loss_and_gradients_are_those_of_the_masked_square(family, micro_batch):
    groups = [SEQUENCES[i : i + micro_batch] for i in range(0, 4, micro_batch)]
    model = model_of(family)
    expected, gradients = loss_and_gradients(model, groups, collate(0), plainly)
    assert install(model)
    found, ours = loss_and_gradients(model, groups, line_up, lined_up)
    assert found == pytest.approx(expected, rel=1e-6)
    for name, gradient in gradients.items():
        assert (ours[name] - gradient).norm() <= 1e-5 * gradient.norm() + 1e-9, name


def test_layers_that_are_computed_again_see_their_dialogues_too():
    model = model_of("llama", checkpointing=True)
    expected, gradients = loss_and_gradients(model, [SEQUENCES], collate(0), plainly)
    assert install(model)
    found, ours = loss_and_gradients(model, [SEQUENCES], line_up, lined_up)
    assert found == pytest.approx(expected, rel=1e-6)
    for name, gradient in gradients.items():
        assert (ours[name] - gradient).norm() <= 1e-5 * gradient.norm() + 1e-9, name


@pytest.mark.parametrize("family", get_args(Family))
def test_a_dialogue_does_not_depend_on_its_neighbours(family):
    model = model_of(family).eval()
    assert install(model)
    alone, beside = line_up([packed(50)]), line_up([packed(70, seed=3), packed(50), packed(30)])
    logits = []
    for batch in (alone, beside):
        del batch["labels"]
        with torch.no_grad(), lined_up(batch["position_ids"]):
            logits.append(model(**batch).logits[0])
    assert torch.allclose(logits[1][70:120], logits[0], atol=1e-5)


@pytest.mark.parametrize("family", get_args(Family))
def test_elsewhere_the_model_computes_bit_for_bit_as_before(family):
    model = model_of(family).eval()
    batch = collate(0)(SEQUENCES)
    del batch["labels"]
    asked = {"max_new_tokens": 5, "do_sample": False, "use_cache": True}
    with torch.no_grad():
        before, said = model(**batch).logits, model.generate(batch["input_ids"][1:3, :9], **asked)
        assert install(model)
        after, says = model(**batch).logits, model.generate(batch["input_ids"][1:3, :9], **asked)
    assert torch.equal(before, after)
    assert said.tolist() == says.tolist()


def test_the_probe_leaves_the_mode_and_the_gradients_as_they_are():
    model = model_of("llama")
    assert install(model)
    assert model.training
    assert all(weights.grad is None for weights in model.parameters())


def refused(model):
    before = model.config._attn_implementation
    fits = install(model)
    return not fits and model.config._attn_implementation == before


def test_a_model_with_arguments_that_are_not_known_trains_the_plain_way():
    from transformers import Gemma2Config, Gemma2ForCausalLM

    sizes = {"vocab_size": 99, "hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 32}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16}
    capped = Gemma2Config(**sizes, **heads, attn_logit_softcapping=1e-3)
    assert refused(Gemma2ForCausalLM._from_config(capped, attn_implementation="sdpa"))


def test_a_model_that_does_not_tell_its_window_trains_the_plain_way(monkeypatch):
    def silent(*args, sliding_window=None, **options):
        return attend(*args, **options)

    attend = row_attention._attend
    monkeypatch.setattr(row_attention, "_attend", silent)
    assert refused(model_of("mistral"))
    assert not refused(model_of("llama"))


def test_a_model_that_needs_its_mask_trains_the_plain_way(monkeypatch):
    model = model_of("llama")
    forward = type(model.model.layers[0]).forward

    def needs_a_mask(self, hidden, attention_mask=None, **options):
        assert attention_mask is not None or hidden.shape[1] < 20
        return forward(self, hidden, attention_mask=attention_mask, **options)

    monkeypatch.setattr(type(model.model.layers[0]), "forward", needs_a_mask)
    assert refused(model)


@pytest.mark.parametrize("odd", ["eager", "layers", "chunks", "flash"])
def test_other_kinds_of_attention_stay_as_they_are(odd):
    model = model_of("llama")
    if odd == "eager":
        model.set_attn_implementation("eager")
    elif odd == "layers":
        model.config.layer_types = ["linear_attention", "full_attention"]
    elif odd == "chunks":
        model.config.attention_chunk_size = 8
    else:
        model._supports_flash_attn = False
    assert refused(model)


def test_a_model_of_another_make_stays_as_it_is():
    assert not install(torch.nn.Linear(2, 2))


@pytest.mark.parametrize("packing", [True, False])
def test_a_whole_training_has_the_losses_of_the_plain_way(
    base, packed_folder, config, tmp_path, monkeypatch, packing
):
    recipe = msgspec.structs.replace(config, packing=packing)
    installed = []

    def watched(model, precision):
        installed.append(install(model, precision))
        return installed[-1]

    losses, said = [], []
    for name, how in (("ours", watched), ("plain", lambda *_: None)):
        monkeypatch.setattr(trainer.row_attention, "install", how)
        found = trainer.train(
            model=base,
            packed=packed_folder,
            config=recipe,
            seed=0,
            out=tmp_path / name,
            work=tmp_path / f"{name}-work",
        )
        losses.append(found.losses)
        said.append(found.attention)
    assert installed == [ROWS.said]
    assert said == [ROWS.said, MASKED_SQUARE]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    names = {file.name for file in (tmp_path / "plain").iterdir()}
    assert names == {file.name for file in (tmp_path / "ours").iterdir()}
    measured = ("loss", "grad_norm", "seconds", "memory_bytes")
    for name in names - {"model.safetensors"}:
        ours, plain = ((tmp_path / side / name).read_bytes() for side in ("ours", "plain"))
        if name == "metrics.jsonl":
            ours, plain = (
                [
                    {key: value for key, value in json.loads(line).items() if key not in measured}
                    for line in text.splitlines()
                ]
                for text in (ours, plain)
            )
        assert ours == plain, name


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_only_rounding_on_a_gpu_is_looked_over(dtype):
    here, there = (torch.nn.Linear(2, 2, device=d, dtype=dtype) for d in ("cpu", "meta"))
    assert row_attention._tolerance(here) == 1e-4
    assert row_attention._tolerance(there) == (1e-4 if dtype == torch.float32 else 3e-2)


@pytest.mark.parametrize("family", get_args(Family))
def test_a_base_in_16_bits_is_served_too(family):
    model = model_of(family).to(torch.bfloat16)
    assert install(model, "bfloat16") == ROWS.said
