"""What is asked of a language model, where, within which limits, and what comes back."""

import math
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

BATCH_PRICE = 0.5
"""Of the price of a request on its own, where it is sent in a batch."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to ask and within which limits.

    `timeout` and `backoff` (the first wait after a failure, doubled each time) are in seconds,
    prices and `max_cost` in one currency, prices per million tokens. `tries` counts the attempts
    at one request before it fails. `batch` sends requests by the provider's batch interface, at
    half the price and within a day.
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
    batch: bool = False

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
        for name in ("backoff", "price_in", "price_out", "max_cost"):
            if (getattr(self, name) or 0) < 0:
                raise ValueError(f"{name} must be 0 or more, got {getattr(self, name)}")
        if self.max_cost is not None and not self.price_in and not self.price_out:
            raise ValueError(f"max_cost {self.max_cost:g} needs a price: nothing would count")

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens cost."""
        full = (prompt_tokens * self.price_in + completion_tokens * self.price_out) / 1e6
        return full * BATCH_PRICE if self.batch else full


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

    The text is empty only where `finish_reason` is "length" (all tokens went into reasoning, say)
    or "content_filter", or where the request allows it.
    Tokens are as the endpoint counted them, or about as many where it does not say.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


class Usage(msgspec.Struct, kw_only=True):
    """What was asked and paid since the client was made; `cached` replies cost nothing.

    `requests` counts attempts, `answered` replies with a text. `lost` is the most that attempts
    can have cost of which no reply came back (a time-out, a connection that broke, a body that
    was cut): an endpoint may bill them, so a budget counts them.
    """

    requests: int = 0
    answered: int = 0
    cached: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    lost: float = 0.0


def most_tokens(request: ChatRequest) -> int:
    """No prompt has more tokens than this: none is shorter than a byte, a message adds a few."""
    size = sum(len(message.content.encode()) + 8 for message in request.messages)
    return size if request.schema is None else size + len(msgspec.json.encode(request.schema))


def estimate_tokens(messages: tuple[Message, ...]) -> int:
    """About how many tokens a prompt has: three bytes of UTF-8 each, five more a message."""
    return sum(len(message.content.encode()) // 3 + 5 for message in messages)
