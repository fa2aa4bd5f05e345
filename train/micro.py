"""The starter base: a byte-level BPE tokenizer and a small Llama, both made from given texts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from train.chat_templates import CHATML, IM_END, IM_START
from train.loading import load_tokenizer
from train.packing import pack_texts
from train.runtime import runtime
from train.train_config import SMALLEST_VOCABULARY, MicroConfig
from train.trainer import Progress, TrainResult, train
from ultralink_data import atomic
from ultralink_data.errors import ConfigError
from ultralink_data.libraries import import_transformers

END_OF_TEXT = "<|endoftext|>"
SPECIAL_TOKENS = (END_OF_TEXT, IM_START, IM_END)


def train_tokenizer(texts: Iterable[str], vocabulary: int, out: Path) -> None:
    """Train a byte-level BPE tokenizer and write it to the folder `out`.

    Any UTF-8 text round-trips. Each digit is a token of its own, so that a number reads the
    same in every context. <|im_end|> ends generation and each pretraining text; there is no
    BOS; the chat template is ChatML. Few texts give a smaller vocabulary than asked for. The
    same texts in the same order give the same bytes.

    Raises:
        ConfigError: `vocabulary` does not hold the 256 bytes and the special tokens.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    if vocabulary < SMALLEST_VOCABULARY:
        raise ConfigError(
            f"vocabulary must be >= {SMALLEST_VOCABULARY}, got {vocabulary}",
            hint="256 bytes and the special tokens have to fit",
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


def train_base(
    *,
    tokenizer: Path,
    texts: Iterable[str],
    config: MicroConfig,
    seed: int,
    out: Path,
    work: Path,
    on_progress: Progress | None = None,
) -> TrainResult:
    """Make a Llama of random weights from `seed` and pretrain it on `texts`, all tokens learned.

    `out` and `work` are as in `train.trainer.train`, through which it goes.

    Raises:
        ConfigError: the tokenizer has more tokens than `config.vocabulary`.
        DataError: no text.
        PrerequisiteError: no tokenizer there, or the disk is full.
    """
    tokens = load_tokenizer(tokenizer)
    if len(tokens) > config.vocabulary:
        raise ConfigError(
            f"the tokenizer at {tokenizer} has {len(tokens)} tokens, the model room for "
            f"{config.vocabulary}",
            hint="make it with the same --set base.vocabulary",
        )
    recipe = config.training
    packed = pack_texts(texts, tokens, max_tokens=recipe.max_tokens, packing=recipe.packing)
    packed.save(work / "packed")
    _write_random_model(tokenizer, config, seed, work / "random")
    return train(
        model=work / "random",
        packed=work / "packed",
        config=recipe,
        seed=seed,
        out=out,
        work=work / "run",
        on_progress=on_progress,
    )


def _write_random_model(tokenizer: Path, config: MicroConfig, seed: int, folder: Path) -> None:
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    tokens = AutoTokenizer.from_pretrained(tokenizer)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=config.vocabulary,
                hidden_size=config.hidden,
                num_hidden_layers=config.layers,
                num_attention_heads=config.heads,
                num_key_value_heads=config.kv_heads,
                intermediate_size=config.intermediate,
                max_position_embeddings=config.context,
                tie_word_embeddings=True,
                bos_token_id=None,
                eos_token_id=tokens.eos_token_id,
                pad_token_id=tokens.pad_token_id,
            )
        )
    with runtime(config.training.threads, folder), atomic.new_directory(folder) as temporary:
        model.save_pretrained(temporary)
        tokens.save_pretrained(temporary)
