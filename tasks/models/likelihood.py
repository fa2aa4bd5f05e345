"""Bits per byte of a reference text given its prompt.

The boundary between prompt and target is explicit. Trailing white space of the prompt counts as
part of the target, in bits and bytes, as in lm-eval's `_encode_pair`. If a token spans the
boundary, the target starts at the first token that the prompt alone does not have, again in both
counts. Tokens are scored here and not through lm-eval's `loglikelihood`, which returns one sum per
row (digits could not be told from prose) and would cut a row over the context on the left instead
of counting it.

A character of the target that no token stands for would count in bytes and cost no bits: that is an
error, as is one that only the token for unknown text stands for.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import msgspec

from tasks.benchmark import LikelihoodSample, Reference
from ultralink_data.errors import PrerequisiteError
from ultralink_data.text.spelled_tokens import Encoded, SpelledTokens

TOKENS_PER_BATCH = 4096
"""Padded tokens of one forward pass; rows are sorted by length first."""


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """A tokenised row: `ids`, the index of the first target token, and each token's character span.

    `offsets[i]` is the span of token i in `text`; special tokens in front have empty spans.
    """

    text: str
    ids: list[int]
    first: int
    offsets: list[tuple[int, int]]

    @property
    def start(self) -> int:
        """The first scored character: where the last token of the prompt ends.

        The start of the first target token would be wrong: some tokenizers (Llama 3's) leave the
        space before a word out of its span. It is used only if one character is split over two
        tokens.
        """
        begin = self.offsets[self.first][0]
        return min(self.offsets[self.first - 1][1], begin) if self.first else begin


Encode: TypeAlias = Callable[[str], Encoded]


def split(
    tokenizer: Any,
    prompt: str,
    target: str,
    add_special_tokens: bool | None,
    encode: Encode | None = None,
) -> Boundary:
    """Tokenise `prompt + target` and find where the target starts.

    `encode` tokenises instead of the tokenizer. `add_special_tokens` None means the tokenizer's
    default, but no second BOS if the prompt (a rendered chat, for example) already starts with one.

    Raises:
        ValueError: the prompt is empty (there is nothing to condition on), or the target.
        PrerequisiteError: the tokenizer has no token for a part of the target.
    """
    if not prompt.strip():
        raise ValueError("bits per byte need a prompt, got an empty one")
    if not target:
        raise ValueError("bits per byte need a target, got an empty one")
    if add_special_tokens is None:
        bos = tokenizer.bos_token
        add_special_tokens = not (bos and prompt.startswith(bos))
    encode = encode or _encoder(tokenizer, add_special_tokens)
    context = encode(prompt.rstrip()).ids
    ids, offsets = encode(prompt + target)
    first = next((i for i, (a, b) in enumerate(zip(context, ids, strict=False)) if a != b), None)
    if first is None:
        first = min(len(context), len(ids))
    row = Boundary(text=prompt + target, ids=ids, first=first, offsets=offsets)
    lost = target if first == len(ids) else lost_text(tokenizer, row)
    if lost:
        raise PrerequisiteError(
            f"the model's tokenizer has no token for {lost[:20]!r} of the reference text "
            f"{target[:40]!r}",
            hint="bits per byte would leave it out: add the tokenizer.json that the model was "
            "trained with, or leave them out with --no-likelihood",
        )
    return row


def _encoder(tokenizer: Any, add_special_tokens: bool) -> Encode:
    def encode(text: str) -> Encoded:
        found = tokenizer(text, return_offsets_mapping=True, add_special_tokens=add_special_tokens)
        offsets = [(int(start), int(end)) for start, end in found["offset_mapping"]]
        return Encoded(list(found["input_ids"]), offsets)

    return encode


def _split_reference(
    tokenizer: Any,
    spelled: SpelledTokens | None,
    reference: Reference,
    render_chat: Callable[[str], str],
    add_bos: bool,
) -> Boundary:
    """`split` of a reference; control tokens that its texts spell are text."""
    add = None if reference.chat else add_bos
    texts = (reference.prompt, reference.target)
    if spelled is None or not spelled.in_texts(texts):
        prompt = render_chat(reference.prompt) if reference.chat else reference.prompt
        return split(tokenizer, prompt, reference.target, add)
    escaped = spelled.escape(texts)
    prompt, target = escaped.texts
    if reference.chat:
        prompt = render_chat(prompt)
    bos = tokenizer.bos_token
    if add is None:
        add = not (bos and prompt.startswith(bos))
    front = spelled.around()[0] if add else []

    def encode(text: str) -> Encoded:
        found = spelled.encode(text, escaped.sign)
        return Encoded([*front, *found.ids], [(0, 0)] * len(front) + found.offsets)

    prompt, target = (spelled.respell(text, escaped.sign) for text in (prompt, target))
    return split(tokenizer, prompt, target, False, encode)


def lost_text(tokenizer: Any, row: Boundary) -> str:
    """The characters of a row's target that no token stands for, in order.

    A token's span may leave out blanks at its ends (Llama 3's do); then the decoded tokens decide.
    """
    unknown, at = _unknown(tokenizer), row.start
    lost = []
    for token, (begin, end) in zip(row.ids[row.first :], row.offsets[row.first :], strict=True):
        lost.append(row.text[at:begin])
        if token in unknown and end > begin:
            lost.append(row.text[begin:end])
        at = max(at, end)
    found = "".join([*lost, row.text[at:]])
    if found and not found.strip():
        decoded = tokenizer.decode(row.ids, clean_up_tokenization_spaces=False)
        missing = Counter(filter(str.isspace, row.text)) - Counter(filter(str.isspace, decoded))
        return "".join(missing.elements())
    return found


def _unknown(tokenizer: Any) -> set[int]:
    """The tokens that stand for anything: the folder's own, and that of its tokenizer.json."""
    found = {tokenizer.unk_token_id}
    backend = getattr(tokenizer, "backend_tokenizer", None)
    piece = getattr(getattr(backend, "model", None), "unk_token", None)
    if backend is not None and piece is not None:
        found.add(backend.token_to_id(piece))
    return found - {None}


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
    """Natural log-probabilities of the target tokens of each row; rows must fit the context."""
    import torch

    pad = int(model.config.eos_token_id or 0) if isinstance(model.config.eos_token_id, int) else 0
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i].ids))
    result: list[list[float]] = [[] for _ in rows]
    for batch in _batches(order, [len(row.ids) for row in rows]):
        longest = len(rows[batch[0]].ids)
        ids = torch.full((len(batch), longest), pad, dtype=torch.long)
        mask = torch.zeros((len(batch), longest), dtype=torch.long)
        asked = torch.zeros((len(batch), longest), dtype=torch.bool)
        for place, index in enumerate(batch):
            row = rows[index]
            ids[place, : len(row.ids)] = torch.tensor(row.ids)
            mask[place, : len(row.ids)] = 1
            asked[place, row.first - 1 : len(row.ids) - 1] = True
        ids, mask, asked = (part.to(model.device) for part in (ids, mask, asked))
        with torch.inference_mode(), _only(model, asked):
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
        if logits.shape[:-1] == asked.shape:
            logits = logits[asked]
        end = 0
        for index in batch:
            targets = torch.tensor(rows[index].ids[rows[index].first :], device=logits.device)
            begin, end = end, end + len(targets)
            # In float32 the sum over a vocabulary of 50,000 alone puts a likely text's bits off by
            # 1e-5.
            scores = torch.log_softmax(logits[begin:end].double(), dim=-1)
            result[index] = scores.gather(1, targets[:, None])[:, 0].tolist()
    return result


