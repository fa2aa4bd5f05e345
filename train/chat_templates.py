"""Render dialogues with a tokenizer's chat template, and locate the assistant's turns.

An assistant turn runs from the end of the generation prompt to the end of the end-of-turn mark, so
the model learns what evaluation asks for and where to stop. It is found by rendering prefixes, so
it works for any template, with or without `{% generation %}`.
"""

import copy
import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from train.train_config import Template
from ultralink_data.errors import ConfigError

IM_START = "<|im_start|>"
IM_END = "<|im_end|>"

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""The ChatML template, for tokenizers without one. It writes no BOS and no system turn."""


class Tokenizer(Protocol):
    """The part of a fast `transformers` tokenizer (with offsets) that this package uses."""

    chat_template: Any
    bos_token_id: int | None
    eos_token_id: int | None
    pad_token_id: int | None
    eos_token: Any
    is_fast: bool

    def __call__(self, text: list[str], **options: Any) -> Any:
        """Token ids and offsets of each text."""

    def __len__(self) -> int:
        """Number of tokens in the vocabulary."""

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any:
        """The conversation as text."""

    def get_vocab(self) -> dict[str, int]:
        """All tokens and their ids."""

    def add_special_tokens(self, special_tokens_dict: dict[str, Any], **options: Any) -> int:
        """Add special tokens; returns how many are new."""


class Span(NamedTuple):
    """An assistant turn, [start, end) in characters; blanks before it start at `blank`."""

    blank: int
    start: int
    end: int


class Rendered(NamedTuple):
    """A rendered dialogue and the spans of its assistant turns."""

    text: str
    spans: tuple[Span, ...]


def prepare(tokenizer: Tokenizer, template: Template) -> Tokenizer:
    """A copy of the tokenizer with the chat template that `template` asks for.

    ChatML adds the tokens <|im_start|> and <|im_end|> if missing (the model's embeddings must then
    grow), and makes <|im_end|> the token that ends generation.

    Raises:
        ConfigError: `template` is "auto" and the tokenizer has none, or the tokenizer gives no
        offsets.
    """
    if not tokenizer.is_fast:
        raise ConfigError(
            f"{type(tokenizer).__name__} gives no character offsets, which the loss mask needs",
            hint="use a model with a fast tokenizer (a tokenizer.json)",
        )
    if template == "auto":
        if not tokenizer.chat_template:
            raise ConfigError(
                "template 'auto': the tokenizer has no chat template",
                hint="choose ChatML with --set train.template=chatml",
            )
        return tokenizer
    if tokenizer.chat_template == CHATML and tokenizer.eos_token == IM_END:
        return tokenizer
    changed = copy.deepcopy(tokenizer)
    vocabulary = changed.get_vocab()
    missing = [token for token in (IM_START, IM_END) if token not in vocabulary]
    if missing:
        changed.add_special_tokens({"extra_special_tokens": missing}, **_KEEP)
    changed.eos_token = IM_END
    changed.chat_template = CHATML
    return changed


_KEEP = {"replace_extra_special_tokens": False}


def vocabulary_hash(tokenizer: Tokenizer) -> str:
    """Hash of all tokens and their ids: packed data fit only the vocabulary they were made with."""
    digest = hashlib.sha256()
    for token, index in sorted(tokenizer.get_vocab().items()):
        digest.update(f"{index}\0{token}\0".encode())
    return digest.hexdigest()[:16]


def render(turns: Sequence[str], tokenizer: Tokenizer) -> Rendered:
    """The text of a dialogue (user, assistant, user, ...) and the assistant's spans.

    Raises:
        ConfigError: the template refuses the dialogue, does not put an answer right after its
            generation prompt, changes earlier turns when later ones are added, changes the answer,
            or has no end-of-turn mark.
    """
    messages = [
        {"role": "assistant" if index % 2 else "user", "content": turn}
        for index, turn in enumerate(turns)
    ]
    spans: list[Span] = []
    text = ""
    for index in range(1, len(messages), 2):
        prompt = _apply(tokenizer, messages[:index], add_generation_prompt=True)
        whole = _apply(tokenizer, messages[: index + 1])
        if not prompt.startswith(text) or not whole.startswith(prompt):
            raise _cannot_mask(_where_they_part(text, prompt, whole))
        text = whole
        end = _end_of_turn(whole, len(prompt), messages[index]["content"])
        spans.append(Span(len(prompt.rstrip()), len(prompt), end))
    return Rendered(text, tuple(spans))


def _apply(
    tokenizer: Tokenizer, messages: list[dict[str, str]], *, add_generation_prompt: bool = False
) -> str:
    from jinja2 import TemplateError

    try:
        return str(
            tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=add_generation_prompt
            )
        )
    except TemplateError as error:
        raise ConfigError(
            f"the chat template refuses a dialogue of {len(messages)} turns: {error}",
            hint="choose ChatML with --set train.template=chatml",
        ) from error


def _end_of_turn(whole: str, start: int, answer: str) -> int:
    """The end position of the end-of-turn mark after `answer`, without blanks after the mark."""
    said = answer.strip()
    found = whole.find(said, start)
    if found < 0 or whole[start:found].strip():
        raise _cannot_mask(f"it writes {whole[start : start + 40]!r} for an answer {answer[:40]!r}")
    closing = whole[found + len(said) :].rstrip()
    if not closing.strip():
        raise _cannot_mask("it writes no end-of-turn token after an answer")
    return found + len(said) + len(closing)


def _where_they_part(before: str, prompt: str, whole: str) -> str:
    if not prompt.startswith(before):
        return "it writes earlier turns differently when later ones follow"
    return f"an answer does not follow its generation prompt, which ends in {prompt[-40:]!r}" + (
        f" (with the answer there stands {whole[len(prompt) - 20 : len(prompt) + 20]!r})"
    )


def _cannot_mask(problem: str) -> ConfigError:
    return ConfigError(
        f"the tokenizer's chat template cannot be trained on: {problem}",
        hint="choose ChatML with --set train.template=chatml, or give the model another template",
    )
