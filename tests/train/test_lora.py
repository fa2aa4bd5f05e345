"""Adapters: what is trained, what is saved, that others can load it, and resuming bit for bit."""

import msgspec
import peft
import pytest
import torch
from adapter_checks import digest, logits, plain_peft
from safetensors.torch import load_file
from train_samples import dialogues
from transformers import AutoModelForCausalLM

from train import held_base, intermediate, loading, lora
from train.families import random_model
from train.intermediate import train_with_points
from train.lora_config import LoraConfig
from train.packing import pack
from train.points import FINAL, read_point
from train.train_config import TINY_MICRO, MicroConfig, TrainConfig
from train.trainer import train
from ultralink_data.adapters import ADAPTER_FILE, is_adapter
from ultralink_data.errors import ConfigError, PrerequisiteError


class Stopped(Exception):
    pass


@pytest.fixture
def adapted(config) -> TrainConfig:
    return msgspec.structs.replace(
        config, learning_rate=1e-2, steps=4, lora=LoraConfig(rank=4, dropout=0.1)
    )


@pytest.mark.parametrize("variant", ["lora", "rslora", "dora"])
def test_merged_weights_adapters_in_plain_peft_and_our_loading_agree(
    base, packed_folder, adapted, tmp_path, variant
):
    config = msgspec.structs.replace(adapted, lora=LoraConfig(rank=4, variant=variant))
    result = train(model=base, packed=packed_folder, config=config, seed=1, out=tmp_path / "o",
                   work=tmp_path / "w")  # fmt: skip
    assert result.losses[-1] < result.losses[0] - 0.05
    merged = logits(loading.load_model(tmp_path / "o"))
    adapters = tmp_path / "o" / lora.ADAPTERS
    assert is_adapter(adapters)
    assert not is_adapter(tmp_path / "o")
    assert torch.allclose(logits(plain_peft(base, adapters)), merged, atol=1e-5)
    assert torch.equal(logits(loading.load_model(adapters)), merged)
    assert not torch.allclose(logits(loading.load_model(base)), merged, atol=1e-2)
    recipe = peft.PeftConfig.from_pretrained(str(adapters))
    assert (recipe.use_rslora, recipe.use_dora) == (variant == "rslora", variant == "dora")
    assert recipe.base_model_name_or_path == str(base)


def test_only_adapters_are_trained_and_the_base_stays(base, packed_folder, adapted, tmp_path):
    config = msgspec.structs.replace(adapted, lora=LoraConfig(rank=2, targets=("q_proj",)))
    seen = {}

    def look(step, model):
        seen[step] = {name for name, weights in model.named_parameters() if weights.requires_grad}

    train(model=base, packed=packed_folder, config=config, seed=1, out=tmp_path / "o",
          work=tmp_path / "w", on_evaluate=look)  # fmt: skip
    assert all("lora_" in name and "q_proj" in name for name in seen[4])
    before = loading.load_model(base).state_dict()
    after = load_file(tmp_path / "o" / "model.safetensors")
    changed = {name for name, weights in after.items() if not torch.equal(weights, before[name])}
    assert changed
    assert all("q_proj" in name for name in changed)
    assert (tmp_path / "o" / "model.safetensors").stat().st_mode & 0o044


def stopped_and_resumed(inputs, folder):
    """What a training returns that was stopped in its third step and asked for again."""

    def die(step, steps, loss):
        if step == 3:
            raise Stopped

    with pytest.raises(Stopped):
        train(**inputs, out=folder / "again", work=folder / "w2", on_progress=die)
    return train(**inputs, out=folder / "again", work=folder / "w2")


def test_a_killed_training_of_adapters_resumes_to_the_same_bits(
    base, packed_folder, adapted, tmp_path
):
    adapted = msgspec.structs.replace(adapted, checkpoint_every=2)
    inputs = {"model": base, "packed": packed_folder, "config": adapted, "seed": 1}
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")

    again = stopped_and_resumed(inputs, tmp_path)
    assert again.resumed_from == 2
    assert again.losses == whole.losses
    for name in ("model.safetensors", f"{lora.ADAPTERS}/adapter_model.safetensors",
                 f"{lora.ADAPTERS}/{ADAPTER_FILE}"):  # fmt: skip
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_seeds_differ_and_the_same_seed_does_not(base, packed_folder, adapted, tmp_path):
    adapted = msgspec.structs.replace(adapted, steps=2)
    found = {}
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        train(model=base, packed=packed_folder, config=adapted, seed=seed, out=tmp_path / name,
              work=tmp_path)  # fmt: skip
        found[name] = digest(tmp_path / name)
    assert found["a"] == found["b"] != found["c"]


