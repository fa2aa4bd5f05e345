"""Judge many pairs at once: the estimate before, the requests, the verdicts in order."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tasks.judging.judge import (
    MAX_TOKENS,
    JudgeVerdict,
    Pair,
    Protocol,
    Result,
    compare,
    first_request,
    orders,
    read_strict,
)
from ultralink_data.errors import EndpointError, LLMError, RefusedRequestError
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client, Endpoint, Usage, estimate_tokens
from ultralink_data.llm.drain import drain

_HOPELESS = 20
"""So many failed requests after one another, with no reply between, end a run."""


class PairComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One pair in one order with its language's template."""

    pair: Pair
    template: str
    model_first: bool


class CostEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What judging would take: requests that are not stored, tokens and cost about.

    Every reply is taken to be as long as it may be; retries are not foreseen.
    """

    requests: int
    stored: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


def comparisons(pairs: Iterable[Pair], template: str, protocol: Protocol) -> list[PairComparison]:
    """Every comparison of these pairs, those of one pair after one another."""
    return [
        PairComparison(pair=pair, template=template, model_first=first)
        for pair in pairs
        for first in orders(pair, protocol)
    ]


def estimate(
    client: Client, listed: Sequence[PairComparison], *, structured: bool = False
) -> CostEstimate:
    """What `judge` would ask for; sends nothing."""
    stored = prompt = count = 0
    for one in listed:
        if one.pair.output == one.pair.baseline:
            continue
        request = first_request(one.pair, one.template, one.model_first, structured=structured)
        if client.is_cached(request):
            stored += 1
        else:
            count += 1
            prompt += estimate_tokens(request.messages)
    return CostEstimate(
        requests=count,
        stored=stored,
        prompt_tokens=prompt,
        completion_tokens=count * MAX_TOKENS,
        cost=client.endpoint.cost(prompt, count * MAX_TOKENS),
    )


def structured_known(endpoint: Endpoint, cache: ReplyCache) -> bool | None:
    """Whether the endpoint follows a schema, as `judge` has found out; None: not yet."""
    stored = cache.get(_structured_key(endpoint))
    return None if stored is None else stored == b"yes"


class JudgedPairs(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts of all comparisons in their order, what they took, and how they were asked.

    `left_out` are parameters that the judge does not take: it was not told of them.
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
    on_done: Callable[[int, Usage], None] = lambda done, usage: None,
    on_left_out: Callable[[str], None] = lambda text: None,
) -> JudgedPairs:
    """Judge all comparisons.

    `structured` None finds out first whether the endpoint follows a schema, by asking for one
    comparison so, and stores the answer. When judging ends early, requests in flight are waited
    for and their replies stored.

    Raises:
        EndpointError: the endpoint refuses every request, or does not answer at all.
        BudgetError: the next request could pass the budget.
    """
    client = Client(endpoint, cache, on_left_out=on_left_out)
    return asyncio.run(_judge(client, cache, listed, protocol, structured, on_done))


async def _judge(
    client: Client,
    cache: ReplyCache,
    listed: Sequence[PairComparison],
    protocol: Protocol,
    structured: bool | None,
    on_done: Callable[[int, Usage], None],
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
                f"{failed_in_a_row} requests failed after one another: {verdict.detail}",
                hint="mend the endpoint and run again; replies so far are stored",
            )
        on_done(len(found), client.usage)

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
    """Whether the endpoint takes and follows a schema, tried on a comparison that needs a reply."""
    one = next((one for one in listed if one.pair.output != one.pair.baseline), None)
    if one is None:
        return False
    try:
        reply = await client.ask(
            first_request(one.pair, one.template, one.model_first, structured=True)
        )
        taken = "response_format" not in client.left_out
        follows = taken and read_strict(reply.text) is not None
    except RefusedRequestError:
        follows = False
    except EndpointError:
        raise
    except LLMError:
        return False  # not found out: tried again next time
    cache.put(_structured_key(client.endpoint), b"yes" if follows else b"no")
    return follows


def _structured_key(endpoint: Endpoint) -> str:
    return f"{endpoint.identity.key}: structured output"
