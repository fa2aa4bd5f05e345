"""A model behind an OpenAI-compatible endpoint, as an lm-eval model.

lm-eval has its own (`local-chat-completions`). It hides whether the token limit ended an answer,
sends the same seed for every sample of a problem, and sends an empty list of stops, which OpenAI
refuses. So only its interface is used. Requests are sent by `ultralink_data.llm.client`: each reply
is stored when it arrives, and a killed evaluation later asks only for the rest.
"""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from lm_eval.api.model import LM

from tasks.models.generation import MOST_STOPS, Ends, OnEnded, RowEnd, cut_at, request_key
from ultralink_data.errors import RefusedRequestError
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Message
from ultralink_data.llm.drain import drain
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.llm.parameters import TakenParameters


class ChatEndpoint(LM):  # type: ignore[misc]  # lm-eval is not typed
    """Sends chats, as many at a time as the endpoint allows; `pop` says how each answer ended."""

    max_length: None = None
    """Unknown: the endpoint refuses a prompt that is too long, and the row records that."""

    def __init__(self, endpoint: Endpoint, replies: Path, *, seed: int) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._replies = replies
        self._seed = seed
        self._ends: Ends = {}
        self.on_ended: OnEnded = lambda count: None

    @property
    def tokenizer_name(self) -> str:
        """None: the endpoint applies its own template."""
        return ""

    def apply_chat_template(self, chat_history: list[dict[str, str]], **_: Any) -> str:
        """The messages as JSON, read again when they are sent."""
        return json.dumps(chat_history, ensure_ascii=False)

    def generate_until(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[str]:
        """The answers, in order; empty if the endpoint refuses the request, see `pop`.

        Raises:
            ConfigError: there is no key for this endpoint.
            EndpointError: the endpoint refuses every request.
            LLMError: every try of a request failed.
        """
        seen: Counter[str] = Counter()
        work = []
        for request in requests:
            context, settings = request.args
            key = request_key(context, settings)
            work.append(_chat_request(context, settings, self._seed, seen[key]))
            seen[key] += 1
        stops = [request.args[1]["until"] for request in requests]
        asked = asyncio.run(self._ask_all(work))
        answers = [_cut(*one, until) for one, until in zip(asked, stops, strict=True)]
        for request, (_, end) in zip(requests, answers, strict=True):
            self._ends.setdefault(request_key(*request.args), deque()).append(end)
        return [text for text, _ in answers]

    def pop(self) -> Ends:
        """How each answer since the last call ended, by what was asked."""
        ends, self._ends = self._ends, {}
        return ends

    def left_out(self) -> tuple[str, ...]:
        """Parameters that the endpoint does not accept, as found in this or an earlier run."""
        with ReplyCache(self._replies) as cache:
            return TakenParameters(self._endpoint, cache).left_out

    async def _ask_all(self, work: Sequence[ChatRequest]) -> list[tuple[str, RowEnd]]:
        """Send all requests; if one fails, await and store those in flight (paid for)."""
        found: dict[int, tuple[str, RowEnd]] = {}
        with ReplyCache(self._replies) as cache:
            async with Client(self._endpoint, cache) as client:

                async def go_on(numbered: tuple[int, ChatRequest]) -> None:
                    found[numbered[0]] = await _ask(client, numbered[1])
                    self.on_ended(len(found))

                await drain(iter(enumerate(work)), go_on, self._endpoint.concurrency)
        return [found[number] for number in range(len(work))]

    def loglikelihood(self, requests: Any, **_: Any) -> Any:
        """Not to be had; `EvalConfig` refuses them before anything runs."""
        raise NotImplementedError("a chat endpoint gives no log-likelihoods")

    def loglikelihood_rolling(self, requests: Any, **_: Any) -> Any:
        """Not to be had; `EvalConfig` refuses them before anything runs."""
        raise NotImplementedError("a chat endpoint gives no log-likelihoods")


def _chat_request(context: str, settings: dict[str, Any], seed: int, repeat: int) -> ChatRequest:
    """Our form of an lm-eval request; samples of one problem differ in their seed."""
    sampled = settings["do_sample"]
    messages = tuple(msgspec.convert(json.loads(context), list[Message]))
    return ChatRequest(
        item=messages[-1].content[:40],
        messages=messages,
        max_tokens=settings["max_gen_toks"],
        temperature=settings["temperature"],
        top_p=settings["top_p"] if sampled else 1.0,
        seed=seed + repeat if sampled else None,
        stop=tuple(settings["until"][:MOST_STOPS]),
        may_be_empty=True,
    )


async def _ask(client: Client, request: ChatRequest) -> tuple[str, RowEnd]:
    try:
        reply = await client.ask(request)
    except RefusedRequestError as error:
        return "", RowEnd(failure=error.message)
    return reply.text, RowEnd(hit_limit=reply.finish_reason == "length", thinking=reply.thinking)


def _cut(text: str, end: RowEnd, stops: Sequence[str]) -> tuple[str, RowEnd]:
    """The answer up to its first stop: not all of them may have been sent.

    What a stop ends was not ended by the token limit.
    """
    cut = cut_at(text, stops)
    return cut, end if cut == text else end._replace(hit_limit=False)
