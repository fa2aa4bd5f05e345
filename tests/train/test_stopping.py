"""A tiny model learns ten dialogues by heart in each published template, and ends by itself."""

import pytest
import torch
from published_templates import CASES, rows, tokenizer_of, write_small

from train.loading import load_model, load_tokenizer
from train.packing import pack
from train.rendering import render
from train.train_config import TrainConfig
from train.trainer import train

FAST = {"Llama 2", "Qwen3", "DeepSeek R1 Distill"}
"""One template of each make: plain, with an empty thought, with a thought that is opened."""
MOST = 40
"""Tokens that a model may write: more than any answer has."""


def written(model, tokenizer, messages, **switches):
    """What the model writes when it is asked, as any tool asks it, and whether it ended."""
    asked = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_dict=True, return_tensors="pt", **switches
    )
    with torch.no_grad():
        whole = model.generate(**asked, max_new_tokens=MOST, do_sample=False)[0]
    answer = whole[asked["input_ids"].shape[1] :]
    return tokenizer.decode(answer), len(answer) < MOST


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["name"], marks=() if case["name"] in FAST else pytest.mark.slow)
        for case in CASES
    ],
)
def test_a_model_that_knows_ten_dialogues_by_heart_ends_each_answer(case, tmp_path):
    tokenizer = tokenizer_of(case)
    write_small(tokenizer, tmp_path / "base")
    packed = pack([*rows()], tokenizer, max_tokens=512, template="auto")
    packed.save(tmp_path / "packed")
    result = train(
        model=tmp_path / "base",
        packed=tmp_path / "packed",
        config=TrainConfig(
            steps=60,
            learning_rate=6e-3,
            sequences_per_step=packed.sequences,
            max_tokens=512,
            checkpoint_every=-1,
        ),
        seed=0,
        out=tmp_path / "out",
        work=tmp_path / "work",
    )
    assert result.losses[-1] < 0.05
    model, saved = load_model(tmp_path / "out").eval(), load_tokenizer(tmp_path / "out")
    for row in rows():
        messages = [
            {"role": ("user", "assistant")[place % 2], "content": turn}
            for place, turn in enumerate(row.turns)
        ]
        text, spans = render(row.turns, tokenizer)[-1]
        learned = text[spans[-1].start : spans[-1].end]
        assert row.turns[-1] in learned
        assert written(model, saved, messages[:-1]) == (learned, True)
    if "enable_thinking" in case["template"]:
        answer, ended = written(model, saved, messages[:-1], enable_thinking=False)
        assert (answer, ended) == (f"{row.turns[-1]}<|im_end|>", True)
