"""Asks a model for the answers that are not kept yet, batch by batch, and keeps each batch.

lm-eval sees one list of requests and gets one list of texts. In between, rows are put into batches:

- where an answer depends on its own prompt alone (`row_choice`), missing rows of all languages fill
  the batches, the longest prompts first, and a row with a close call is asked again alone;
- elsewhere a batch is fixed: rows of one language that follow each other. Its rows are in the key
  of each of its answers, so that it is taken whole or asked whole.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tasks.models.generation import Ends, RowEnd, Watch, request_key, taken
from tasks.models.row_choice import Draw
from tasks.sampling import Sampling

OnAnswers = Callable[[Sequence["AskedAnswer"]], None]
"""Called with the answers of each finished batch."""

_SEED_BITS = 62


class Wanted(NamedTuple):
    """A row to ask for: a key that tells its answer from all others, and the batch it is fixed to.

    `batch` is "" where rows are batched freely.
    """

    key: str
    batch: str


class AskedAnswer(NamedTuple):
    """A row that was asked."""

    key: str
    text: str
    end: RowEnd


def seed_of(*parts: object) -> int:
    """A seed that depends on all parts."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _SEED_BITS)


class RowAsking:
    """Stands between lm-eval and a model's `generate_until` for one call.

    `wanted` are the rows in the order in which lm-eval asks. `on_ended` hears how many rows of the
    present batch have ended, where the watch can tell.
    """

    def __init__(
        self,
        lm: Any,
        watch: Watch,
        wanted: Sequence[Wanted],
        sampling: Sampling,
        on_answers: OnAnswers,
        on_ended: Callable[[int], None],
    ) -> None:
        self._lm = lm
        self._watch: Any = watch
        self._wanted = wanted
        self._sampling = sampling
        self._on_answers = on_answers
        self.ends: Ends = {}
        if hasattr(self._watch, "on_ended"):
            self._watch.on_ended = on_ended

    def __call__(self, given: Callable[..., list[str]], requests: Sequence[Any]) -> list[str]:
        """The texts of all requests, in order; `ends` then says how each ended."""
        if len(requests) != len(self._wanted):
            raise ValueError(f"{len(requests)} requests for {len(self._wanted)} rows")
        found: dict[int, AskedAnswer] = {}
        for places in self._batches(requests):
            batch = [
                AskedAnswer(self._wanted[p].key, *one)
                for p, one in zip(places, self._ask(given, requests, places), strict=True)
            ]
            found.update(zip(places, batch, strict=True))
            self._on_answers(batch)
        self.ends = {}
        for place, request in enumerate(requests):
            self.ends.setdefault(request_key(*request.args), deque()).append(found[place].end)
        return [found[place].text for place in range(len(requests))]

    def _batches(self, requests: Sequence[Any]) -> Iterator[list[int]]:
        """Places of the rows, batch by batch."""
        fixed: dict[str, list[int]] = {}
        free: dict[str, list[int]] = {}
        for place, row in enumerate(self._wanted):
            if row.batch:
                fixed.setdefault(row.batch, []).append(place)
            else:
                free.setdefault(repr(requests[place].args[1]), []).append(place)
        yield from fixed.values()
        if free:
            size = int(self._lm.batch_size)
            for places in free.values():
                places = self._sorted(requests, places)
                yield from (places[at : at + size] for at in range(0, len(places), size))

    def _sorted(self, requests: Sequence[Any], places: Sequence[int]) -> list[int]:
        """As lm-eval sorts a batch: the order in which the model sees the rows."""
        contexts = {place: requests[place].args[0] for place in places}
        lengths = {place: -len(self._lm.tok_encode(text)) for place, text in contexts.items()}
        return sorted(places, key=lambda place: (lengths[place], contexts[place]))

    def _ask(
        self, given: Callable[..., list[str]], requests: Sequence[Any], places: Sequence[int]
    ) -> list[tuple[str, RowEnd]]:
        """Texts and ends of one batch, in the order of `places`."""
        keys = [self._wanted[place].key for place in places]
        free = not self._wanted[places[0]].batch
        self._seed(keys, free=free)
        batch = [requests[place] for place in places]
        texts = given(batch, disable_tqdm=True)
        ends = self._watch.pop()
        made = [
            (text, taken(ends, request_key(*request.args), type(self._watch)))
            for text, request in zip(texts, batch, strict=True)
        ]
        if free and len(places) > 1:
            for at, close in enumerate(self._watch.close):
                if close:
                    [made[at]] = self._ask(given, requests, [places[at]])
        return made

    def _seed(self, keys: Sequence[str], *, free: bool) -> None:
        """Give the next batch its random numbers: its rows' own, or those of the batch."""
        if free:
            sampled = self._sampling.temperature > 0
            self._watch.draw = (
                Draw(self._sampling.temperature, self._sampling.top_p, [seed_of(k) for k in keys])
                if sampled
                else None
            )
            return
        from lm_eval.utils import set_torch_seed

        set_torch_seed(seed_of(*keys) % 2**32)
        if hasattr(self._watch, "seeds"):
            self._watch.seeds = [seed_of(key) % 2**31 for key in keys]
