"""Works through requests, `concurrency` at a time, and loses nothing that was paid for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

X = TypeVar("X")


async def drain(
    waiting: Iterator[X], work: Callable[[X], Awaitable[None]], concurrency: int
) -> None:
    """Pass each of `waiting` to `work`, `concurrency` at a time, started in order.

    After the first error, of `work` or of `waiting` itself, nothing new is started. Work in flight
    still runs to its end, as its reply is paid for; then the error is raised.

    Raises:
        Exception: the first that `work` or `waiting` raised.
    """
    first: list[Exception] = []
    nothing = object()

    async def worker() -> None:
        while not first:
            try:
                piece = next(waiting, nothing)
                if piece is nothing:
                    return
                await work(piece)  # type: ignore[arg-type] # `nothing` is gone
            except Exception as error:  # noqa: BLE001 - a task's error would cancel its neighbours
                first.append(error)

    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(worker())
    if first:
        raise first[0]
