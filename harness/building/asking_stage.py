"""Runs a stage that asks a model: stored replies, progress with rate, time left and spend."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from harness.building.asking_progress import Shown, showing
from ultralink_data.errors import BenchError
from ultralink_data.llm.batch import BatchClient
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client, Endpoint, Usage
from ultralink_data.stage.drive import run_asking
from ultralink_data.stage.outcome import BuildingStage, Row, RowOutcome, StageManifest

R = TypeVar("R", bound=Row)
T = TypeVar("T")


class ModelAccess(NamedTuple):
    """How a stage reaches its model: replies are stored below `runs`.

    Stages that are given the same `usage` share one budget.
    """

    endpoint: Endpoint
    runs: Path
    usage: Usage | None = None


def run_stage(
    rows: Callable[[], Iterable[R]],
    work: Callable[[R, Client], Awaitable[RowOutcome[T]]],
    out: Path,
    stage: BuildingStage,
    *,
    access: ModelAccess,
    total: int,
    replace: bool = False,
) -> StageManifest:
    """Run `work` on every row, `endpoint.concurrency` at a time; `rows` opens the input anew.

    Raises:
        BenchError: see `stage_run.run_asking`; what was done is kept.
    """
    endpoint = access.endpoint
    counts = Usage() if access.usage is None else access.usage
    with (
        ReplyCache(access.runs / "llm_cache" / "replies.sqlite") as cache,
        showing(stage.name, total, counts, endpoint.max_cost) as shown,
    ):
        client = (
            BatchClient(endpoint, cache, counts, on_status=shown.status, on_left_out=shown.warn)
            if endpoint.batch
            else Client(endpoint, cache, counts, on_left_out=shown.warn)
        )

        async def drive() -> StageManifest:
            async with client:
                if not endpoint.batch:  # a batch is waited for by the next run as well
                    _finish_on_interrupt(client, shown)
                return await run_asking(
                    rows,
                    lambda row: work(row, client),
                    out,
                    stage,
                    concurrency=endpoint.concurrency,
                    price=endpoint.cost,
                    left_out=lambda: client.left_out,
                    advance=shown.advance,
                    replace=replace,
                )

        try:
            return asyncio.run(drive())
        except _InterruptedError:
            raise KeyboardInterrupt from None


class _InterruptedError(BenchError):
    """A person pressed Ctrl-C."""


def _finish_on_interrupt(client: Client, shown: Shown) -> None:
    """Let the first Ctrl-C wait for the requests in flight, which are paid for; not the next."""
    if threading.current_thread() is not threading.main_thread():
        return  # only there do signals arrive
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        client.stop(_InterruptedError("interrupted", hint="the same command goes on"))
        shown.say("\nwaiting for the requests in flight; Ctrl-C again drops them")

    loop.add_signal_handler(signal.SIGINT, stop)
