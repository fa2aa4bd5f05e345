"""What is asked of a language model, and what comes back."""

import re
from typing import Any, Literal

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


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
    or "content_filter", where the request allows it, or where all of it was thinking and stripped.
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


_THINKING = re.compile(r"\s*(?:<think>)?.*?</think>\s*|\s*<think>.*", re.DOTALL)
"""A template may open the block in the prompt; a limit of tokens may cut it before its end."""


def without_thinking(reply: Reply) -> Reply:
    """The reply without the block of thinking that it begins with."""
    found = _THINKING.match(reply.text)
    if found is None:
        return reply
    return msgspec.structs.replace(reply, text=reply.text[found.end() :])


def most_tokens(request: ChatRequest) -> int:
    """No prompt has more tokens than this: none is shorter than a byte, a message adds a few."""
    size = sum(len(message.content.encode()) + 8 for message in request.messages)
    return size if request.schema is None else size + len(msgspec.json.encode(request.schema))


def estimate_tokens(messages: tuple[Message, ...]) -> int:
    """About how many tokens a prompt has: three bytes of UTF-8 each, five more a message."""
    return sum(len(message.content.encode()) // 3 + 5 for message in messages)
