"""A hard limit on what a run may cost, for many requests at a time."""

import asyncio

from ultralink_data.errors import BudgetError
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.llm.request import ChatRequest, Usage, most_tokens


class Budget:
    """Sets the most that a request can cost aside before it is sent.

    What was paid, what may have been paid without a reply (`Usage.lost`) and what is set aside
    never add up to more than the limit. Where an endpoint counts more tokens than a request has
    bytes (it adds a prompt of its own), as much more is set aside from then on. Without a limit
    nothing waits. Within one event loop: between a look at the sums and their change nothing else
    runs.
    """

    def __init__(self, endpoint: Endpoint, usage: Usage) -> None:
        self._endpoint = endpoint
        self._usage = usage
        self._reserved = 0.0
        self._excess = 0.0
        self._released = asyncio.Event()

    async def reserve(self, request: ChatRequest) -> float:
        """What was set aside, for `release`; waits while only requests in flight stand against it.

        Raises:
            BudgetError: the request could pass the limit whatever those in flight come to.
        """
        worst = self._endpoint.cost(most_tokens(request), request.max_tokens) + self._excess
        limit = self._endpoint.max_cost
        while limit is not None and self._spent() + self._reserved + worst > limit:
            if not self._reserved or self._spent() + worst > limit:
                raise self._passed(limit)
            self._released.clear()
            await self._released.wait()
        self._reserved += worst
        return worst

    def release(self, worst: float, cost: float) -> None:
        """Give back what `reserve` set aside; the true cost stands in the usage by now."""
        self._reserved = max(0.0, self._reserved - worst)
        self._excess = max(self._excess, cost - worst)
        self._released.set()

    def _spent(self) -> float:
        return self._usage.cost + self._usage.lost

    def _passed(self, limit: float) -> BudgetError:
        usage = self._usage
        lost = f", and {usage.lost:.4g} that may be billed without a reply" if usage.lost else ""
        return BudgetError(
            f"the next request could pass the budget of {limit:g} (spent: {usage.cost:.4g} in "
            f"{usage.requests} requests{lost})",
            hint="every reply so far is stored; go on with a higher budget",
        )