def test_bfloat16_and_gradient_checkpointing_give_about_the_same_losses(
    base, packed_folder, adapted, tmp_path
):
    adapted = msgspec.structs.replace(adapted, steps=3, lora=LoraConfig(rank=4))
    found = {}
    for name, change in (
        ("plain", {}),
        ("recomputed", {"gradient_checkpointing": True}),
        ("half", {"precision": "bfloat16"}),
    ):
        config = msgspec.structs.replace(adapted, **change)
        found[name] = train(model=base, packed=packed_folder, config=config, seed=0,
                            out=tmp_path / name, work=tmp_path).losses  # fmt: skip
    assert found["recomputed"] == pytest.approx(found["plain"], rel=1e-5)
    assert found["half"] == pytest.approx(found["plain"], rel=2e-2)
    saved = load_file(tmp_path / "half" / "model.safetensors").values()
    assert {weights.dtype for weights in saved} == {torch.bfloat16}
    adapters = load_file(tmp_path / "half" / lora.ADAPTERS / "adapter_model.safetensors").values()
    assert {weights.dtype for weights in adapters} == {torch.float32}


@pytest.mark.parametrize("tied", [True, False])
def test_tokens_that_the_base_never_had_are_learned(base, tokenizer_folder, tmp_path, tied):
    """ChatML's tokens, for a tokenizer without them: the end of a turn must be learnable."""
    tokens = loading.load_tokenizer(tokenizer_folder)
    text = (tokenizer_folder / "tokenizer.json").read_text()
    plain = tmp_path / "plain"
    tokens.save_pretrained(plain)
    (plain / "tokenizer.json").write_text(text.replace("<|im_", "<|xx_"))
    config = (plain / "tokenizer_config.json").read_text().replace("<|im_", "<|xx_")
    (plain / "tokenizer_config.json").write_text(config)
    (plain / "chat_template.jinja").unlink()
    model = loading.load_model(base)
    if not tied:
        model.config.tie_word_embeddings = False
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.clone())
    model.resize_token_embeddings(len(loading.load_tokenizer(plain)))
    model.save_pretrained(plain)
    packed = pack(dialogues(), loading.load_tokenizer(plain), max_tokens=400, template="chatml")
    packed.save(tmp_path / "packed")
    recipe = TrainConfig(learning_rate=1e-2, steps=4, sequences_per_step=4, max_tokens=400,
                         template="chatml", lora=LoraConfig(rank=2))  # fmt: skip
    train(model=plain, packed=tmp_path / "packed", config=recipe, seed=0, out=tmp_path / "o",
          work=tmp_path / "w")  # fmt: skip
    new = loading.load_tokenizer(tmp_path / "o").eos_token_id
    assert new >= model.get_input_embeddings().num_embeddings
    merged = loading.load_model(tmp_path / "o")
    assert merged.generation_config.eos_token_id == new
    assert merged.config.tie_word_embeddings is tied
    start, end = merged.get_input_embeddings().weight, merged.get_output_embeddings().weight
    assert torch.equal(start, end) is tied
    adapters = load_file(tmp_path / "o" / lora.ADAPTERS / "adapter_model.safetensors")
    rows = [name for name in adapters if "trainable_tokens" in name]
    assert len(rows) == (1 if tied else 2)
    again = loading.load_model(tmp_path / "o" / lora.ADAPTERS)
    assert torch.equal(logits(again), logits(merged))


