"""The client that sends requests through the provider's batch interface, at half the price.

Requests without a stored reply are collected; when no new one has come for a while (all rows are
waiting) or a file is full, they are sent as one batch, called a *wave*. A place in a wave is what
an attempt is for `Client`; retries, budget, usage and stored replies work the same way.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ultralink_data.errors import EndpointError
from ultralink_data.llm import batch_wire, wire
from ultralink_data.llm.batch_store import BatchStore, Wave
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.llm.request import ChatRequest, Reply, Usage
from ultralink_data.llm.wire import Fault

if TYPE_CHECKING:
    from openai.types import Batch

T = TypeVar("T")

_CONNECTIONS = 8
_AT_ONCE = 4
"""Waves under way."""

_STORED_AT_ONCE = 500
_POLL_TRIES = 40
"""Looks at a batch that may fail one after the other: 20 minutes of an outage."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds: without a new request until a wave is sent; between the first and later looks."""

    quiet: float = 2.0
    first_look: float = 5.0
    later_looks: float = 60.0


class BatchClient(Client):
    """Asks one endpoint in batches; use it in `async with`, within one event loop.

    `on_status` receives the state of the waves, in words.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        cache: ReplyCache,
        usage: Usage | None = None,
        *,
        pace: Pace | None = None,
        on_status: Callable[[str], None] = lambda text: None,
        on_left_out: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(endpoint, cache, usage, on_left_out=on_left_out)
        self._connections = _CONNECTIONS
        self._pace = pace or Pace()
        self._on_status = on_status
        self._store = BatchStore(cache.path.with_name("batches.sqlite"), endpoint.identity.key)
        self._lanes = asyncio.Semaphore(_AT_ONCE)
        self._most_requests = batch_wire.MOST_REQUESTS
        self._gathered: dict[str, bytes] = {}
        self._bytes = 0
        self._last_came = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._asked: dict[str, ChatRequest] = {}
        self._waiting: dict[str, asyncio.Future[Reply | Fault]] = {}
        self._under_way: set[str] = set()
        self._waves: dict[asyncio.Task[None], Wave] = {}

    async def __aenter__(self) -> "BatchClient":
        self._store.__enter__()
        try:
            await super().__aenter__()
            for wave in self._store.waves():
                self._start(wave, None)
        except BaseException:
            self._store.__exit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._waves:
            task.cancel()
        await asyncio.gather(*self._waves, return_exceptions=True)
        self._store.__exit__(kind, error, trace)
        await super().__aexit__(kind, error, trace)

    async def _attempt(
        self, request: ChatRequest, encoded: bytes, key: str, name: str
    ) -> Reply | Fault:
        self.usage.requests += 1
        if key not in self._waiting:
            self._asked[key] = request
            self._waiting[key] = asyncio.get_running_loop().create_future()
            if key not in self._under_way:
                self._gather(key, encoded)
        return await asyncio.shield(self._waiting[key])

    def _gather(self, key: str, encoded: bytes) -> None:
        line = batch_wire.request_line(key, encoded)
        if self._bytes + len(line) > batch_wire.MOST_BYTES:
            self._send()
        self._gathered[key] = line
        self._bytes += len(line)
        self._last_came = time.monotonic()
        if len(self._gathered) >= self._most_requests:
            self._send()
        elif self._timer is None:
            self._arm(self._pace.quiet)

    def _arm(self, wait: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(wait, self._look_for_quiet)

    def _look_for_quiet(self) -> None:
        self._timer = None
        left = self._last_came + self._pace.quiet - time.monotonic()
        if left > 0:
            self._arm(left)
        else:
            self._send()

    def _send(self) -> None:
        if not self._gathered:
            return
        wave = Wave(id=uuid.uuid4().hex, keys=tuple(self._gathered), started=time.time())
        content = b"".join(self._gathered.values())
        self._gathered, self._bytes = {}, 0
        self._start(wave, content)

    def _start(self, wave: Wave, content: bytes | None) -> None:
        self._under_way.update(wave.keys)
        task = asyncio.get_running_loop().create_task(self._drive(wave, content))
        self._waves[task] = wave
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Pass an error of a wave to every request still waiting in it."""
        wave = self._waves.pop(task)
        error = None if task.cancelled() else task.exception()
        if error is None and not task.cancelled():
            return
        self._under_way.difference_update(wave.keys)
        for key in wave.keys:
            self._asked.pop(key, None)
            future = self._waiting.pop(key, None)
            if future is None or future.done():
                continue
            if error is None:
                future.cancel()
            else:
                future.set_exception(error)
                future.exception()  # the waiting task may be gone

    async def _drive(self, wave: Wave, content: bytes | None) -> None:
        """A wave from its submission, or from where an earlier run left it, to its results."""
        if content is None:
            batch = await self._picked_up(wave)
            if batch is None:
                self._store.drop(wave)
                self._settle(wave, {}, Fault("it was never sent"))
                return
            await self._follow(wave, batch)
            return
        async with self._lanes:
            self._store.save(wave)
            batch = await self._submitted(wave, content)
            del content
            self._store.save(msgspec.structs.replace(wave, batch=batch.id))
            await self._follow(wave, batch)

    async def _picked_up(self, wave: Wave) -> "Batch | None":
        openai = self._transport
        if wave.batch:
            return await self._call(
                lambda: openai.batches.retrieve(wave.batch), f"batch {wave.batch}"
            )
        found = await self._call(lambda: batch_wire.find(openai, wave), "the list of batches")
        if found is not None:
            self._store.save(msgspec.structs.replace(wave, batch=found.id))
        return found

    async def _submitted(self, wave: Wave, content: bytes) -> "Batch":
        openai, tried = self._transport, False

        async def submit() -> "Batch":
            nonlocal tried
            # The answer to a submission may have been lost on its way.
            found = await batch_wire.find(openai, wave) if tried else None
            tried = True
            return found or await batch_wire.submit(openai, wave, content)

        # If this fails the wave stays on disk: the next start checks whether it arrived.
        return await self._call(submit, f"a batch of {len(wave.keys)} requests")

    async def _follow(self, wave: Wave, batch: "Batch") -> None:
        """Wait until a batch has ended, store its results, and hand them on."""
        openai, wait, name = self._transport, self._pace.first_look, batch.id
        while batch.status not in batch_wire.ENDED:
            self._tell(batch)
            await asyncio.sleep(wait)
            wait = min(1.5 * wait, self._pace.later_looks)
            batch = await self._call(
                lambda: openai.batches.retrieve(name), f"batch {name}", _POLL_TRIES
            )
        self._tell(batch)
        if batch.status == "failed":
            single, others = batch_wire.refusals(batch, wave)
            if others.busy:
                # More than the provider queues: halve the size and send the waves one by one.
                self._most_requests = max(1, len(wave.keys) // 2)
                self._lanes = asyncio.Semaphore(1)
            self._store.drop(wave)
            self._settle(wave, dict(single), others)
            return
        results = await self._results(wave, batch)
        self._store.drop(wave)
        missing = Fault(f"batch {batch.id} ({batch.status}) holds no result for it")
        self._settle(wave, results, missing)

    async def _results(self, wave: Wave, batch: "Batch") -> dict[str, Reply | Fault]:
        """All results of a batch, after every reply is stored."""
        openai, own = self._transport, set(wave.keys)

        async def read() -> dict[str, Reply | Fault]:
            found: dict[str, Reply | Fault] = {}
            replies: list[tuple[str, bytes]] = []
            for file in filter(None, (batch.output_file_id, batch.error_file_id)):
                async for line in batch_wire.lines(openai, file):
                    one = batch_wire.result(line, self._asked)
                    if one is None or one[0] not in own:
                        continue
                    found[one[0]] = one[1]
                    if isinstance(one[1], Reply):
                        replies.append((one[0], msgspec.json.encode(one[1])))
                    if len(replies) >= _STORED_AT_ONCE:
                        self._cache.put_all(replies)
                        replies.clear()
            self._cache.put_all(replies)
            return found

        return await self._call(read, f"the results of batch {batch.id}", _POLL_TRIES)

    def _settle(self, wave: Wave, results: dict[str, Reply | Fault], missing: Fault) -> None:
        self._under_way.difference_update(wave.keys)
        for key in wave.keys:
            self._asked.pop(key, None)
            future = self._waiting.pop(key, None)
            if future is not None and not future.done():
                future.set_result(results.get(key, missing))

    async def _call(self, make: Callable[[], Awaitable[T]], what: str, tries: int = 0) -> T:
        """The result of `make`, tried as often as a request is.

        Raises:
            EndpointError: every try failed; waves under way stay on disk.
        """
        attempt = 0
        while True:
            try:
                return await make()
            except wire.faults() as error:
                fault = wire.fault(error)
            attempt += 1
            if fault.final is not None or attempt >= (tries or self.endpoint.tries):
                break
            self.usage.retries += 1
            await asyncio.sleep(self._pause(attempt - 1, fault.wait))
        text = wire.hidden(f"{what} at {self.endpoint.base_url}: {fault.what}", self._key)
        known = f" (request id {fault.request_id})" if fault.request_id else ""
        raise EndpointError(
            f"{text[:500]}{known}",
            hint="does the endpoint have a batch interface? Batches under way are waited for by "
            "the same command and never sent again",
        )

    def _tell(self, batch: "Batch") -> None:
        counts = batch.request_counts
        done = f", {counts.completed:,} of {counts.total:,}" if counts and counts.total else ""
        self._on_status(f"batch {batch.id}: {batch.status}{done}")
