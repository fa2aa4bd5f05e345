"""Published chat templates, tokenizers of their families, and ten dialogues to learn by heart."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from train_samples import TEXTS

from ultralink_data.dialogue import Dialogue, Provenance

CASES = json.loads((Path(__file__).parents[1] / "cases" / "chat_templates.json").read_text())
TURNS = ("How many?", "Two plums.", "And pears?", "Three\n\npears.")
"""The dialogue of the cases."""
SYSTEM = "You count fruit."
"""What the model is told before it, in the cases with a system turn."""

FRUIT = ("apples", "pears", "plums", "figs", "limes")
WORDS = ("one", "two", "three", "four", "five")


def byte_level() -> Any:
    """A backend as Llama 3, Qwen, Phi and DeepSeek have it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learn = trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet, show_progress=False)
    backend.train_from_iterator([*TEXTS, *TURNS] * 4, learn)
    return backend


def sentence_pieces() -> Any:
    """A backend as Llama 2, Mistral and Zephyr have it: a blank belongs to the word behind it."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    letters = {*"".join([*TEXTS, *TURNS, *(case["template"] for case in CASES)])} - {" "}
    words = {f"▁{word}" for turn in TURNS for word in re.findall(r"\w+", turn)}
    pieces = [("<unk>", 0.0), *((word, -2.0) for word in sorted(words))]
    pieces += [(letter, -9.0) for letter in sorted(letters | {"▁", "\n"})]
    backend = Tokenizer(models.Unigram(pieces, unk_id=0))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    return backend


BACKENDS = {"byte level": byte_level, "sentence pieces": sentence_pieces}


def tokenizer_of(case: dict[str, Any], backend: str = "byte level") -> Any:
    """A tokenizer with the control tokens of the family that puts its BOS before every text."""
    from tokenizers import AddedToken, processors
    from transformers import PreTrainedTokenizerFast

    made = BACKENDS[backend]()
    made.add_special_tokens([AddedToken(t, normalized=False) for t in case["tokens"]])
    bos = case["bos"]
    if bos:
        made.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", special_tokens=[(bos, made.token_to_id(bos))]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=bos, eos_token=case["eos"], chat_template=case["template"]
    )


def rows() -> Iterator[Dialogue]:
    """Five dialogues of one answer and five of two; each answer follows from its question alone."""
    for number, (fruit, word) in enumerate(zip(FRUIT, WORDS, strict=True)):
        first = (f"How many {fruit}?", f"There are {word}.")
        for turns in (first, (*first, f"Say {word}!", f"{word}, {fruit}")):
            yield Dialogue(
                id=f"{number}-{len(turns)}",
                language="en",
                kind="math",
                turns=turns,
                provenance=Provenance(source_id=str(number)),
            )


def write_small(tokenizer: Any, folder: Path) -> None:
    """A Llama of two layers with random weights that learns fast, and the tokenizer."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=128,
            max_position_embeddings=512,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            tie_word_embeddings=True,
            initializer_range=0.1,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
