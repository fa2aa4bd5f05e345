"""The one client of OpenAI-compatible chat endpoints: retries, cache, usage, budget.

A failure is an exception, never an empty string. The key comes from the environment and is taken
out of every error text.
"""

import asyncio
import hashlib
import math
import os
import random
import time
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from ultralink_data.errors import (
    BudgetError,
    ConfigError,
    EndpointError,
    LLMError,
    RefusedRequestError,
)
from ultralink_data.llm_cache import ReplyCache

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

_RETRYABLE = {408, 409, 429}
_HOPELESS = {401, 403, 404}
"""Statuses that every other request would get too."""

_LONGEST_WAIT = 120.0
"""Seconds; an endpoint that asks for a longer wait is not waited for."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to ask and within which limits.

    `timeout` and `backoff` (the first wait after a failure, doubled each time) are in seconds,
    prices and `max_cost` in one currency, prices per million tokens. `tries` counts the attempts
    at one request before it fails.
    """

    base_url: str
    model: str
    key_variable: str = "OPENAI_API_KEY"
    concurrency: int = 16
    timeout: float = 60.0
    tries: int = 6
    backoff: float = 0.5
    price_in: float = 0.0
    price_out: float = 0.0
    max_cost: float | None = None

    def __post_init__(self) -> None:
        """Check ranges."""
        address = urlsplit(self.base_url)
        if "@" in address.netloc or address.query:
            # Not quoted: it may hold a password, and it would stand in reports.
            raise ValueError("base_url must hold no user, password or query")
        if address.scheme not in ("http", "https"):
            raise ValueError(f"base_url must start with http:// or https://, got {self.base_url!r}")
        for name in ("timeout", "backoff", "price_in", "price_out", "max_cost"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name} must be a finite number, got {value}")
        for name in ("concurrency", "timeout", "tries"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be over 0, got {getattr(self, name)}")
        for name in ("backoff", "price_in", "price_out"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more, got {getattr(self, name)}")
        if self.max_cost is not None and not self.price_in and not self.price_out:
            raise ValueError(f"max_cost {self.max_cost:g} needs a price: nothing would count")

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.price_in + completion_tokens * self.price_out) / 1e6


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request for `item`; `attempt` tells repeated questions about one item apart.

    Only retries of a failed transport share a cache key. `schema` is a JSON schema that the
    reply must follow, for endpoints with structured output. What stands at its default is not
    sent (but the temperature) and no part of the key. `may_be_empty` takes a reply without text
    as an answer, which elsewhere is a fault and asked for again.
    """

    item: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.0
    attempt: int = 0
    schema: dict[str, Any] | None = None
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    may_be_empty: bool = False


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint answered; `finish_reason` "refusal" marks a text that declines.

    Tokens are as the endpoint counted them, or about as many where it does not say.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


class Usage(msgspec.Struct, kw_only=True):
    """What was asked and paid since the client was made; `cached` replies cost nothing."""

    requests: int = 0
    cached: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0


def estimate_tokens(messages: tuple[Message, ...]) -> int:
    """About how many tokens a prompt has: three bytes of UTF-8 each, five more a message."""
    return sum(len(message.content.encode()) // 3 + 5 for message in messages)


class Client:
    """Asks one endpoint; use it in `async with`, within one event loop.

    Clients that are given the same `usage` share its counts and so one budget.

    Raises:
        ConfigError: the key's environment variable is not set (endpoints on this machine need
            none).
    """

    def __init__(self, endpoint: Endpoint, cache: ReplyCache, usage: Usage | None = None) -> None:
        self.endpoint = endpoint
        self.usage = Usage() if usage is None else usage
        self._cache = cache
        self._key = _find_key(endpoint)
        self._slots = asyncio.Semaphore(endpoint.concurrency)
        self._reserved = 0.0
        self._openai: AsyncOpenAI | None = None

    async def __aenter__(self) -> "Client":
        from openai import AsyncOpenAI

        self._openai = AsyncOpenAI(
            api_key=self._key,
            base_url=self.endpoint.base_url,
            timeout=self.endpoint.timeout,
            max_retries=0,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._openai is not None:
            await self._openai.close()

    def is_cached(self, request: ChatRequest) -> bool:
        """Whether asking would send nothing."""
        return self._cache.get(self._cache_key(request)) is not None

    async def ask(self, request: ChatRequest) -> Reply:
        """The stored reply, or the endpoint's, which is stored before it is returned.

        Raises:
            BudgetError: the request could pass `max_cost`; nothing was sent.
            EndpointError: the endpoint refuses every request (key, model, address).
            RefusedRequestError: the endpoint does not answer this request, whenever it is asked.
            LLMError: this request failed for good.
        """
        key = self._cache_key(request)
        stored = self._cache.get(key)
        if stored is not None:
            self.usage.cached += 1
            return msgspec.json.decode(stored, type=Reply)
        async with self._slots:
            worst = self._reserve(request)
            try:
                reply = await self._ask_with_retries(request)
            finally:
                self._reserved -= worst
            usage, endpoint = self.usage, self.endpoint
            usage.prompt_tokens += reply.prompt_tokens
            usage.completion_tokens += reply.completion_tokens
            usage.cost += endpoint.cost(reply.prompt_tokens, reply.completion_tokens)
            self._cache.put(key, msgspec.json.encode(reply))
            return reply

    def _cache_key(self, request: ChatRequest) -> str:
        where = (self.endpoint.base_url, self.endpoint.model)
        encoded = msgspec.json.encode((where, request), order="sorted")
        return hashlib.sha256(encoded).hexdigest()

    def _reserve(self, request: ChatRequest) -> float:
        """Set the most that this request can cost aside: no token is shorter than a byte."""
        size = sum(len(message.content.encode()) + 8 for message in request.messages)
        worst = self.endpoint.cost(size, request.max_tokens)
        limit = self.endpoint.max_cost
        if limit is not None and self.usage.cost + self._reserved + worst > limit:
            raise BudgetError(
                f"the next request could pass the budget of {limit:g} (spent: "
                f"{self.usage.cost:.4g} in {self.usage.requests} requests)",
                hint="every reply so far is stored; go on with a higher budget",
            )
        self._reserved += worst
        return worst

    async def _ask_with_retries(self, request: ChatRequest) -> Reply:
        from openai import APIConnectionError, APIStatusError

        for left in reversed(range(self.endpoint.tries)):
            wait = None
            try:
                self.usage.requests += 1
                return await self._send(request)
            except APIStatusError as error:
                what = f"status {error.status_code}: {error.message}"
                if error.status_code in _HOPELESS or _no_quota(error):
                    raise self._failed(request, what, EndpointError) from None
                if error.status_code not in _RETRYABLE and error.status_code < 500:
                    raise self._failed(request, what, RefusedRequestError) from None
                wait = _retry_after(error)
            except APIConnectionError as error:
                what = f"{type(error).__name__}: {error.__cause__ or error}"
            except (_MalformedReply, ValueError) as error:  # ValueError: a body that is no JSON
                what = f"malformed reply: {error}"
            if not left or (wait is not None and wait > _LONGEST_WAIT):
                break
            self.usage.retries += 1
            await asyncio.sleep(self._pause(self.endpoint.tries - 1 - left, wait))
        raise self._failed(request, what)

    def _pause(self, failures: int, wait: float | None) -> float:
        """Seconds until the next attempt: what the endpoint asked for, else jittered doubling."""
        jitter = random.uniform(0.5, 1.0)  # not seeded: it must differ between processes
        backoff = min(self.endpoint.backoff * 2.0**failures, 30.0) * jitter
        return backoff if wait is None else wait + backoff / 10

    async def _send(self, request: ChatRequest) -> Reply:
        if self._openai is None:
            raise RuntimeError("use the client inside `async with`")
        options: dict[str, Any] = {}
        if request.schema is not None:
            schema = {"name": "reply", "strict": True, "schema": request.schema}
            options["response_format"] = {"type": "json_schema", "json_schema": schema}
        if request.top_p < 1.0:
            options["top_p"] = request.top_p
        if request.seed is not None:
            options["seed"] = request.seed
        if request.stop:
            options["stop"] = list(request.stop)
        messages: list[Any] = [{"role": m.role, "content": m.content} for m in request.messages]
        made = await self._openai.chat.completions.create(
            model=self.endpoint.model,
            messages=messages,
            temperature=request.temperature,
            max_tokens=request.max_tokens,
            **options,
        )
        return _read(made, request)

    def _failed(self, request: ChatRequest, what: str, kind: type[LLMError] = LLMError) -> LLMError:
        text = what.replace(self._key, "***")[:500]
        return kind(
            f"{request.item}: {self.endpoint.model} at {self.endpoint.base_url} failed: {text}",
            hint="check address, model and key; replies so far are stored, run again to go on",
        )


class _MalformedReply(Exception):
    """A body that is JSON, but no chat completion with a text."""


def _read(made: Any, request: ChatRequest) -> Reply:
    """The reply in a response object, of which a broken server may leave out anything."""
    choices = getattr(made, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise _MalformedReply("no choices")
    message = getattr(choices[0], "message", None)
    refusal = getattr(message, "refusal", None)
    reason = "refusal" if refusal else str(getattr(choices[0], "finish_reason", None) or "")
    text = refusal or getattr(message, "content", None)
    if request.may_be_empty and message is not None and text is None and reason:
        text = ""
    if not isinstance(text, str) or not (text or (request.may_be_empty and reason)):
        raise _MalformedReply("no text")
    usage = getattr(made, "usage", None)
    return Reply(
        text=text,
        finish_reason=reason,
        prompt_tokens=_count(usage, "prompt_tokens", estimate_tokens(request.messages)),
        completion_tokens=_count(usage, "completion_tokens", len(text.encode()) // 3 + 1),
    )


def _count(usage: Any, name: str, otherwise: int) -> int:
    """A count of the endpoint's; a budget must not take a missing one for nothing."""
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value > 0 else otherwise


def _find_key(endpoint: Endpoint) -> str:
    key = os.environ.get(endpoint.key_variable)
    if key:
        return key
    if urlsplit(endpoint.base_url).hostname in ("localhost", "127.0.0.1", "::1"):
        return "no-key-needed"
    raise ConfigError(
        f"no key for {endpoint.base_url}: ${endpoint.key_variable} is not set",
        hint=f"export {endpoint.key_variable}=... in the shell; it is never written anywhere",
    )


def _no_quota(error: "APIStatusError") -> bool:
    return getattr(error, "code", None) == "insufficient_quota"


def _retry_after(error: "APIStatusError") -> float | None:
    """Seconds that the endpoint asks to wait: a number or a date (RFC 9110, 10.2.3)."""
    value = error.response.headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
