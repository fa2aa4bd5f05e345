"""Generation with an lm-eval model: each row ends on its own and records if it was cut off."""

from collections import deque
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeAlias


class RowEnd(NamedTuple):
    """How a row ended: at the token limit, or without an answer and why.

    `thinking` is what came apart from the answer's text.
    """

    hit_limit: bool = False
    failure: str = ""
    thinking: str = ""


MOST_STOPS: Final = 4
"""Stop strings that a served model takes in one request: OpenAI, vLLM and others refuse more."""

Ends: TypeAlias = dict[str, deque[RowEnd]]
"""How each row ended, by request (`request_key`)."""


class Watch(Protocol):
    """Knows how each row ended, which lm-eval does not report."""

    def pop(self) -> Ends:
        """The rows since the last call; rows of identical requests are in the order of asking."""
        ...


class GenerationWatch:
    """Replaces an `HFLM`'s generation and notes which rows ended at the token limit.

    lm-eval returns text only. Its `_model_generate` sees the token rows, and its cache hook is
    called once per row in the same order with the prompt, so that the two can be joined.

    The texts equal lm-eval's except for two things. A row ends at its first stop; lm-eval continues
    until the same stop is in every row of a batch, usually until the token limit, and cuts the
    texts afterwards. And the tokenizer's end token ends a row even if the model's generation config
    names only another one; lm-eval would keep the text after it.

    On a CPU, rows that have ended leave the batch each time half of it is done: a step costs what
    its rows cost. With sampling they stay, since a batch draws for all its rows. On a GPU they stay
    too: a step costs much the same for any number of rows (docs/log.md, 2026-11-27), and in
    bfloat16 the number of rows decides close calls.
    """

    def __init__(self, lm: Any) -> None:
        self._lm = lm
        self._rows: list[RowEnd] = []
        self._order: list[str] = []
        self._ends = _end_tokens(lm)
        self._end_text = lm.tok_decode(lm.eot_token_id, skip_special_tokens=False)
        lm._model_generate = self._generate
        lm.set_cache_hook(self)

    def _generate(self, context: Any, max_length: int, stop: list[str], **options: Any) -> Any:
        if options.get("do_sample") is False:
            options.pop("temperature", None)  # it is 0, and transformers warns about that
        begin = context.shape[1]
        # The end token ends a row anyway, so the text need not be searched for it.
        strings = [text for text in stop if text and text != self._end_text]
        out = self._rows_of(context, max_length, strings, options)
        for row in out[:, begin:].tolist():
            full = len(row) >= max_length - begin
            ended = any(token in self._ends for token in row)
            cut = full and not ended and not _any_in(stop, self._lm.tok_decode(row))
            self._rows.append(RowEnd(hit_limit=cut))
        return out

    def _rows_of(
        self, rows: Any, max_length: int, stops: Sequence[str], options: dict[str, Any]
    ) -> Any:
        """Prompts and answers [batch, at most max_length], padded behind each row's end."""
        import torch
        from transformers import StoppingCriteriaList

        begin, pad = rows.shape[1], self._lm.tokenizer.pad_token_id
        mask = options.pop("attention_mask", torch.ones_like(rows))
        cache = row_cache(self._lm.model) if options.get("do_sample") is False else None
        places = torch.arange(len(rows), device=rows.device)
        out = rows.new_full((len(rows), max_length), pad)
        while True:
            ends = RowStops(self._lm.tokenizer, stops, begin, self._ends, halves=cache is not None)
            # A criterion of ours makes a GPU wait for the CPU at each step.
            criteria = [ends] if stops or cache is not None else []
            rows = self._lm.model.generate(
                input_ids=rows,
                attention_mask=mask,
                past_key_values=cache,
                max_length=max_length,
                stopping_criteria=StoppingCriteriaList(criteria),
                eos_token_id=sorted(self._ends),
                pad_token_id=pad,
                use_cache=True,
                **options,
            )
            width = rows.shape[1]
            out[places, :width] = rows
            if cache is None or width >= max_length or not (going_on := ends.going_on()):
                return out[:, :width]
            left = torch.tensor(going_on)
            cache.batch_select_indices(left)
            places, rows, mask = places[left], rows[left], mask[left]
            mask = torch.cat([mask, mask.new_ones(len(left), width - mask.shape[1])], dim=1)

    def add_partial(self, attr: str, req: tuple[str, Any], res: str) -> None:
        """Called by lm-eval after each row."""
        self._order.append(request_key(*req))

    def pop(self) -> Ends:
        """How each row since the last call ended, by what was asked.

        Rows of identical requests are in the order of asking, since lm-eval's sort by length and
        text is stable.
        """
        result: Ends = {}
        for key, end in zip(self._order, self._rows, strict=True):
            result.setdefault(key, deque()).append(end)
        self._rows, self._order = [], []
        return result


