"""Tiny models with the starter tokenizer: random ones, and ones that do as they are told."""

from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import processors
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from train.chat_templates import CHATML
from train.micro_tokenizer import train_tokenizer

TEXTS = (
    "Anna has 3 apples and buys 4 more. The answer is 7.\n",
    "安娜有 3 个苹果，又买了 4 个。答案是 7。\n",
    "У Анны 3 яблока, она купила ещё 4. Ответ: 7.\n",
    "def add(a, b):\n    return a + b\n",
) * 20
BOS = "<|start|>"
CONTEXT = 512


def write_tokenizer(folder: Path, *, bos: bool) -> None:
    """ChatML, byte-level; `bos` adds a BOS to every text, and to the chat template's own."""
    plain = folder.with_name(folder.name + "-plain")
    train_tokenizer(TEXTS, 320, plain)
    tokenizer = AutoTokenizer.from_pretrained(plain)
    if bos:
        tokenizer.add_special_tokens({"bos_token": BOS})
        tokenizer.chat_template = "{{ bos_token }}" + CHATML
        tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{BOS} $A", special_tokens=[(BOS, tokenizer.bos_token_id)]
        )
    tokenizer.save_pretrained(folder)


def write_random_model(folder: Path, *, bos: bool = False, seed: int = 0) -> Path:
    """A random Llama: wide initial weights, so that its guesses differ from token to token."""
    write_tokenizer(folder, bos=bos)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(seed)
    model = LlamaForCausalLM(_config(tokenizer, hidden=32, initializer_range=0.5))
    model.save_pretrained(folder)
    return folder


def write_chain_model(folder: Path, steps: Mapping[str, str]) -> Path:
    """A model that looks at the last token only: after a key comes its value, else itself.

    Keys and values are texts of one token each.
    """
    write_tokenizer(folder, bos=False)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    size = len(tokenizer)
    model = LlamaForCausalLM(_config(tokenizer, hidden=size + size % 2, initializer_range=0.02))
    follows = torch.arange(size)
    for key, value in steps.items():
        follows[_only_token(tokenizer, key)] = _only_token(tokenizer, value)
    with torch.no_grad():
        layer = model.model.layers[0]
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(size, model.config.hidden_size))
        model.lm_head.weight.zero_()
        model.lm_head.weight[follows, torch.arange(size)] = 1.0
    model.save_pretrained(folder)
    return folder


def _only_token(tokenizer, text: str) -> int:
    (token,) = tokenizer(text, add_special_tokens=False)["input_ids"]
    return token


def _config(tokenizer, *, hidden: int, initializer_range: float) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        num_hidden_layers=1,
        num_attention_heads=1 if hidden > 32 else 2,
        num_key_value_heads=1,
        intermediate_size=32,
        max_position_embeddings=CONTEXT,
        initializer_range=initializer_range,
        tie_word_embeddings=False,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
