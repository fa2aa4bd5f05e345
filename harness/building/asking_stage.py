"""The skeleton of every stage that asks a model: rows, settings, client, files, progress."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import msgspec

from harness.engine.stage_code import READER, building_code
from harness.options.defaults import replies
from harness.progress.display import QUIET, Display
from ultralink_data.errors import BenchError, ConfigError, DataError
from ultralink_data.llm.batch import BatchClient
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import Client, Endpoint, Usage
from ultralink_data.stage.drive import run_asking
from ultralink_data.stage.outcome import BuildingStage, Row, RowOutcome, StageManifest, sha256

R = TypeVar("R", bound=Row)
T = TypeVar("T")

_KEPT = "rows and replies so far are stored"


class ModelAccess(NamedTuple):
    """How a stage reaches its model; replies are stored below `runs`.

    Stages with the same `usage` share one budget.
    """

    endpoint: Endpoint
    runs: Path
    usage: Usage | None = None


class Survey(NamedTuple):
    """What was seen in one pass over the rows of a stage."""

    total: int
    languages: frozenset[str]


class AskedRows(NamedTuple, Generic[R]):
    """What a stage asks a model about, and everything that decides its output.

    `rows` reopens the input each time it is called, and raises at a row that cannot be asked about:
    all are read once before anything is paid. `inputs` are the files that the rows come from,
    `decides` the settings besides the endpoint's identity, `modules` those that do the work and
    `caller` the one that defines the stage. `languages` are those that a row takes besides its own.
    """

    name: str
    rows: Callable[[], Iterable[R]]
    inputs: tuple[Path, ...]
    decides: tuple[object, ...]
    caller: str
    modules: tuple[str, ...]
    languages: Callable[[R], Iterable[str]] = lambda row: ()
    unit: str = "row"

    def survey(self) -> Survey:
        """How many rows there are, and in which languages.

        Raises:
            DataError: there is no row, or a bad one.
            BenchError: what `rows` raises.
        """
        total = 0
        languages: set[str] = set()
        for row in self.rows():
            languages.update((row.language, *self.languages(row)))
            total += 1
        if not total:
            files = ", ".join(map(str, self.inputs))
            raise DataError(f"{files} has no {self.unit}", hint="check the file")
        return Survey(total, frozenset(languages))

    def stage(self, access: ModelAccess | None, languages: frozenset[str]) -> BuildingStage:
        """The stage's identity for its files; without access no model is asked."""
        identity = None if access is None else access.endpoint.identity
        code = building_code(self.caller, *self.modules, READER, languages=languages)
        return BuildingStage(
            name=self.name,
            config=msgspec.json.encode((*self.decides, identity)).decode(),
            inputs=tuple(sha256(path) for path in self.inputs),
            code_version=code.source,
            packages=code.packages,
        )


def require_limit(limit: int | None, unit: str) -> None:
    """Check the requested number of rows.

    Raises:
        ConfigError: below 1.
    """
    if limit is not None and limit < 1:
        raise ConfigError(f"--limit {limit}", hint=f"1 or more {unit}")


def run_stage(
    asked: AskedRows[R],
    work: Callable[[R, Client], Awaitable[RowOutcome[T]]],
    out: Path,
    *,
    access: ModelAccess,
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Run `work` on every row, `endpoint.concurrency` at a time.

    Raises:
        BenchError: see `AskedRows.survey` and `stage_run.run_asking`; what was done is kept.
    """
    total, languages = asked.survey()
    stage = asked.stage(access, languages)
    endpoint = access.endpoint
    counts = Usage() if access.usage is None else access.usage
    with (
        ReplyCache(replies(access.runs)) as cache,
        display.work(
            stage.name, total, usage=counts, max_cost=endpoint.max_cost, kept=_KEPT
        ) as meter,
    ):
        client = (
            BatchClient(endpoint, cache, counts, on_status=meter.status, on_left_out=display.warn)
            if endpoint.batch
            else Client(endpoint, cache, counts, on_left_out=display.warn)
        )

        async def drive() -> StageManifest:
            async with client:
                if not endpoint.batch:  # the next run can wait for a batch too
                    _finish_on_interrupt(client, display)
                return await run_asking(
                    asked.rows,
                    lambda row: work(row, client),
                    out,
                    stage,
                    concurrency=endpoint.concurrency,
                    price=endpoint.cost,
                    left_out=lambda: client.left_out,
                    advance=meter.resumed,
                    replace=replace,
                )

        try:
            return asyncio.run(drive())
        except _InterruptedError:
            raise KeyboardInterrupt from None


class _InterruptedError(BenchError):
    """A person pressed Ctrl-C."""


def _finish_on_interrupt(client: Client, display: Display) -> None:
    """Make the first Ctrl-C wait for requests in flight (paid for); the next one ends at once."""
    if threading.current_thread() is not threading.main_thread():
        return  # signals only arrive in the main thread
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        client.stop(_InterruptedError("interrupted", hint="run the same command to continue"))
        display.say("\nwaiting for the requests in flight; Ctrl-C again drops them")

    loop.add_signal_handler(signal.SIGINT, stop)