class RowStops:
    """A stopping criterion of `transformers`: ends each row of a batch at its first stop.

    `begin` is the position of the answers' first token, `ends` are tokens that end a row. With
    `halves` the whole batch stops as soon as half of its rows have ended; `going_on` has the rest.
    """

    def __init__(
        self,
        tokenizer: Any,
        stops: Sequence[str],
        begin: int,
        ends: Collection[int] = (),
        *,
        halves: bool = False,
    ) -> None:
        self._tokenizer = tokenizer
        self._stops = stops
        self._begin = begin
        self._ends = ends
        self._halves = halves
        # A token is at least one byte, so this many last tokens contain any stop that just ended.
        self._tail = max((len(stop.encode()) for stop in stops), default=0) + 2
        self._done: list[bool] = []

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """A bool tensor [batch]: which rows are done."""
        import torch

        rows = input_ids[:, self._begin :]
        self._done = self._done or [False] * len(rows)
        for place, token in enumerate(rows[:, -1].tolist()):
            self._done[place] = self._done[place] or token in self._ends
        for place, tail in enumerate(self._decode(rows[:, -self._tail :]) if self._stops else ()):
            # A tail alone may decode differently at its start, so the whole row decides.
            if not self._done[place] and _any_in(self._stops, tail):
                self._done[place] = _any_in(self._stops, self._decode(rows[place : place + 1])[0])
        stopped = self._halves and 2 * sum(self._done) >= len(self._done)
        done = [True] * len(self._done) if stopped else self._done
        return torch.tensor(done, device=input_ids.device)

    def going_on(self) -> list[int]:
        """The places of the rows that had not ended at the last call."""
        return [place for place, done in enumerate(self._done) if not done]

    def _decode(self, rows: Any) -> list[str]:
        texts: list[str] = self._tokenizer.batch_decode(rows, skip_special_tokens=True)
        return texts


def request_key(context: str, settings: dict[str, Any]) -> str:
    """The identity of a request: two languages may share a prompt, but not its stops."""
    return f"{settings!r}\0{context}"


def cut_at(text: str, stops: Sequence[str]) -> str:
    """The text up to its first stop, all of it if it has none."""
    places = [text.find(stop) for stop in stops if stop]
    return text[: min((place for place in places if place >= 0), default=len(text))]


def _any_in(stops: Sequence[str], text: str) -> bool:
    return any(stop and stop in text for stop in stops)


def row_cache(model: Any) -> Any:
    """An empty cache whose rows can be left out; None on a GPU and for other kinds of caches.

    States of linear attention and caches of fixed size have no rows to choose from.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    if model.device.type != "cpu" or model.generation_config.cache_implementation:
        return None
    if not model._supports_default_dynamic_cache():
        return None
    cache = DynamicCache(config=model.config.get_text_config(decoder=True))
    plain = {type(layer) for layer in cache.layers} <= {DynamicLayer, DynamicSlidingWindowLayer}
    return cache if plain else None


def _end_tokens(lm: Any) -> set[int]:
    """Every token that ends a generation; a model may have several (Llama 3 has three)."""
    ends = lm.model.generation_config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return {token for token in (*several, lm.eot_token_id) if token is not None}
