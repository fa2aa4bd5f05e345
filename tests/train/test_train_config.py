import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import train
from train.train_config import (
    LARGEST_STARTER_MODEL,
    STARTER_MICRO,
    TINY_MICRO,
    MicroConfig,
    TrainConfig,
)

SIZES = ("hidden", "layers", "heads", "kv_heads", "intermediate", "context")
MODULES = sorted(p.stem for p in Path(train.__file__).parent.glob("*.py") if p.stem != "__init__")


def test_defaults_are_the_papers():
    config = TrainConfig()
    assert (config.learning_rate, config.schedule, config.warmup_ratio) == (2e-5, "cosine", 0.04)
    assert (config.sequences_per_step, config.max_tokens, config.epochs) == (128, 4096, 3)
    assert config.steps is None


def test_steps_alone_leave_epochs_unset():
    assert TrainConfig(steps=5).epochs is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", 0.0),
        ("learning_rate", 2.0),
        ("warmup_ratio", 1.5),
        ("steps", 0),
        ("epochs", 0),
        ("sequences_per_step", 0),
        ("micro_batch", 3),
        ("max_tokens", 1),
        ("weight_decay", -0.5),
        ("max_grad_norm", -1.0),
        ("checkpoint_every", -2),
        ("threads", 0),
        ("learning_rate", 1.0),
        ("warmup_ratio", -0.1),
        ("sequences_per_step", -1),
        ("micro_batch", 0),
    ],
)
def test_a_bad_value_stands_in_the_message(field, value):
    with pytest.raises(ValueError, match=rf"{field} must .*got {value}"):
        TrainConfig(**{field: value})


def test_the_ends_of_each_range_are_taken():
    least = TrainConfig(
        steps=1,
        sequences_per_step=1,
        micro_batch=1,
        max_tokens=2,
        warmup_ratio=0.0,
        weight_decay=0.0,
        max_grad_norm=0.0,
        checkpoint_every=0,
        threads=1,
    )
    assert (least.steps, least.epochs) == (1, None)
    assert TrainConfig(epochs=1, warmup_ratio=1.0).epochs == 1


def test_steps_and_epochs_together_are_refused():
    with pytest.raises(ValueError, match="steps=3, epochs=2"):
        TrainConfig(steps=3, epochs=2)


@pytest.mark.parametrize("text", ['{"lr": 1}', '{"schedule": "step"}', '{"precision": "fp16"}'])
def test_unknown_fields_and_choices_are_refused(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=TrainConfig)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vocabulary": 4096}, "got 4096"),
        ({"heads": 5}, "hidden must be a multiple"),
        ({"heads": 4, "kv_heads": 3}, "kv_heads must divide heads=4, got 3"),
        ({"hidden": 512}, "at most 1200000 parameters"),
        ({"context": 64}, r"training\.max_tokens=384 is over context=64"),
        ({"vocabulary": 258}, "from 259 to 2048, got 258"),
        ({"hidden": 98, "heads": 2}, r"hidden must be a multiple of 2 \* heads = 4, got 98"),
        *(({name: 0}, f"{name} must be >= 1, got 0") for name in SIZES),
    ],
)
def test_a_micro_model_that_does_not_fit_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        MicroConfig(**change)


def test_a_micro_model_at_the_ends_of_its_ranges_is_taken():
    least = MicroConfig(vocabulary=259, hidden=2, layers=1, heads=1, intermediate=1, context=384)
    assert least.parameters == 259 * 2 + (2 * 2 * 2 * 2 + 3 * 2 + 2 * 2) + 2
    assert MicroConfig(vocabulary=2048).vocabulary == 2048


@pytest.mark.parametrize("config", [STARTER_MICRO, TINY_MICRO])
def test_parameters_are_those_of_the_model(config):
    from transformers import LlamaConfig, LlamaForCausalLM

    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=config.vocabulary,
            hidden_size=config.hidden,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.kv_heads,
            intermediate_size=config.intermediate,
            tie_word_embeddings=True,
        )
    )
    assert config.parameters == sum(p.numel() for p in model.parameters())
    assert STARTER_MICRO.parameters <= LARGEST_STARTER_MODEL
    assert TINY_MICRO.parameters <= 300_000


def test_importing_the_room_imports_no_torch_and_no_transformers():
    code = (
        f"import sys, importlib\nfor m in {MODULES!r}: importlib.import_module('train.' + m)\n"
        "print([m for m in ('torch', 'transformers', 'tokenizers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
