"""What is asked of a language model, and what comes back."""

from typing import Any, Literal

import msgspec

from ultralink_data.text.thinking import split_reply, with_thinking


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request for `item`; `attempt` distinguishes repeated questions about one item.

    Only retries of a failed transport share a cache key. `schema` is a JSON schema that the reply
    must follow, for endpoints with structured output. Fields at their default are not sent (except
    the temperature) and are not part of the key. With `may_be_empty` a reply without text is an
    answer; otherwise it is a fault and asked again.
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


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an endpoint answered; `finish_reason` "refusal" marks a text that declines.

    `thinking` is what the endpoint returned apart from the text, and what was stripped from it.

    The text is empty only where `finish_reason` is "length" (all tokens went into reasoning, say)
    or "content_filter", where the request allows it, or where all of it was thinking and stripped.
    Token counts are the endpoint's, or an estimate where it gives none.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    thinking: str = ""


class Usage(msgspec.Struct, kw_only=True):
    """Requests and costs since the client was created; `cached` replies cost nothing.

    `requests` counts attempts, `answered` replies with a text. `lost` is the highest possible cost
    of attempts that brought no reply back (a time-out, a broken connection, a truncated body): an
    endpoint may bill them, so a budget counts them.
    """

    requests: int = 0
    answered: int = 0
    cached: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    lost: float = 0.0


def without_thinking(reply: Reply) -> Reply:
    """The reply without its blocks of thinking, which go to its `thinking`."""
    parts = split_reply(reply.text, only_thinking=True)
    if parts.answer == reply.text:
        return reply
    return msgspec.structs.replace(
        reply,
        text=parts.answer.lstrip(),
        thinking=with_thinking(reply.thinking, parts.thinking),
    )


def most_tokens(request: ChatRequest) -> int:
    """An upper bound on a prompt's tokens: at least one byte each, plus a few per message."""
    size = sum(len(message.content.encode()) + 8 for message in request.messages)
    return size if request.schema is None else size + len(msgspec.json.encode(request.schema))


def estimate_tokens(messages: tuple[Message, ...]) -> int:
    """Estimated tokens of a prompt: one per three bytes of UTF-8, plus five per message."""
    return sum(len(message.content.encode()) // 3 + 5 for message in messages)
