"""The one description of a chat endpoint: what decides its replies, and how it is reached and paid.

Everything that stores or compares model output uses `EndpointIdentity`: reply keys, stage settings,
evaluations, batches. Settings that do not affect a reply (API key, prices, limits) are not part of
it.
"""

import hashlib
import math
import sys
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

BATCH_PRICE = 0.5
"""Of the price of a request on its own, where it is sent in a batch."""

OPENAI: Final = "https://api.openai.com/v1"
"""The endpoint that is asked where a command names none."""

IN_BATCHES: Final = 10_000
"""Rows that wait for the provider's batches: they lie in memory, so not as many as it takes."""

Thinking = Literal["keep", "strip"]

OLD_LIMIT, NEW_LIMIT = "max_tokens", "max_completion_tokens"
"""Names of the limit of a reply's tokens; models that reason take the second one only."""

OPTIONAL: Final = ("temperature", "top_p", "seed", "stop", "response_format")
"""What a request may go without: left out where the endpoint refuses it."""

PARAMETERS: Final = (*OPTIONAL, OLD_LIMIT, NEW_LIMIT)
"""All that `never_send` may name."""

_OURS: Final = {"model", "messages", "stream", "n", *PARAMETERS} - {"top_p"}
"""Fields that `extra_body` may not hold: a record would tell something else than was asked."""


class EndpointIdentity(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What decides the reply to a request: which model, and how it is asked.

    Raises:
        ValueError: an address or a name that cannot be, or settings that contradict each other.
    """

    base_url: str
    """Address of the endpoint: `http://HOST/v1`."""
    model: str
    """Name of the model at the endpoint."""
    extra_body: dict[str, Any] = {}
    """JSON fields added to every request, e.g. '{"chat_template_kwargs": {...}}'."""
    never_send: tuple[str, ...] = ()
    """Parameters to leave out of every request, e.g. temperature,seed. Those that the endpoint
    refuses are left out automatically. Naming `max_tokens` sends `max_completion_tokens`
    instead."""
    thinking: Thinking = "keep"
    """Keep or strip blocks of thinking (<think> and the like) in a reply."""
    temperature: float | None = None
    """Temperature of every request; null: what the step asks for."""

    def __post_init__(self) -> None:
        """Check the address and the names."""
        address = urlsplit(self.base_url)
        if "@" in address.netloc or address.query:
            # Not quoted: it may hold a password, which would end up in reports.
            raise ValueError("base_url must not have a user, password or query")
        if address.scheme not in ("http", "https"):
            raise ValueError(f"base_url must start with http:// or https://, got {self.base_url!r}")
        if not self.model:
            raise ValueError("the endpoint's model has no name")
        for name in self.extra_body:
            if name in _OURS:
                raise ValueError(f"extra_body must not have {name!r}, which is set elsewhere")
        for name in self.never_send:
            if name not in PARAMETERS:
                raise ValueError(f"never_send: {name!r} is none of {', '.join(PARAMETERS)}")
            if name in self.extra_body:
                raise ValueError(f"{name!r} is in both never_send and extra_body")
        if self.temperature is not None:
            if not 0 <= self.temperature <= 2:
                raise ValueError(f"temperature must be from 0 to 2, got {self.temperature}")
            if "temperature" in self.never_send:
                raise ValueError("never_send names temperature, which is given")
        # Sorted: `a,b` and `b,a` are the same endpoint.
        msgspec.structs.force_setattr(self, "never_send", tuple(sorted(set(self.never_send))))
        # A default that is given is the same endpoint as one that is not: msgspec leaves out
        # defaults of the very same object only, and a word that was typed or read is another.
        msgspec.structs.force_setattr(self, "thinking", sys.intern(self.thinking))

    @property
    def key(self) -> str:
        """Hash of all fields."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()

    def endpoint(self, **limits: Any) -> "Endpoint":
        """How to reach it, `limits` being fields of `Endpoint`."""
        return Endpoint(**msgspec.structs.asdict(self), **limits)


class Endpoint(EndpointIdentity, frozen=True, kw_only=True, omit_defaults=False):
    """Where to send requests and within which limits; prices and costs in one currency.

    The fields are written out in full, so that `--set` finds each of them.

    Raises:
        ValueError: as of the identity, or a limit out of its range.
    """

    key_variable: str = "OPENAI_API_KEY"
    """Environment variable with the API key."""
    concurrency: int = 16
    """Requests at a time; with --batch, 10,000 unless given."""
    timeout: float = 60.0
    """Time limit of a request, in seconds."""
    tries: int = 6
    """Attempts per request."""
    backoff: float = 0.5
    """Wait after the first failure, in seconds; doubles each time."""
    price_in: float = 0.0
    """Price of a million prompt tokens."""
    price_out: float = 0.0
    """Price of a million reply tokens."""
    max_cost: float | None = None
    """Stop before the cost exceeds this."""
    batch: bool = False
    """Use the provider's batch interface: half the price, replies within a day."""

    def __post_init__(self) -> None:
        """Check ranges."""
        EndpointIdentity.__post_init__(self)
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
        if self.max_cost is not None and {OLD_LIMIT, NEW_LIMIT} <= set(self.never_send):
            raise ValueError(f"max_cost {self.max_cost:g} needs a limit of tokens to be sent")

    @property
    def identity(self) -> EndpointIdentity:
        """The part that decides its replies."""
        fields = EndpointIdentity.__struct_fields__
        return EndpointIdentity(**{name: getattr(self, name) for name in fields})

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """The cost of these tokens."""
        full = (prompt_tokens * self.price_in + completion_tokens * self.price_out) / 1e6
        return full * BATCH_PRICE if self.batch else full
