"""Prompts of an lm-eval model in which control tokens that a problem spells are text.

lm-eval hands a prompt over as one string, a chat rendered by the template, and a tokenizer turns
every `<|im_end|>` in it into the real token: a problem that spells one would close its own turn.
Such a problem gets a sign inside each token that it spells (`text.spelled_tokens`) before lm-eval
renders it, and what then has the sign is tokenised so that only the template's tokens are real. A
raw prompt is all text. Prompts that spell none take lm-eval's own way.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tasks.benchmark import Request
from ultralink_data.text.control_tokens import disarmed
from ultralink_data.text.spelled_tokens import SpelledTokens


class PromptTokens:
    """Replaces `tok_encode` and `tok_batch_encode` of an lm-eval `HFLM` or `VLLM`."""

    def __init__(self, lm: Any) -> None:
        self._lm = lm
        self._spelled: SpelledTokens | None = None
        self._sign = ""
        self._encode = lm.tok_encode
        lm.tok_encode = self.encode
        if hasattr(lm, "tok_batch_encode"):
            self._encode_batch = lm.tok_batch_encode
            lm.tok_batch_encode = self.encode_batch

    def escaped(self, prompts: Sequence[str]) -> list[str]:
        """The prompts as lm-eval takes them, until the next call; most as they are."""
        if self._spelled is None:
            self._spelled = SpelledTokens(self._lm.tokenizer)
        odd = [self._spelled.in_texts([prompt]) for prompt in prompts]
        self._sign = ""
        if not any(odd):
            return list(prompts)
        texts, self._sign = self._spelled.escape(prompts)
        return [
            _signed(text, self._sign) if is_odd else text
            for text, is_odd in zip(texts, odd, strict=True)
        ]

    def encode(self, string: str | Iterable[str], *args: Any, **options: Any) -> Any:
        """The ids of one text, or of each of several, as lm-eval's `tok_encode`."""
        if isinstance(string, str):
            if not self._is_odd(string):
                return self._encode(string, *args, **options)
            ids = self._ids(string, args[0] if args else options.get("add_special_tokens"))
            return ids[-(options.get("left_truncate_len") or len(ids)) :]
        texts = list(string)
        usual = [text for text in texts if not self._is_odd(text)]
        found = iter(self._encode(usual, *args, **options))
        return [
            self.encode(text, *args, **options) if self._is_odd(text) else next(found)
            for text in texts
        ]

    def encode_batch(
        self,
        strings: Sequence[str],
        padding_side: str = "left",
        left_truncate_len: int | None = None,
        truncation: bool = False,
    ) -> Any:
        """Ids and attention mask [batch, longest], as lm-eval's `tok_batch_encode`."""
        if not any(map(self._is_odd, strings)):
            return self._encode_batch(strings, padding_side, left_truncate_len, truncation)
        import torch

        rows = [
            self._ids(text, None)
            if self._is_odd(text)
            else self._encode_batch([text], padding_side, None, truncation)[0][0].tolist()
            for text in strings
        ]
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self._lm.tokenizer.pad_token_id, dtype=torch.long)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for place, row in enumerate(rows):
            begin = width - len(row) if padding_side == "left" else 0
            ids[place, begin : begin + len(row)] = torch.tensor(row)
            mask[place, begin : begin + len(row)] = 1
        first = -left_truncate_len if left_truncate_len else 0
        return ids[:, first:], mask[:, first:]

    def _is_odd(self, text: str) -> bool:
        return bool(self._sign) and self._sign in text

    def _ids(self, text: str, add_special_tokens: bool | None) -> list[int]:
        """Ids of a text with the sign; a rendered chat that has its BOS gets no second one."""
        assert self._spelled is not None  # it made the sign
        bos = self._lm.tokenizer.bos_token
        if add_special_tokens is None:
            begins = bool(bos) and text.startswith(bos)
            add_special_tokens = False if begins else self._lm.add_bos_token
        ids = self._spelled.encode(self._spelled.respell(text, self._sign), self._sign).ids
        if add_special_tokens is False:
            return ids
        front, tail = self._spelled.around()
        return [*front, *ids, *tail]


def keep_text(lm: Any) -> None:
    """Make an lm-eval model read control tokens that a problem spells as text, from now on.

    A tokenizer without a fast backend (of Mistral's own package, for example) is left alone.
    """
    tokenizer = getattr(lm, "tokenizer", None)
    if getattr(tokenizer, "backend_tokenizer", None) is not None:
        lm.prompt_tokens = PromptTokens(lm)


def as_text(lm: Any, prompts: Sequence[str]) -> list[str]:
    """The prompts for lm-eval to render and `lm` to read, until the next call.

    They are as given if none spells a control token, or `keep_text` was not called: a served
    model's tokenizer is not here.
    """
    tokens: PromptTokens | None = getattr(lm, "prompt_tokens", None)
    return list(prompts) if tokens is None else tokens.escaped(prompts)


def served_note(requests: Iterable[Request]) -> str:
    """A sentence on prompts that spell control tokens, for a model that is served; "" if none do.

    They are sent as they are, and what their server makes of them is not known.
    """
    odd = [request for request in requests if disarmed(request.prompt) != request.prompt]
    if not odd:
        return ""
    return (
        f"prompts that spell control tokens: {len(odd)} (the first is {odd[0].problem_id}); the "
        "server may read them as the real ones, the backends hf and vllm read them as text"
    )


def _signed(text: str, sign: str) -> str:
    """The text with a sign, if only its normalised form spells a token: behind its first letter.

    At its start or end it would keep a template from trimming the text.
    """
    if sign in text:
        return text
    place = len(text) - len(text.lstrip()) + 1
    return text[:place] + sign + text[place:]
