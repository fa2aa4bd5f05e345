"""The one client of OpenAI-compatible chat endpoints: retries, cache, usage, budget.

A failure is an exception, never an empty string, and names our row and the endpoint's request. The
API key comes from the environment and is removed from every error text.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Collection
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from ultralink_data.errors import (
    AllRefusedError,
    BenchError,
    EndpointError,
    LLMError,
    UnprovenEndpointError,
)
from ultralink_data.llm import wire
from ultralink_data.llm.budget import Budget
from ultralink_data.llm.cache import GroupedWrites, ReplyCache
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.llm.parameters import TakenParameters, bad_value
from ultralink_data.llm.request import (
    ChatRequest,
    Message,
    Reply,
    Usage,
    estimate_tokens,
    without_thinking,
)
from ultralink_data.llm.wire import Fault

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = [
    "ChatRequest",
    "Client",
    "Endpoint",
    "Message",
    "Reply",
    "Usage",
    "estimate_tokens",
    "reply_key",
]

_LONGEST_WAIT = 120.0
"""Seconds; an endpoint that asks for a longer wait is not waited for."""

_BUSY_TRIES = 60
"""Attempts at one request while the endpoint says 429 to it and answers others."""

_DEAF_TRIES = 3
"""Attempts at a connection before an endpoint that has never been reached is given up."""

_UNLUCKY = 10
"""More requests than are in flight, by so many, that fail after one another end the run."""


def reply_key(endpoint: Endpoint, request: ChatRequest) -> str:
    """The key a reply is stored under: the endpoint's identity and everything the request asks."""
    encoded = msgspec.json.encode((endpoint.identity, request), order="sorted")
    return hashlib.sha256(encoded).hexdigest()


