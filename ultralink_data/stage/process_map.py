"""An ordered map over processes, for work that computes."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running
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
    preload: Sequence[str] = (),
) -> Iterator[tuple[X, Y]]:
    """Each piece with the result of `work`, in the order of the input.

    `work` and `start` are module-level functions. `start(*made)` runs once in each process, or in
    this one if `processes` is 1. `preload` names modules that all processes share, loaded once. If
    the caller stops early, pieces not yet begun are dropped.

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
        processes, _forking(preload), initializer=start, initargs=made
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


def _forking(preload: Sequence[str]) -> ForkServerContext:
    """How processes begin: as copies of a server that has loaded modules; it has no threads.

    One server serves all calls of a process, so that the modules of the first call are loaded.
    """
    context = get_context("forkserver")
    if preload and not sys.flags.ignore_environment:
        # The server begins without its parent's path and looks into the current folder first.
        ours = {
            "PYTHONPATH": os.pathsep.join(folder or os.getcwd() for folder in sys.path),
            "PYTHONSAFEPATH": "1",
        }
        before = {name: os.environ.get(name) for name in ours}
        context.set_forkserver_preload(list(preload))
        os.environ.update(ours)
        try:
            ensure_running()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
    return context
