"""Generation with an lm-eval model: each row ends on its own and records if it was cut off."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from tasks.models.row_choice import Draw, RowChoice
from ultralink_data.added_code import file_of
from ultralink_data.errors import ConfigError


class RowEnd(NamedTuple):
    """How a row ended: at the token limit, or without an answer and why.

    `thinking` is what came apart from the answer's text.
    """

    hit_limit: bool = False
    failure: str = ""
    thinking: str = ""


OnEnded: TypeAlias = Callable[[int], None]
"""Called with the number of rows of the present batch that have ended."""


MOST_STOPS: Final = 4
"""Stop strings that a served model takes in one request: OpenAI, vLLM and others refuse more."""

_OF_SAMPLING: Final = ("do_sample", "temperature", "top_p", "top_k")
"""Settings that `transformers` would sample by."""

_OF_EXPERTS: Final = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
"""Fields of a config by which `transformers` knows a mixture of experts."""

Ends: TypeAlias = dict[str, deque[RowEnd]]
"""How each row ended, by request (`request_key`)."""


def taken(ends: Ends, key: str, watch: type) -> RowEnd:
    """How the next row of a request ended, taken from the front of `ends`.

    Raises:
        ConfigError: the watch, which a backend brings, does not say.
    """
    try:
        end: RowEnd | None = ends[key].popleft()
    except (KeyError, IndexError, AttributeError, TypeError):
        end = None
    if not isinstance(end, RowEnd):
        raise ConfigError(
            f"{file_of(watch)}: `pop` of {watch.__name__} does not give a RowEnd for each text "
            "that was generated",
            hint="it gives them by `request_key(*request.args)`: see `Ends` in "
            "tasks/models/generation.py",
        )
    return end


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
    its rows cost. On a GPU they stay: a step costs much the same for any number of rows
    (docs/log.md, 2026-11-27), and in bfloat16 the number of rows decides close calls.

    Where an answer can be told from its own prompt alone (`single`: float32, and a cache whose rows
    are apart), each row chooses for itself (`row_choice`), `close` says which rows of the last
    batch had a close call, and `draw` gives the next batch's random numbers. Elsewhere a batch
    draws for all its rows, and they stay.
    """

    def __init__(self, lm: Any) -> None:
        self._lm = lm
        self.single = _is_single(lm.model)
        self.draw: Draw | None = None
        self.on_ended: OnEnded = lambda count: None
        self.close: list[bool] = []
        self._rows: list[RowEnd] = []
        self._order: list[str] = []
        self._ends = _end_tokens(lm)
        self._end_text = lm.tok_decode(lm.eot_token_id, skip_special_tokens=False)
        lm._model_generate = self._generate
        lm.set_cache_hook(self)

    def _generate(self, context: Any, max_length: int, stop: list[str], **options: Any) -> Any:
        if self.draw is not None:
            options = {name: options[name] for name in options if name not in _OF_SAMPLING}
            options["do_sample"] = False
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
        from transformers import LogitsProcessorList, StoppingCriteriaList

        begin, pad = rows.shape[1], self._lm.tokenizer.pad_token_id
        mask = options.pop("attention_mask", torch.ones_like(rows))
        cache = row_cache(self._lm.model) if options.get("do_sample") is False else None
        places = torch.arange(len(rows), device=rows.device)
        out = rows.new_full((len(rows), max_length), pad)
        choice = RowChoice(len(rows), self.draw, self._ends, begin, rows.device)
        processors = [choice] if self.single else []
        ended = 0
        while True:
            ends = RowStops(self._lm.tokenizer, stops, begin, self._ends, halves=cache is not None)
            # A criterion of ours makes a GPU wait for the CPU at each step.
            criteria = [ends] if stops or cache is not None else []
            ends.on_done = partial(self._told, choice, ended)
            rows = self._lm.model.generate(
                input_ids=rows,
                attention_mask=mask,
                past_key_values=cache,
                max_length=max_length,
                stopping_criteria=StoppingCriteriaList(criteria),
                logits_processor=LogitsProcessorList(processors),
                eos_token_id=sorted(self._ends),
                pad_token_id=pad,
                use_cache=True,
                **options,
            )
            width = rows.shape[1]
            out[places, :width] = rows
            if cache is None or width >= max_length or not (going_on := ends.going_on()):
                self.close = choice.close()
                return out[:, :width]
            left = torch.tensor(going_on)
            ended += len(rows) - len(going_on)
            choice.keep(left)
            cache.batch_select_indices(left)
            places, rows, mask = places[left], rows[left], mask[left]
            mask = torch.cat([mask, mask.new_ones(len(left), width - mask.shape[1])], dim=1)

    def _told(self, choice: RowChoice, before: int, done: Sequence[bool]) -> None:
        """Rows of the batch have ended, besides those that have left it `before`."""
        choice.end(done)
        self.on_ended(before + sum(done))

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
        self.on_done: Callable[[Sequence[bool]], None] = lambda done: None

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
        self.on_done(self._done)
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
    return _plain_cache(model) if model.device.type == "cpu" else None


def _plain_cache(model: Any) -> Any:
    """An empty cache with a part of its own for each row; None for other kinds of caches."""
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    if model.generation_config.cache_implementation:
        return None
    if not model._supports_default_dynamic_cache():
        return None
    cache = DynamicCache(config=model.config.get_text_config(decoder=True))
    plain = {type(layer) for layer in cache.layers} <= {DynamicLayer, DynamicSlidingWindowLayer}
    return cache if plain else None


def _is_single(model: Any) -> bool:
    """Whether float noise is far below `row_choice.CLOSE`, and rows are apart but for it.

    Where the last bits choose a token's experts, the noise is not small.
    """
    import torch

    config = model.config.get_text_config(decoder=True)
    routed = any(getattr(config, name, None) for name in _OF_EXPERTS)
    return model.dtype == torch.float32 and not routed and _plain_cache(model) is not None


def _end_tokens(lm: Any) -> set[int]:
    """Every token that ends a generation; a model may have several (Llama 3 has three)."""
    ends = lm.model.generation_config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return {token for token in (*several, lm.eot_token_id) if token is not None}
