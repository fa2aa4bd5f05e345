"""Tokenise text that spells a tokenizer's control tokens as the text it is.

A fast tokenizer splits every text at its added tokens first, so that `<|im_end|>` in a row becomes
the token that closes a turn. `split_special_tokens=True` (transformers 5.19) is no way out: it
skips only tokens that are marked as special, which Qwen 3's `<think>` and `<tool_call>` and
DeepSeek's `<｜User｜>` are not. Such a text is tokenised by a copy of the tokenizer in which the
control tokens are spelled differently and have the same ids. Those that the template wrote are
spelled so too; those of the row are text. Texts that spell none are not touched.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from ultralink_data.errors import ConfigError
from ultralink_data.text.control_tokens import marks

_PRIVATE: Final = range(0x10FFFD, 0x10FF00, -1)
"""Characters without a meaning, of which one that no text has is the sign."""
_TAG = re.compile(r"[<\[◁｜].+[>\]▷｜]", re.DOTALL)
_HTML: Final = ("<s>", "</s>")
"""Where these are not special they are HTML, as in Gemma's vocabulary."""


class Encoded(NamedTuple):
    """Token ids, and the span of characters of each."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Escaped(NamedTuple):
    """Texts with `sign` inside each control token that they spell."""

    texts: tuple[str, ...]
    sign: str


class SpelledTokens:
    """The control tokens of a fast `transformers` tokenizer, and how to keep them out of text."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids = _control_ids(tokenizer)
        self._token = re.compile(any_of(sorted(self._ids)))
        normalizer = tokenizer.backend_tokenizer.normalizer
        decoder = tokenizer.backend_tokenizer.get_added_tokens_decoder()
        changed = any(decoder[index].normalized for index in self._ids.values())
        self._normalizer = normalizer if changed else None
        self._copies: dict[str, Any] = {}

    def in_texts(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts spells a control token."""
        return any(
            self._token.search(text)
            or (self._normalizer and self._token.search(self._normalizer.normalize_str(text)))
            for text in texts
        )

    def escape(self, texts: Sequence[str]) -> Escaped:
        """The texts with a sign in each spelled token, for a template to copy.

        The tokens that the rendered text then still holds are the template's own.
        """
        whole = "".join(texts)
        sign = next(chr(code) for code in _PRIVATE if chr(code) not in whole)
        return Escaped(tuple(self._escaped(text, sign) for text in texts), sign)

    def _escaped(self, text: str, sign: str) -> str:
        """In rounds, since a token may hold another one."""
        while self._token.search(text):
            text = self._token.sub(lambda found: found[0][0] + sign + found[0][1:], text)
        return text

    def respell(self, rendered: str, sign: str) -> str:
        """A rendered text for `encode`: the template's tokens with the sign, the row's without."""
        either = re.compile(f"({self._token.pattern})|{sign}")
        return either.sub(lambda found: sign + found[1] if found[1] else "", rendered)

    def encode(self, text: str, sign: str) -> Encoded:
        """Ids and offsets of a respelled text, nothing added; a plain text is all text.

        Raises:
            ConfigError: the tokenizer cannot be copied with other spellings.
        """
        if sign not in self._copies:
            self._copies[sign] = _respelled(self._tokenizer, self._ids, sign)
        found = self._copies[sign].encode(text, add_special_tokens=False)
        return Encoded(found.ids, found.offsets)

    def around(self) -> tuple[list[int], list[int]]:
        """The special tokens that the tokenizer puts before and behind a text."""
        bare = self._tokenizer("a", add_special_tokens=False)["input_ids"]
        whole = list(self._tokenizer("a", add_special_tokens=True)["input_ids"])
        if not bare or bare[0] not in whole:
            return [], []
        first = whole.index(bare[0])
        return whole[:first], whole[first + len(bare) :]


def any_of(words: Sequence[str]) -> str:
    """A pattern of the longest of different words, letter by letter: Gemma has 6,000 of them.

    One after the other, they would all be tried at each `<` of a program. Of none, none is found.
    """
    if not words:
        return "(?!)"
    groups: dict[str, list[str]] = {}
    for word in words:
        if word:
            groups.setdefault(word[0], []).append(word[1:])
    parts = [re.escape(letter) + any_of(rest) for letter, rest in groups.items()]
    if "" in words:
        return f"(?:{'|'.join(parts)})?" if parts else ""
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _control_ids(tokenizer: Any) -> dict[str, int]:
    """Tokens that end, open or steer something, with their ids.

    An added token that is not special may be plain text: line ends and HTML tags are in Gemma's
    vocabulary. It counts where it looks like a mark or the template writes it.
    """
    template = tokenizer.chat_template
    written = template if isinstance(template, str) else json.dumps(template, ensure_ascii=False)
    special = set(tokenizer.all_special_tokens)
    return {
        token.content: index
        for index, token in tokenizer.backend_tokenizer.get_added_tokens_decoder().items()
        if len(token.content) > 1
        and (
            token.special
            or token.content in special
            or (
                _TAG.fullmatch(token.content)
                and token.content not in _HTML
                and (token.content in written or marks(token.content))
            )
        )
    }


def _respelled(tokenizer: Any, ids: dict[str, int], sign: str) -> Any:
    """A copy of the tokenizer's backend in which control tokens have `sign` before them."""
    from tokenizers import Tokenizer

    form = json.loads(tokenizer.backend_tokenizer.to_str())
    for token in form["added_tokens"]:
        if token["content"] in ids:
            token["content"] = sign + token["content"]
    _respell_model(form["model"], ids, sign)
    form["post_processor"] = None  # it names special tokens, and none are added
    try:
        copy = Tokenizer.from_str(json.dumps(form, ensure_ascii=False))
    except Exception as error:
        raise _cannot(tokenizer, str(error)) from error
    copy.no_truncation()
    copy.no_padding()
    for token, index in ids.items():
        if copy.encode(sign + token, add_special_tokens=False).ids != [index]:
            raise _cannot(tokenizer, f"{token!r} would not be token {index}")
    return copy


def _respell_model(model: dict[str, Any], ids: dict[str, int], sign: str) -> None:
    """Rename the tokens in the vocabulary, from which Unigram would also build them."""
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, dict):
        model["vocab"] = {sign * (token in ids) + token: at for token, at in vocabulary.items()}
    elif isinstance(vocabulary, list):
        model["vocab"] = [[sign * (token in ids) + token, score] for token, score in vocabulary]
    if model.get("unk_token") in ids:
        model["unk_token"] = sign + model["unk_token"]
    if "merges" in model:
        pairs = (pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"])
        model["merges"] = [pair for pair in pairs if not {*pair, "".join(pair)} & ids.keys()]


def _cannot(tokenizer: Any, why: str) -> ConfigError:
    return ConfigError(
        f"{type(tokenizer).__name__} cannot keep control tokens that a row spells apart: {why}",
        hint="drop such rows: "
        "`ultralink-bench data check FOLDER --drop-to CLEAN --drop control_token,thinking`",
    )
