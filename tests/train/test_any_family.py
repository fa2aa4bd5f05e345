"""Families that the trainer knows nothing about train, save, load again and are evaluated."""

from typing import Any

import msgspec
import pytest
import torch
from torch.nn.functional import cross_entropy
from train_samples import dialogues

from tasks.eval_config import EvalConfig, TaskRun
from tasks.evaluate import evaluate
from train import row_attention, trainer
from train.batches import IGNORED
from train.loading import load_model, load_tokenizer
from train.packed import Packed
from train.packing import pack
from train.plan import EMPTY, schedule
from train.separation import check_isolation
from train.trainer import train
from ultralink_data.errors import ConfigError

WINDOW = {"sliding_window": 32}
KV = {"num_key_value_heads": 1}
GEMMA = KV | WINDOW | {"head_dim": 256, "query_pre_attn_scalar": 256}
EXPERTS = KV | {"num_experts_per_tok": 2}
FAMILIES: dict[str, dict[str, Any]] = {
    "llama": KV,
    "mistral": KV | WINDOW,
    "qwen2": KV | WINDOW | {"use_sliding_window": True, "max_window_layers": 1},
    "qwen3": KV | {"head_dim": 32},
    "gemma2": GEMMA,
    "gemma3_text": GEMMA | {"layer_types": ["sliding_attention", "full_attention"]},
    "phi": KV,
    "phi3": KV | WINDOW,
    "olmo": KV,
    "olmo2": KV,
    "gpt_neox": {},
    "gpt2": {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0},
    "mixtral": EXPERTS | {"num_local_experts": 4},
    "qwen3_moe": EXPERTS | {"num_experts": 4, "moe_intermediate_size": 32, "head_dim": 16},
    "olmoe": EXPERTS | {"num_experts": 4},
}
"""Names of `transformers`, and what a tiny model of the family has beside the sizes of all."""

LEAKY: dict[str, dict[str, Any]] = {
    "falcon": {"new_decoder_architecture": False},
    "bloom": {},
    "opt": {"ffn_dim": 64, "word_embed_proj_dim": 32, "dropout": 0.0},
}
"""Families whose packed dialogues see each other: their masks know nothing of positions."""

BY_MASK = {"gemma2"}
"""Families whose scores are capped, which attention dialogue by dialogue leaves alone."""


def write_random(family, tokenizer, folder):
    """A model of two layers with random weights, and the tokenizer."""
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.for_model(
        family,
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **(FAMILIES | LEAKY)[family],
    )
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config)
    # Wide enough for what a token sees to matter.
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim > 1:
                weights.normal_(std=0.2)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def loss_alone(model, packed, sequences):
    """The mean loss of the learned tokens of these sequences, each row computed by itself."""
    total, learned = 0.0, 0
    for sequence in sequences:
        for _, start, end in packed.segments(sequence):
            ids = torch.from_numpy(packed.ids[start:end].astype("int64"))
            labels = torch.where(torch.from_numpy(packed.loss[start:end]), ids, IGNORED)[1:]
            with torch.no_grad():
                logits = model(input_ids=ids[None], use_cache=False).logits[0, :-1]
            total += float(cross_entropy(logits, labels, reduction="sum"))
            learned += int((labels != IGNORED).sum())
    return total / learned


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_trains_is_saved_and_is_evaluated(
    family, tokenizer, packed_folder, config, tmp_path, monkeypatch
):
    base = write_random(family, tokenizer, tmp_path / "base")
    installed, probed, last = [], [], {}
    install = row_attention.install
    monkeypatch.setattr(
        trainer.row_attention,
        "install",
        lambda *given: installed.append(install(*given)) or installed[-1],
    )
    monkeypatch.setattr(
        trainer, "check_isolation", lambda m: probed.append(type(m)) or check_isolation(m)
    )
    out = tmp_path / "out"
    recipe = msgspec.structs.replace(config, steps=3, learning_rate=1e-2, template="auto")
    result = train(
        model=base,
        packed=packed_folder,
        config=recipe,
        seed=0,
        out=out,
        work=tmp_path / "work",
        on_evaluate=lambda step, m: last.update(m.state_dict()),
    )
    before, after = load_model(base).eval(), load_model(out).eval()
    assert probed == [type(before)]
    assert installed == [None if family in BY_MASK else "row by row"]
    packed = Packed.load(packed_folder)
    first, *_, final = schedule(packed.sequences, recipe, 0)
    assert EMPTY not in first
    assert result.losses[0] == pytest.approx(loss_alone(before, packed, first), rel=2e-5)
    assert loss_alone(after, packed, final) < loss_alone(before, packed, final)

    assert type(after) is type(before)
    saved = after.state_dict()
    assert saved.keys() == last.keys()
    assert all(torch.equal(saved[name], last[name]) for name in saved)
    assert load_tokenizer(out).chat_template == tokenizer.chat_template
    assert after.generation_config.eos_token_id == tokenizer.eos_token_id

    run = TaskRun(task="starter_math", languages=("en",), protocol="chat", generate=1, likelihood=1)
    (tmp_path / "eval").mkdir()
    asked = EvalConfig(runs=(run,))
    done = evaluate(out, asked, tmp_path / "eval", work=tmp_path / "eval-work", benchmarks=None)
    (part,) = done.parts
    assert (part.task, part.language) == ("starter_math", "en")
    assert len((tmp_path / "eval" / part.likelihood).read_text().splitlines()) == 1


@pytest.mark.parametrize("family", LEAKY)
def test_a_family_that_mixes_dialogues_up_is_refused_packed_and_exact_unpacked(
    family, tokenizer, packed_folder, config, tmp_path
):
    base = write_random(family, tokenizer, tmp_path / "base")
    recipe = msgspec.structs.replace(config, steps=1, template="auto")
    parts = {"model": base, "seed": 0, "work": tmp_path / "work", "out": tmp_path / "out"}
    with pytest.raises(ConfigError, match="does not keep packed dialogues apart"):
        train(**parts, packed=packed_folder, config=recipe)
    packed = pack(dialogues(), tokenizer, max_tokens=400, template="auto", packing=False)
    packed.save(tmp_path / "single")
    single = msgspec.structs.replace(recipe, packing=False)
    result = train(**parts, packed=tmp_path / "single", config=single)
    (first,) = schedule(packed.sequences, single, 0)
    expected = loss_alone(load_model(base).eval(), packed, first)
    assert result.losses[0] == pytest.approx(expected, rel=2e-5)
