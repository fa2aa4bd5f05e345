"""The chat template that a tokenizer is trained with: its own, or ChatML."""

import copy
import hashlib
from typing import Any, Final, Protocol

from train.train_config import Template
from ultralink_data.errors import ConfigError

IM_START = "<|im_start|>"
IM_END = "<|im_end|>"

CHATML: Final = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""The ChatML template. It writes no BOS, and a system turn only where there is one."""

CHATML_AFTER_BOS: Final = "{{ bos_token }}" + CHATML
"""ChatML for tokenizers that put a BOS in front of every text: models read nothing without it."""

NO_TEMPLATE: Final = "the tokenizer has no chat template: ChatML is used and saved with the model"
"""What a person is told of a base model."""


NO_END: Final = (
    "the chat template ends an answer with text that is no token of its own: a generation of the "
    "trained model goes on to its limit (--template chatml has such a token)"
)
"""What a person is told of a template whose end of turn cannot end a generation."""


class Tokenizer(Protocol):
    """The part of a fast `transformers` tokenizer (with offsets) that this package uses."""

    chat_template: Any
    bos_token_id: int | None
    eos_token_id: int | None
    pad_token_id: int | None
    bos_token: Any
    eos_token: Any
    is_fast: bool
    added_tokens_encoder: dict[str, int]
    added_tokens_decoder: dict[int, Any]

    def __call__(self, text: list[str], **options: Any) -> Any:
        """Token ids and offsets of each text."""

    def __len__(self) -> int:
        """Number of tokens in the vocabulary."""

    def decode(self, token_ids: list[int], **options: Any) -> str:
        """The text of tokens."""

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any:
        """The conversation as text."""

    def get_vocab(self) -> dict[str, int]:
        """All tokens and their ids."""

    def add_special_tokens(self, special_tokens_dict: dict[str, Any], **options: Any) -> int:
        """Add special tokens; returns how many are new."""


def prepare(tokenizer: Tokenizer, template: Template) -> Tokenizer:
    """A copy of the tokenizer with the chat template that `template` asks for.

    That is ChatML for "auto" too if the tokenizer has none. ChatML adds the tokens <|im_start|> and
    <|im_end|> if missing (the model's embeddings must then grow), and makes <|im_end|> the token
    that ends generation. A BOS stands before it if the tokenizer puts one in front of every text.

    Raises:
        ConfigError: the tokenizer gives no offsets.
    """
    if not tokenizer.is_fast:
        raise ConfigError(
            f"{type(tokenizer).__name__} gives no character offsets, which the loss mask needs",
            hint="use a model with a fast tokenizer (a tokenizer.json)",
        )
    if template == "auto" and tokenizer.chat_template:
        return tokenizer
    chatml = tokenizer.chat_template
    if chatml not in (CHATML, CHATML_AFTER_BOS):
        chatml = CHATML_AFTER_BOS if _begins_texts(tokenizer) else CHATML
    elif tokenizer.eos_token == IM_END:
        return tokenizer
    missing = [t for t in (IM_START, IM_END) if t not in tokenizer.added_tokens_encoder]
    if missing:
        vocabulary = tokenizer.get_vocab()
        missing = [token for token in missing if token not in vocabulary]
    # Without new tokens the two share a vocabulary, of which a copy takes long.
    changed = copy.deepcopy(tokenizer, {} if missing else _shared(tokenizer))
    if missing:
        changed.add_special_tokens({"extra_special_tokens": missing}, **_KEEP)
    changed.eos_token = IM_END
    changed.chat_template = chatml
    return changed


def _begins_texts(tokenizer: Tokenizer) -> bool:
    """Whether the tokenizer puts a BOS in front of every text."""
    first = tokenizer(["a"])["input_ids"][0][:1]
    return tokenizer.bos_token_id is not None and first == [tokenizer.bos_token_id]


def _shared(tokenizer: Any) -> dict[int, Any]:
    """What `copy.deepcopy` leaves as it is."""
    backend = tokenizer.backend_tokenizer
    return {id(backend): backend}


_KEEP = {"replace_extra_special_tokens": False}


def vocabulary_hash(tokenizer: Tokenizer) -> str:
    """Hash of all tokens and their ids: packed data fit only the vocabulary they were made with."""
    vocabulary = sorted(tokenizer.get_vocab().items())
    listed = "".join([f"{index}\0{token}\0" for token, index in vocabulary])
    return hashlib.sha256(listed.encode()).hexdigest()[:16]