FAMILIES = {
    "phi3": ("Phi3", {"pad_token_id": 0}, {"qkv_proj", "o_proj", "gate_up_proj", "down_proj"}),
    "neox": ("GPTNeoX", {}, {"query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"}),
    "gpt2": ("GPT2", {"n_embd": 32, "n_layer": 2, "n_head": 2}, {"c_attn", "c_proj", "c_fc"}),
    "mixtral": (
        "Mixtral",
        {"num_local_experts": 4, "num_experts_per_tok": 2},
        {"q_proj", "k_proj", "v_proj", "o_proj"},
    ),
    "qwen3_moe": (
        "Qwen3Moe",
        {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32, "head_dim": 16},
        {"q_proj", "k_proj", "v_proj", "o_proj"},
    ),
    "olmo2": (
        "Olmo2",
        {"pad_token_id": 0},
        {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"},
    ),
}


def tiny(kind, more):
    import transformers

    sizes = {"vocab_size": 320, "hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 64,
             "num_attention_heads": 2, "num_key_value_heads": 1}  # fmt: skip
    config = getattr(transformers, f"{kind}Config")(**sizes | more)
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(config)


@pytest.mark.parametrize("family", FAMILIES)
def test_layers_are_found_in_every_family_and_merge(family, tmp_path):
    kind, more, expected = FAMILIES[family]
    model = tiny(kind, more)
    model.save_pretrained(tmp_path / "base")
    config = LoraConfig(rank=2)
    network = lora.add_adapters(model, tmp_path / "base", config, 0, ())
    recipe = network.peft_config["default"]
    assert set(recipe.target_modules) == expected
    moe = kind in ("Mixtral", "Qwen3Moe")
    assert bool(recipe.target_parameters) is moe
    for name, weights in network.named_parameters():
        if weights.requires_grad:
            torch.nn.init.normal_(weights, std=0.1)
            assert "lora_" in name
    before = {name: weights.clone() for name, weights in network.state_dict().items()}
    adapted = logits(network)
    state = lora.merged_state(network)
    assert all(torch.equal(weights, before[n]) for n, weights in network.state_dict().items())
    plain = tiny(kind, more)
    assert state.keys() == plain.state_dict().keys()
    assert not torch.allclose(logits(plain), adapted, atol=1e-2)
    plain.load_state_dict(state)
    assert torch.allclose(logits(plain), adapted, atol=1e-4)
    lora.save_adapters(network, tmp_path / "adapters")
    assert torch.allclose(logits(loading.load_model(tmp_path / "adapters")), adapted, atol=1e-4)


@pytest.mark.parametrize("family", ["llama", "qwen", "gemma", "mistral"])
def test_every_linear_layer_of_a_starter_family_has_an_adapter(family):
    class Tokens:
        eos_token_id, pad_token_id = 2, 0

    model = random_model(family, TINY_MICRO, Tokens)
    linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    network = lora.add_adapters(model, "base", LoraConfig(rank=2), 0, ())
    made = [
        name for name, _ in network.named_parameters() if name.endswith("lora_A.default.weight")
    ]
    assert len(made) == len(linear) - 1  # the output layer


def test_a_layer_that_is_not_there_is_named_with_those_that_are():
    model = tiny("Phi3", {"pad_token_id": 0})
    with pytest.raises(ConfigError, match="no layer 'qvk_proj'") as caught:
        lora.add_adapters(model, "base", LoraConfig(rank=2, targets=("qvk_proj",)), 0, ())
    assert "did you mean qkv_proj? it has down_proj, gate_up_proj, o_proj" in caught.value.hint


def test_ranks_are_those_of_layers_and_not_of_the_numbers_that_hold_them(base):
    """Weights in 4 bits are a column of bytes, as bitsandbytes holds them."""
    model = loading.load_model(base)
    for module in model.modules():
        if isinstance(module, torch.nn.Linear) and module is not model.lm_head:
            held = torch.zeros(module.weight.numel() // 2, 1, dtype=torch.uint8)
            module.weight = torch.nn.Parameter(held, requires_grad=False)
    assert lora.add_adapters(model, base, LoraConfig(rank=TINY_MICRO.hidden), 0, ())


@pytest.mark.parametrize("family", ["gpt2", "mixtral"])
def test_a_rank_of_other_layers_is_refused_as_well(family):
    kind, sizes, _ = FAMILIES[family]
    model = tiny(kind, sizes)
    assert lora.add_adapters(model, "base", LoraConfig(rank=8), 0, ())
    with pytest.raises(ConfigError, match=r"lora.rank=4096 is above"):
        lora.add_adapters(tiny(kind, sizes), "base", LoraConfig(rank=4096), 0, ())


def test_a_rank_that_no_layer_can_have_is_refused(base):
    model = loading.load_model(base)
    config = LoraConfig(rank=TINY_MICRO.hidden, targets=("q_proj", "k_proj"))
    assert lora.add_adapters(model, base, config, 0, ())
    for rank in (TINY_MICRO.hidden + 1, 10**20):
        config = LoraConfig(rank=rank)
        with pytest.raises(ConfigError, match=f"the largest, .*, has {TINY_MICRO.hidden}"):
            lora.add_adapters(loading.load_model(base), base, config, 0, ())


@pytest.mark.parametrize("more", [{"dropout": 0.1}, {"variant": "dora"}])
def test_experts_take_neither_dropout_nor_dora_and_can_be_left_out(more):
    kind, sizes, _ = FAMILIES["mixtral"]
    with pytest.raises(ConfigError, match="adapters of experts") as caught:
        lora.add_adapters(tiny(kind, sizes), "base", LoraConfig(rank=2, **more), 0, ())
    targets = tuple(caught.value.hint.rpartition("=")[2].split(","))
    config = LoraConfig(rank=2, targets=targets, **more)
    assert lora.add_adapters(tiny(kind, sizes), "base", config, 0, ())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rank": -1}, "rank must be >= 0, got -1"),
        ({"rank": 4, "alpha": 0}, "alpha must be from 1 to 1000000, got 0"),
        ({"rank": 4, "dropout": 1.0}, "dropout must be from 0 to below 1, got 1.0"),
        ({"alpha": 16}, "alpha is that of adapters, but rank is 0"),
        ({"targets": ("q_proj",)}, "targets is that of adapters, but rank is 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        LoraConfig(**fields)


def test_a_base_from_random_weights_takes_no_adapters():
    recipe = msgspec.structs.replace(TINY_MICRO.training, lora=LoraConfig(rank=2))
    with pytest.raises(ValueError, match=r"training\.lora\.rank must be 0"):
        MicroConfig(training=recipe)


# The models in between


def test_points_of_adapters_are_whole_models_killed_or_not(
    base, packed_folder, adapted, tmp_path, monkeypatch
):
    config = msgspec.structs.replace(adapted, steps=6)
    inputs = {"model": base, "packed": packed_folder, "config": config, "seed": 1, "points": 3}
    train_with_points(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")

    def die(*args):
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(intermediate, "_save", die)
        with pytest.raises(Stopped):
            train_with_points(**inputs, out=tmp_path / "o", work=tmp_path / "w2")
    got = train_with_points(**inputs, out=tmp_path / "again", work=tmp_path / "w2")
    assert got.resumed_from == 2
    for name in ("point-1", "point-2", FINAL):
        whole, again = tmp_path / "whole" / name, tmp_path / "again" / name
        assert digest(whole) == digest(again)
        adapters = loading.load_model(again / lora.ADAPTERS)
        assert torch.equal(logits(adapters), logits(loading.load_model(whole)))
    assert read_point(tmp_path / "again" / "point-1").step == 2
    assert digest(tmp_path / "whole" / "point-1") != digest(tmp_path / "whole" / "point-2")


# A base held in fewer bits


@pytest.mark.parametrize("held", ["8bit", "4bit"])
def test_without_bitsandbytes_a_held_base_is_refused(
    base, packed_folder, config, tmp_path, held, monkeypatch
):
    monkeypatch.setattr(held_base, "find_spec", lambda name: None)
    config = msgspec.structs.replace(config, lora=LoraConfig(rank=2, base=held))
    with pytest.raises(PrerequisiteError, match=f"{held} needs the package bitsandbytes") as caught:
        train(model=base, packed=packed_folder, config=config, seed=0, out=tmp_path / "o",
              work=tmp_path / "w")  # fmt: skip
    assert "pip install bitsandbytes" in caught.value.hint
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("held", ["8bit", "4bit"])
def test_adapters_on_a_held_base_learn_and_merge_into_the_whole_one(
    base, packed_folder, adapted, tmp_path, held
):
    pytest.importorskip("bitsandbytes", reason="extra `bits`: bitsandbytes is not installed")
    config = msgspec.structs.replace(
        adapted, checkpoint_every=2, lora=LoraConfig(rank=4, base=held)
    )
    inputs = {"model": base, "packed": packed_folder, "config": config, "seed": 0}
    whole = train(**inputs, out=tmp_path / "o", work=tmp_path / "w")
    assert whole.losses[-1] < whole.losses[0] - 0.05
    merged = loading.load_model(tmp_path / "o")
    adapters = tmp_path / "o" / lora.ADAPTERS
    assert torch.allclose(logits(plain_peft(base, adapters)), logits(merged), atol=1e-5)

    again = stopped_and_resumed(inputs, tmp_path)
    assert (again.resumed_from, again.losses) == (2, whole.losses)
    assert digest(tmp_path / "again") == digest(tmp_path / "o")
