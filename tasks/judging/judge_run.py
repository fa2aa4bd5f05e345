"""Judge many pairs at once: estimate the cost, send the requests, return verdicts in order."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tasks.judging.judge import (
    MAX_TOKENS,
    JudgeVerdict,
    Pair,
    Result,
    ask_judge,
    compare,
    first_request,
    orders,
    read_strict,
)
from tasks.judging.judge_config import Protocol
from ultralink_data.errors import EndpointError, LLMError, RefusedRequestError
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client, Endpoint, Usage, estimate_tokens, reply_key
from ultralink_data.llm.drain import drain

_HOPELESS = 20
"""This many failed requests in a row, with no reply in between, end a run."""


class PairComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One pair in one order, with the template of its language."""

    pair: Pair
    template: str
    model_first: bool


class CostEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """Estimated requests (without a stored reply), tokens and cost of judging.

    Every reply is assumed to have the maximum length; retries are not counted. `cost` is None where
    no price is known.
    """

    requests: int
    stored: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


def comparisons(pairs: Iterable[Pair], template: str, protocol: Protocol) -> list[PairComparison]:
    """Every comparison of these pairs, grouped by pair."""
    return [
        PairComparison(pair=pair, template=template, model_first=first)
        for pair in pairs
        for first in orders(pair, protocol)
    ]


def estimate(
    endpoint: Endpoint,
    cache: ReplyCache,
    listed: Sequence[PairComparison],
    *,
    structured: bool = False,
) -> CostEstimate:
    """Estimate what `judge` would send, without sending anything; no key is needed."""
    stored = prompt = count = 0
    for one in listed:
        if one.pair.output == one.pair.baseline:
            continue
        request = first_request(one.pair, one.template, one.model_first, structured=structured)
        if cache.get(reply_key(endpoint, request)) is not None:
            stored += 1
        else:
            count += 1
            prompt += estimate_tokens(request.messages)
    return CostEstimate(
        requests=count,
        stored=stored,
        prompt_tokens=prompt,
        completion_tokens=count * MAX_TOKENS,
        cost=endpoint.cost(prompt, count * MAX_TOKENS) if _priced(endpoint) or not count else None,
    )


def _priced(endpoint: Endpoint) -> bool:
    return bool(endpoint.price_in or endpoint.price_out)


def structured_known(endpoint: Endpoint, cache: ReplyCache) -> bool | None:
    """Whether the endpoint follows a schema, as stored by `judge`; None: not known yet."""
    stored = cache.get(_structured_key(endpoint))
    return None if stored is None else stored == b"yes"


class JudgedPairs(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts of all comparisons in order, their usage, and how the judge was asked.

    `left_out` are parameters that the endpoint does not accept and that were not sent.
    """

    verdicts: list[JudgeVerdict]
    usage: Usage
    structured: bool
    left_out: tuple[str, ...]


def judge(
    endpoint: Endpoint,
    cache: ReplyCache,
    listed: Sequence[PairComparison],
    protocol: Protocol,
    *,
    structured: bool | None = False,
    usage: Usage | None = None,
    on_done: Callable[[int], None] = lambda done: None,
    on_left_out: Callable[[str], None] = lambda text: None,
) -> JudgedPairs:
    """Judge all comparisons.

    With `structured` None, one comparison is sent with a schema first to find out whether the
    endpoint follows it, and the finding is stored. Requests and their cost are counted into
    `usage`. If judging ends early, requests in flight are awaited and their replies stored.

    Raises:
        EndpointError: the endpoint refuses every request, or never answers.
        BudgetError: the next request could exceed the budget.
    """
    client = Client(endpoint, cache, usage, on_left_out=on_left_out)
    return asyncio.run(_judge(client, cache, listed, protocol, structured, on_done))


async def _judge(
    client: Client,
    cache: ReplyCache,
    listed: Sequence[PairComparison],
    protocol: Protocol,
    structured: bool | None,
    on_done: Callable[[int], None],
) -> JudgedPairs:
    found: dict[int, JudgeVerdict] = {}
    failed_in_a_row = 0

    async def work(numbered: tuple[int, PairComparison]) -> None:
        nonlocal failed_in_a_row
        number, one = numbered
        verdict = await compare(
            client, one.pair, one.template, one.model_first, protocol, structured=by_schema
        )
        found[number] = verdict
        failed_in_a_row = failed_in_a_row + 1 if verdict.result is Result.ERROR else 0
        if failed_in_a_row >= _HOPELESS:
            raise EndpointError(
                f"{failed_in_a_row} requests failed in a row: {verdict.detail}",
                hint="fix the endpoint and run again; replies so far are stored",
            )
        on_done(len(found))

    async with client:
        by_schema = (
            await _find_structured(client, cache, listed) if structured is None else structured
        )
        await drain(iter(enumerate(listed)), work, client.endpoint.concurrency)
    verdicts = [found[number] for number in range(len(listed))]
    return JudgedPairs(
        verdicts=verdicts,
        usage=client.usage,
        structured=by_schema and "response_format" not in client.left_out,
        left_out=client.left_out,
    )


async def _find_structured(
    client: Client, cache: ReplyCache, listed: Sequence[PairComparison]
) -> bool:
    """Whether the endpoint accepts and follows a schema, tried on an unanswered comparison."""
    one = next((one for one in listed if one.pair.output != one.pair.baseline), None)
    if one is None:
        return False
    try:
        reply = await ask_judge(
            client, first_request(one.pair, one.template, one.model_first, structured=True)
        )
        taken = "response_format" not in client.left_out
        follows = taken and read_strict(reply.text) is not None
    except RefusedRequestError:
        follows = False
    except EndpointError:
        raise
    except LLMError:
        return False  # not known: tried again next time
    cache.put(_structured_key(client.endpoint), b"yes" if follows else b"no")
    return follows


def _structured_key(endpoint: Endpoint) -> str:
    return f"{endpoint.identity.key}: structured output"