@contextmanager
def _only(model: Any, asked: Any) -> Iterator[None]:
    """Inside the block, `model` computes logits only where `asked` [batch, tokens] is true.

    They are half of a small model's work, and prompts need none. A model without a separate output
    layer computes all.
    """
    head = getattr(model, "get_output_embeddings", lambda: None)()
    if head is None:
        yield
        return

    def select(_: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        hidden = inputs[0]
        return (hidden[asked], *inputs[1:]) if hidden.shape[:-1] == asked.shape else inputs

    hook = head.register_forward_pre_hook(select)
    try:
        yield
    finally:
        hook.remove()


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Batches of indices, longest row first, each with at most TOKENS_PER_BATCH padded tokens."""
    batches: list[list[int]] = []
    for index in order:
        last = batches[-1] if batches else None
        if last is not None and (len(last) + 1) * lengths[last[0]] <= TOKENS_PER_BATCH:
            last.append(index)
        else:
            batches.append([index])
    return batches


LogProbs: TypeAlias = Callable[[Any, Sequence[Boundary]], list[list[float]]]


Scored: TypeAlias = tuple[Boundary, list[float] | None]
"""A row, and the log-probabilities of its target tokens; None if it is over the context."""


def score_rows(
    lm: Any,
    references: Sequence[Reference],
    render_chat: Callable[[str], str],
    log_probs: LogProbs = token_log_probs,
    spare: int = 1,
) -> list[Scored]:
    """Score references with lm-eval model `lm`, in order, by calling `log_probs` on `lm.model`.

    A row may exceed the context by `spare` tokens (1: its last token is predicted, not read).
    `render_chat` turns a user's message into the model's input text, generation prompt included.

    Raises:
        PrerequisiteError: a log-probability is no number (damaged weights); or as in `split`.
    """
    fast = getattr(lm.tokenizer, "backend_tokenizer", None) is not None
    spelled = SpelledTokens(lm.tokenizer) if fast else None
    rows = [
        _split_reference(lm.tokenizer, spelled, reference, render_chat, lm.add_bos_token)
        for reference in references
    ]
    fits = [len(row.ids) <= lm.max_length + spare for row in rows]
    found = log_probs(lm.model, [r for r, ok in zip(rows, fits, strict=True) if ok])
    _require_numbers(found)
    scored = iter(found)
    return [(row, next(scored) if ok else None) for row, ok in zip(rows, fits, strict=True)]


def _require_numbers(scores: Sequence[Sequence[float]]) -> None:
    wrong = next((one for row in scores for one in row if not math.isfinite(one)), None)
    if wrong is not None:
        raise PrerequisiteError(
            f"the model gives a token of a reference text the log-probability {wrong}, so the text "
            "has no bits per byte",
            hint="its training diverged or its weights are damaged; in another --dtype than "
            "float32 they may be too large: try float32",
        )


def score_references(
    lm: Any,
    references: Sequence[Reference],
    language: str,
    render_chat: Callable[[str], str],
    log_probs: LogProbs = token_log_probs,
    spare: int = 1,
) -> list[LikelihoodSample]:
    """`score_rows` as samples; a row over the context is `truncated`, with zero bits and bytes."""
    samples = []
    rows = score_rows(lm, references, render_chat, log_probs, spare)
    for reference, (row, scores) in zip(references, rows, strict=True):
        ok = scores is not None
        bits, size, digit_bits, digit_size = (0.0, 0, 0.0, 0)
        if scores is not None:
            bits, size, digit_bits, digit_size = measure(row, scores)
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
