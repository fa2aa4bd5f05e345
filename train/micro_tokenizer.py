"""The starter base model's tokenizer: byte-level BPE, trained on given texts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from train.chat_templates import CHATML, IM_END, IM_START
from train.train_config import SMALLEST_VOCABULARY
from ultralink_data import atomic
from ultralink_data.errors import ConfigError
from ultralink_data.libraries import import_transformers

END_OF_TEXT = "<|endoftext|>"
SPECIAL_TOKENS = (END_OF_TEXT, IM_START, IM_END)


def train_tokenizer(texts: Iterable[str], vocabulary: int, out: Path) -> None:
    """Train a byte-level BPE tokenizer and write it to the folder `out`.

    Any UTF-8 text round-trips. Each digit is its own token, so that a number is tokenised the same
    in every context. <|im_end|> ends generation and each pretraining text; there is no BOS; the
    chat template is ChatML. With few texts the vocabulary is smaller than requested. The same texts
    in the same order give the same bytes.

    Raises:
        ConfigError: `vocabulary` is too small for the 256 bytes and the special tokens.
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    if vocabulary < SMALLEST_VOCABULARY:
        raise ConfigError(
            f"vocabulary must be >= {SMALLEST_VOCABULARY}, got {vocabulary}",
            hint="it must hold 256 bytes and the special tokens",
        )
    import_transformers()
    from transformers import PreTrainedTokenizerFast

    tokenizer = _train_bpe(texts, vocabulary)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=IM_END,
        pad_token=END_OF_TEXT,
        extra_special_tokens=[IM_START],
        chat_template=CHATML,
        clean_up_tokenization_spaces=False,
    )
    with atomic.new_directory(out) as folder:
        wrapped.save_pretrained(folder)


def _train_bpe(texts: Iterable[str], vocabulary: int) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