class Client:
    """Asks one endpoint; use it in `async with`, within one event loop.

    Clients with the same `usage` share its counts and so one budget. `on_left_out` receives a
    message for each parameter that the endpoint does not accept and that is therefore left out.

    Raises:
        ConfigError: the key's environment variable is not set (endpoints on this machine need
            none).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        cache: ReplyCache,
        usage: Usage | None = None,
        *,
        on_left_out: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.endpoint = endpoint
        self.usage = Usage() if usage is None else usage
        self._cache = cache
        self._writes = GroupedWrites(cache)
        self._key = wire.find_key(endpoint)
        self._slots = asyncio.Semaphore(endpoint.concurrency)
        self._budget = Budget(endpoint, self.usage)
        self._failed_in_a_row = 0
        self._heard = False
        self._proven = False
        self._taken = TakenParameters(endpoint, cache, on_left_out)
        self._stopped: BenchError | None = None
        self._connections = endpoint.concurrency
        self._openai: AsyncOpenAI | None = None

    async def __aenter__(self) -> "Client":
        self._taken.say_all()
        self._openai = wire.connect(self.endpoint, self._key, self._connections)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._openai is not None:
            await self._openai.close()

    def stop(self, error: BenchError) -> None:
        """Send nothing more: new requests raise `error`, requests already sent are awaited."""
        self._stopped = error

    @property
    def left_out(self) -> tuple[str, ...]:
        """Parameters that the endpoint does not accept; what requests say of them is ignored.

        Found by this client or by an earlier one with the same cache.
        """
        return self._taken.left_out

    def is_cached(self, request: ChatRequest) -> bool:
        """Whether the reply is stored, so that asking would send nothing."""
        return self._cache.get(reply_key(self.endpoint, request)) is not None

    async def ask(self, request: ChatRequest) -> Reply:
        """The stored reply, or the endpoint's, which is stored before it is returned.

        Raises:
            BudgetError: the request could exceed `max_cost`; nothing was sent.
            EndpointError: the endpoint refuses every request (key, model, address), or is gone;
                an UnprovenEndpointError where it has answered none and may refuse only this one.
            RefusedRequestError: the endpoint will not answer this request, however often it is
                asked.
            LLMError: every try of this request failed.
            BenchError: the error passed to `stop`.
        """
        key = reply_key(self.endpoint, request)
        stored = self._cache.get(key)
        if stored is not None:
            self.usage.cached += 1
            self._proven = True
            reply = msgspec.json.decode(stored, type=Reply)
        else:
            async with self._slots:
                reply = await self._ask_with_retries(request, key)
        return without_thinking(reply) if self.endpoint.thinking == "strip" else reply

    async def _ask_with_retries(self, request: ChatRequest, key: str) -> Reply:
        failures = attempts = 0
        first = before = self.usage.answered
        while True:
            if self._stopped is not None:
                raise self._stopped
            body = wire.body(request, self.endpoint, self._taken.refused)
            encoded = msgspec.json.encode(body)
            name = f"{key[:24]}-{attempts}"  # of the attempt, in the endpoint's logs
            worst, cost = await self._budget.reserve(request), 0.0
            try:
                came = await self._attempt(request, encoded, key, name)
                if isinstance(came, Reply):
                    cost = self._count(came)
                    await self._writes.put(key, msgspec.json.encode(came))
                    return came
                self.usage.lost += worst if came.billed else 0.0
            finally:
                self._budget.release(worst, cost)
            attempts += 1
            if self._taken.learn(came.unsupported, body):
                continue
            came = self._for_every_request(came, body)
            # While other requests get answers the endpoint is only busy: this one's turn will come.
            patient = came.busy and self.usage.answered > before and attempts < _BUSY_TRIES
            failures, before = 0 if patient else failures + 1, self.usage.answered
            if self._is_over(came, failures):
                raise self._failed(request, came, name, self.usage.answered == first)
            self.usage.retries += 1
            await asyncio.sleep(self._pause(attempts - 1, came.wait))

    def _for_every_request(self, fault: Fault, sent: Collection[str]) -> Fault:
        """A field that is refused, stands in every request and cannot go ends the run."""
        unsupported = fault.unsupported
        if unsupported in sent and unsupported not in ("messages", "model"):
            return fault._replace(final=EndpointError)
        return fault

    def _count(self, reply: Reply) -> float:
        usage = self.usage
        usage.answered += 1
        usage.prompt_tokens += reply.prompt_tokens
        usage.completion_tokens += reply.completion_tokens
        cost = self.endpoint.cost(reply.prompt_tokens, reply.completion_tokens)
        usage.cost += cost
        self._failed_in_a_row = 0
        self._proven = True
        return cost

    async def _attempt(
        self, request: ChatRequest, encoded: bytes, key: str, name: str
    ) -> Reply | Fault:
        self.usage.requests += 1
        sent_id = ""
        try:
            # The transport's own limit covers silence only; a slowly dripping body would never end.
            async with asyncio.timeout(self.endpoint.timeout):
                answer = await wire.post(self._transport, encoded, name)
                sent_id = answer.headers.get("x-request-id", "")
            self._heard = True
            return wire.read(answer.content, request)
        except wire.faults() as error:
            found = wire.fault(error)
        self._heard = self._heard or found.sent
        return found if found.request_id else found._replace(request_id=sent_id)

    @property
    def _transport(self) -> "AsyncOpenAI":
        if self._openai is None:
            raise RuntimeError("use the client inside `async with`")
        return self._openai

    def _is_over(self, fault: Fault, failures: int) -> bool:
        too_long = fault.wait is not None and fault.wait > _LONGEST_WAIT
        limit = self.endpoint.tries if fault.sent or self._heard else _DEAF_TRIES
        return fault.final is not None or too_long or failures >= min(limit, self.endpoint.tries)

    def _pause(self, failures: int, wait: float | None) -> float:
        """Seconds until the next attempt: what the endpoint asked for, else jittered doubling."""
        jitter = random.uniform(0.5, 1.0)  # not seeded: it must differ between processes
        backoff = min(self.endpoint.backoff * 2.0 ** min(failures, 20), 30.0) * jitter
        return backoff if wait is None else wait + backoff / 10

    def _failed(self, request: ChatRequest, fault: Fault, name: str, alone: bool) -> LLMError:
        """The error of a request; an EndpointError if every other request would fail the same way.

        `alone`: no other request was answered while this one was tried.
        """
        kind, what = fault.final or LLMError, wire.hidden(fault.what, self._key)[:500]
        if fault.forbidden and not self._proven:
            kind = UnprovenEndpointError
        elif kind is not EndpointError:
            # Refusals too: a used-up account or a bad key can answer 400 to every request.
            self._failed_in_a_row += 1
            if not fault.sent and alone:
                kind = EndpointError
            elif self._failed_in_a_row > self.endpoint.concurrency + _UNLUCKY:
                kind = EndpointError if fault.final is None else AllRefusedError
                what = f"{self._failed_in_a_row} requests failed after one another, now: {what}"
        found = f"request id {fault.request_id}" if fault.request_id else f"our request id {name}"
        text = f"{self.endpoint.model} at {self.endpoint.base_url}: {what} ({found})"
        if fault.sent and (value := bad_value(fault.what)):
            hint = f"give another value for {value}, or leave it out with --never-send {value}"
        elif fault.sent:
            hint = "check address, model and key; replies so far are stored, run again to go on"
        else:
            hint = "check the address, and that the server runs; replies so far are stored"
        return kind(wire.hidden(f"{request.item}: {text}", self._key), hint=hint)
