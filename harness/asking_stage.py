"""Runs a stage that asks a model: stored replies, progress with rate, time left and spend."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar

from harness import show
from ultralink_data.llm import Client, Endpoint, Usage
from ultralink_data.llm_cache import ReplyCache
from ultralink_data.stage_run import run_asking
from ultralink_data.stages import Outcome, Row, Stage, StageManifest

R = TypeVar("R", bound=Row)
T = TypeVar("T")


def run_stage(
    rows: Callable[[], Iterable[R]],
    work: Callable[[R, Client], Awaitable[Outcome[T]]],
    out: Path,
    stage: Stage,
    *,
    endpoint: Endpoint,
    runs: Path,
    total: int,
    replace: bool = False,
    usage: Usage | None = None,
) -> StageManifest:
    """Run `work` on every row, `endpoint.concurrency` at a time; `rows` opens the input anew.

    Stages that are given the same `usage` share one budget.

    Raises:
        BenchError: see `stage_run.run_asking`; what was done is kept.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = show.console(error=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[what]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )

    async def drive(bar: Progress, cache: ReplyCache) -> StageManifest:
        line = bar.add_task(stage.name, total=total, what="")
        async with Client(endpoint, cache, usage) as client:
            before = client.usage.requests

            def advance(done: int, still_open: int) -> None:
                elapsed = bar.tasks[0].elapsed or 0.0
                rate = 60 * (client.usage.requests - before) / elapsed if elapsed else 0.0
                what = f"{rate:.0f} requests/min, spent {client.usage.cost:.2f}"
                what += f", {still_open} open" if still_open else ""
                bar.update(line, completed=done, what=what)

            return await run_asking(
                rows,
                lambda row: work(row, client),
                out,
                stage,
                concurrency=endpoint.concurrency,
                advance=advance,
                replace=replace,
            )

    with (
        ReplyCache(runs / "llm_cache" / "replies.sqlite") as cache,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        return asyncio.run(drive(bar, cache))
