"""Bits per byte of a reference text given its prompt.

The boundary between prompt and target is explicit. Trailing white space of the prompt counts
with the target, in bits and in bytes, as lm-eval's `_encode_pair` moves it; where the tokenizer
merges over the border, the first token that the prompt alone does not have begins the target,
again in both counts. Tokens are scored on their own here, and not through lm-eval's
`loglikelihood`, because that returns one sum a row: digits could not be told from prose, and
a row over the context would be cut on the left instead of being counted.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from tasks.benchmark import LikelihoodSample, Reference

TOKENS_PER_BATCH = 4096
"""Padded tokens of one forward pass; rows are sorted by length first."""


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """A tokenised row: `ids`, the index of the first target token, and each token's characters.

    `offsets[i]` is the span of token i in `text`; special tokens in front have empty spans.
    """

    text: str
    ids: list[int]
    first: int
    offsets: list[tuple[int, int]]

    @property
    def start(self) -> int:
        """The first character that is scored: where the last token of the prompt ends.

        Not simply where the first target token begins: some tokenizers (Llama 3's) leave the
        space in front of a word out of its span. But that, where one character is cut in two.
        """
        begin = self.offsets[self.first][0]
        return min(self.offsets[self.first - 1][1], begin) if self.first else begin


def split(tokenizer: Any, prompt: str, target: str, add_special_tokens: bool | None) -> Boundary:
    """Tokenise `prompt + target` and find where the target begins.

    `add_special_tokens` None means the tokenizer's own default, but no second BOS where the
    prompt (a rendered chat, say) already begins with one.

    Raises:
        ValueError: the prompt is empty (there is nothing to condition on).
    """
    if not prompt.strip():
        raise ValueError("bits per byte need a prompt, got an empty one")
    if add_special_tokens is None:
        bos = tokenizer.bos_token
        add_special_tokens = not (bos and prompt.startswith(bos))
    options = {"add_special_tokens": add_special_tokens}
    context = tokenizer(prompt.rstrip(), **options)["input_ids"]
    whole = tokenizer(prompt + target, return_offsets_mapping=True, **options)
    ids = list(whole["input_ids"])
    first = next((i for i, (a, b) in enumerate(zip(context, ids, strict=False)) if a != b), None)
    if first is None:
        first = min(len(context), len(ids))
    if ids and first == len(ids):
        raise ValueError(f"no token of the target {target!r} is left to score")
    offsets = [(int(start), int(end)) for start, end in whole["offset_mapping"]]
    return Boundary(text=prompt + target, ids=ids, first=first, offsets=offsets)


def measure(row: Boundary, log_probs: Sequence[float]) -> tuple[float, int, float, int]:
    """Bits, bytes, digit bits and digit bytes of a target.

    `log_probs` are the natural log-probabilities of the target tokens, in order.
    """
    bits = -math.fsum(log_probs) / math.log(2)
    digit_bits = 0.0
    digit_characters: set[int] = set()
    spans = row.offsets[row.first :]
    for (begin, end), value in zip(spans, log_probs, strict=True):
        if any(character.isdecimal() for character in row.text[begin:end]):
            digit_bits -= value / math.log(2)
            digit_characters.update(range(begin, end))
    digits = "".join(row.text[i] for i in sorted(digit_characters))
    return bits, len(row.text[row.start :].encode()), digit_bits, len(digits.encode())


def token_log_probs(model: Any, rows: Sequence[Boundary]) -> list[list[float]]:
    """Natural log-probability of every target token, per row; rows must fit the context."""
    import torch

    pad = int(model.config.eos_token_id or 0) if isinstance(model.config.eos_token_id, int) else 0
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i].ids))
    result: list[list[float]] = [[] for _ in rows]
    for batch in _batches(order, [len(row.ids) for row in rows]):
        longest = len(rows[batch[0]].ids)
        ids = torch.full((len(batch), longest), pad, dtype=torch.long)
        mask = torch.zeros((len(batch), longest), dtype=torch.long)
        for place, index in enumerate(batch):
            ids[place, : len(rows[index].ids)] = torch.tensor(rows[index].ids)
            mask[place, : len(rows[index].ids)] = 1
        ids, mask = ids.to(model.device), mask.to(model.device)
        with torch.inference_mode():
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
        for place, index in enumerate(batch):
            row = rows[index]
            begin, end = row.first - 1, len(row.ids) - 1
            # In float32 the sum over 50,000 tokens alone is off by 1e-5 of a likely text's bits.
            scores = torch.log_softmax(logits[place, begin:end].double(), dim=-1)
            targets = ids[place, begin + 1 : end + 1]
            result[index] = scores.gather(1, targets[:, None])[:, 0].tolist()
    return result


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Group indices, longest first, so that a padded batch holds at most TOKENS_PER_BATCH."""
    batches: list[list[int]] = []
    for index in order:
        last = batches[-1] if batches else None
        if last is not None and (len(last) + 1) * lengths[last[0]] <= TOKENS_PER_BATCH:
            last.append(index)
        else:
            batches.append([index])
    return batches


LogProbs: TypeAlias = Callable[[Any, Sequence[Boundary]], list[list[float]]]


def score_references(
    lm: Any,
    references: Sequence[Reference],
    language: str,
    render_chat: Callable[[str], str],
    log_probs: LogProbs = token_log_probs,
    spare: int = 1,
) -> list[LikelihoodSample]:
    """Score references with lm-eval model `lm`, in order; `log_probs` scores with its `model`.

    A row may have `spare` tokens more than the context: its last is predicted, not read.
    `render_chat` turns a user's message into the text that the model reads, generation prompt
    included. A row longer than the context is `truncated` with zeros.
    """
    rows = [
        split(
            lm.tokenizer,
            render_chat(reference.prompt) if reference.chat else reference.prompt,
            reference.target,
            lm.add_bos_token if not reference.chat else None,
        )
        for reference in references
    ]
    fits = [len(row.ids) <= lm.max_length + spare for row in rows]
    scored = iter(log_probs(lm.model, [r for r, ok in zip(rows, fits, strict=True) if ok]))
    samples = []
    for reference, row, ok in zip(references, rows, fits, strict=True):
        bits, size, digit_bits, digit_size = measure(row, next(scored)) if ok else (0.0, 0, 0.0, 0)
        samples.append(
            LikelihoodSample(
                problem_id=reference.problem_id,
                language=language,
                prompt=reference.prompt,
                target=reference.target,
                outcome="scored" if ok else "truncated",
                bits=bits,
                bytes=size,
                digit_bits=digit_bits,
                digit_bytes=digit_size,
                right=reference.right,
            )
        )
    return samples
