"""A hard limit on the cost of a run with many concurrent requests."""

import asyncio

from ultralink_data.errors import BudgetError
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.llm.request import ChatRequest, Usage, most_tokens


class Budget:
    """Reserves the highest possible cost of a request before it is sent.

    The sum of what was paid, what may have been paid without a reply (`Usage.lost`) and what is
    reserved never exceeds the limit. If an endpoint counts more tokens than a request has bytes (it
    adds a prompt of its own), later reservations grow by the difference. Without a limit nothing
    waits. Use it within one event loop: nothing else runs between reading the sums and changing
    them.
    """

    def __init__(self, endpoint: Endpoint, usage: Usage) -> None:
        self._endpoint = endpoint
        self._usage = usage
        self._reserved = 0.0
        self._excess = 0.0
        self._released = asyncio.Event()

    async def reserve(self, request: ChatRequest) -> float:
        """The reserved amount, for `release`; waits while only requests in flight stand in the way.

        Raises:
            BudgetError: the request could exceed the limit whatever those in flight cost.
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
        """Release what `reserve` set aside; the true cost is in the usage by now."""
        self._reserved = max(0.0, self._reserved - worst)
        self._excess = max(self._excess, cost - worst)
        self._released.set()

    def _spent(self) -> float:
        return self._usage.cost + self._usage.lost

    def _passed(self, limit: float) -> BudgetError:
        usage = self._usage
        lost = f", and {usage.lost:.4g} that may be billed without a reply" if usage.lost else ""
        return BudgetError(
            f"the next request could exceed the budget of {limit:g} (spent: {usage.cost:.4g} in "
            f"{usage.requests} requests{lost})",
            hint="every reply so far is stored; continue with a higher budget",
        )
