"""Drives a stage: rows are made as slots free up, outcomes stored as they come.

Two engines: `run_asking` for stages that wait for a model, many rows at a time in one event loop;
`run_computing` for stages that compute, over processes.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ultralink_data.errors import (
    AllRefusedError,
    BenchError,
    EndpointError,
    LLMError,
    RefusedRequestError,
    UnprovenEndpointError,
)
from ultralink_data.llm.drain import drain
from ultralink_data.stage.journal import Journal, numbered
from ultralink_data.stage.outcome import (
    REFUSED_REQUEST,
    Advance,
    BuildingStage,
    Price,
    Rejected,
    Row,
    RowOutcome,
    StageManifest,
    finished,
    free,
    ignore,
)
from ultralink_data.stage.process_map import process_map

R = TypeVar("R", bound=Row)
T = TypeVar("T")

_PASSES = 2
"""Times that a row is tried whose request failed for good; faults of an endpoint come in bursts."""

_HELD = 20
"""Twice the rows in flight and so many are held back when requests are refused; see `_Refusals`."""

_DOUBTS = 3
"""Rows that may be forbidden before the endpoint's first answer: the first ones can be at fault."""

_CHUNK = 16
"""Rows that one process takes at a time."""


async def run_asking(
    rows: Callable[[], Iterable[R]],
    work: Callable[[R], Awaitable[RowOutcome[T]]],
    out: Path,
    stage: BuildingStage,
    *,
    concurrency: int,
    price: Price = free,
    left_out: Callable[[], tuple[str, ...]] = tuple,
    advance: Advance = ignore,
    replace: bool = False,
) -> StageManifest:
    """Run a stage that waits for a model; `rows` opens the input, once for each pass.

    `left_out` returns, at the end, the parameters that the endpoint did not accept.

    A request that the endpoint refuses rejects its row (`refused_request`; see `_Refusals`). With
    `replace`, files that another run left at `out` are overwritten when this one is done.

    Raises:
        LLMError: some rows stay open because every try of their requests failed; the others are
            stored.
        EndpointError, BudgetError: the endpoint or the budget stopped the run, or no request was
            answered; requests in flight are finished and stored first.
        ConfigError: `out` was made by something else.
        RuntimeError: `work` has a bug, triggered by the row named; requests in flight are finished
            first.
    """
    done = finished(out, stage, replace=replace)
    if done is not None:
        return done
    with Journal(out, stage) as journal:
        advance(journal.done, 0)
        for _ in range(_PASSES):
            refusals: _Refusals[T] = _Refusals(journal, concurrency)
            drive = _Drive(rows(), work, journal, refusals, advance)
            await drive.run(concurrency)
            refusals.store()
            advance(journal.done, drive.failed)
            if not drive.failed:
                return journal.commit(price, left_out())
        raise LLMError(
            f"{drive.failed} rows stay open, {journal.done} are done; the last: {drive.last}",
            hint="the same command continues with the open rows; nothing stored is asked again",
        )


class _Refusals(Generic[T]):
    """Outcomes of rows with a refused request, held back until the row is known to be at fault.

    A used-up account can look like a bad request. Then every request is refused until the client
    ends the run, and the rows held here stay open; the next run asks only the refused requests
    again. Rows refused before that are stored.
    """

    def __init__(self, journal: Journal, concurrency: int) -> None:
        self._journal = journal
        self._most = 2 * concurrency + _HELD
        self._held: deque[tuple[int, str, RowOutcome[T]]] = deque()

    def hold(self, n: int, language: str, outcome: RowOutcome[T]) -> None:
        """Keep an outcome; store the oldest once enough others came after it."""
        self._held.append((n, language, outcome))
        if len(self._held) > self._most and self._journal.answered:
            self._journal.add(*self._held.popleft())

    def store(self) -> None:
        """Store all.

        Raises:
            AllRefusedError: the model has answered nothing in the whole stage.
        """
        replies = any(outcome.spent.replies for _, _, outcome in self._held)
        if self._held and not (replies or self._journal.answered):
            rejected = self._held[-1][2].rejected
            raise AllRefusedError(
                f"{len(self._held)} rows were refused and no request was answered; the last: "
                f"{rejected.detail if rejected else ''}",
                hint="check address, model, key and settings; these rows stay open",
            )
        while self._held:
            self._journal.add(*self._held.popleft())


