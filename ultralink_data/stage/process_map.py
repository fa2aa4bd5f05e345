"""An ordered map over processes, for work that computes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

X = TypeVar("X")
Y = TypeVar("Y")

_AHEAD = 3
"""Pieces a process that are under way or done and not yet taken: bounds the memory."""


def process_map(
    pieces: Iterable[X],
    work: Callable[[X], Y],
    processes: int,
    *,
    start: Callable[..., None] | None = None,
    made: tuple[Any, ...] = (),
) -> Iterator[tuple[X, Y]]:
    """Each piece with the result of `work`, in the order of the input.

    `work` and `start` are module-level functions. `start(*made)` runs once in each process, or in
    this one if `processes` is 1. If the caller stops early, pieces not yet begun are dropped.

    Raises:
        Exception: what `pieces`, `start` or `work` raise.
    """
    if processes == 1:
        if start is not None:
            start(*made)
        for piece in pieces:
            yield piece, work(piece)
        return
    with ProcessPoolExecutor(
        processes, get_context("forkserver"), initializer=start, initargs=made
    ) as pool:
        under_way: deque[tuple[X, Future[Y]]] = deque()
        try:
            for piece in pieces:
                under_way.append((piece, pool.submit(work, piece)))
                if len(under_way) > _AHEAD * processes:
                    taken, result = under_way.popleft()
                    yield taken, result.result()
            while under_way:
                taken, result = under_way.popleft()
                yield taken, result.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
