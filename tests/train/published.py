"""Published chat templates, and tokenizers of their families, for the tests of this room."""

import json
import re
from pathlib import Path
from typing import Any

from train_samples import TEXTS

CASES = json.loads((Path(__file__).parents[1] / "cases" / "chat_templates.json").read_text())
TURNS = ("How many?", "Two plums.", "And pears?", "Three\n\npears.")
"""The dialogue of the cases."""
SYSTEM = "You count fruit."
"""What the model is told before it, in the cases with a system turn."""


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