class _Drive(Generic[R, T]):
    """One pass over the rows."""

    def __init__(
        self,
        rows: Iterable[R],
        work: Callable[[R], Awaitable[RowOutcome[T]]],
        journal: Journal,
        refusals: _Refusals[T],
        advance: Advance,
    ) -> None:
        self._todo = numbered(rows, journal)
        self._work = work
        self._journal = journal
        self._refusals = refusals
        self._advance = advance
        self._doubts = 0
        self.failed = 0
        self.last = ""

    async def run(self, concurrency: int) -> None:
        """Work on `concurrency` rows at a time; raises its error once rows in flight are done."""
        await drain(self._todo, self._row, concurrency)

    async def _row(self, numbered_row: tuple[int, R]) -> None:
        n, row = numbered_row
        try:
            outcome = await self._outcome(row)
            keep = self._refusals.hold if outcome.refused else self._journal.add
            keep(n, row.language, outcome)
        except EndpointError:
            raise
        except LLMError as error:
            self.failed += 1
            self.last = error.message
        except BenchError:
            raise
        except Exception as error:
            raise RuntimeError(f"row {row.id!r}: {error!r}") from error
        self._advance(self._journal.done, self.failed)

    async def _outcome(self, row: R) -> RowOutcome[T]:
        try:
            return await self._work(row)
        except UnprovenEndpointError as error:
            self._doubts += 1
            if self._doubts > _DOUBTS:
                raise
            return refused(row, error)
        except RefusedRequestError as error:
            return refused(row, error)


def refused(row: Row, error: LLMError) -> RowOutcome[T]:
    """The outcome of a row whose request the endpoint will not answer."""
    reject = Rejected(
        id=row.id, language=row.language, reason=REFUSED_REQUEST, detail=error.message
    )
    return RowOutcome(rejected=reject)


def run_computing(
    rows: Iterable[R],
    work: Callable[[R], RowOutcome[T]],
    out: Path,
    stage: BuildingStage,
    *,
    processes: int = 1,
    advance: Advance = ignore,
    replace: bool = False,
    preload: Sequence[str] = (),
) -> StageManifest:
    """Run a stage that computes; `work` is a module's function where `processes` is over 1.

    `preload` names modules that are loaded once for all processes.

    Raises:
        ConfigError: `out` was made by something else.
        BenchError: what `rows` or `work` raise; outcomes so far are kept.
    """
    done = finished(out, stage, replace=replace)
    if done is not None:
        return done
    with Journal(out, stage) as journal:
        todo = numbered(rows, journal)
        size = _CHUNK if processes > 1 else 1
        chunks = iter(lambda: list(islice(todo, size)), [])
        return _computed(chunks, partial(_compute, work), journal, processes, advance, preload)


class Batch(Protocol):
    """Rows that one process reads and works on together; `first` is the place of the first."""

    @property
    def first(self) -> int:
        """Place of its first row in the input."""

    @property
    def size(self) -> int:
        """Rows."""


B = TypeVar("B", bound=Batch)
X = TypeVar("X")
Computed = tuple[int, str, RowOutcome[T]]
"""Place of a row in the input, its language, and what became of it."""


def run_batches(
    batches: Iterable[B],
    work: Callable[[B], list[Computed[T]]],
    out: Path,
    stage: BuildingStage,
    *,
    processes: int = 1,
    advance: Advance = ignore,
    replace: bool = False,
    preload: Sequence[str] = (),
) -> StageManifest:
    """Run a computing stage whose processes read the rows themselves, batch by batch.

    `preload` names modules that are loaded once for all processes. The output equals that of
    `run_computing` for the same rows in the same places; a batch whose rows are all done is not
    read again.

    Raises:
        ConfigError: `out` was made by something else.
        BenchError: what `batches` or `work` raise; outcomes so far are kept.
    """
    done = finished(out, stage, replace=replace)
    if done is not None:
        return done
    with Journal(out, stage) as journal:
        todo = (
            batch
            for batch in batches
            if not all(journal.has(n) for n in range(batch.first, batch.first + batch.size))
        )
        return _computed(todo, work, journal, processes, advance, preload)


def _computed(
    todo: Iterator[X],
    work: Callable[[X], list[Computed[T]]],
    journal: Journal,
    processes: int,
    advance: Advance,
    preload: Sequence[str],
) -> StageManifest:
    advance(journal.done, 0)
    for _, computed in process_map(todo, work, processes, preload=preload):
        for n, language, outcome in computed:
            if not journal.has(n):
                journal.add(n, language, outcome)
            advance(journal.done, 0)
    return journal.commit()


def _compute(work: Callable[[R], RowOutcome[T]], chunk: list[tuple[int, R]]) -> list[Computed[T]]:
    return [(n, row.language, work(row)) for n, row in chunk]
