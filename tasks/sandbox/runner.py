"""Run many programs: worker threads, each with a checker, a group and one jail at a time."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self, TypeAlias, cast

from tasks.sandbox.bare import BareProcess, bare_recipe
from tasks.sandbox.capability import require_sandbox, sandbox_report
from tasks.sandbox.cgroups import ControlGroup
from tasks.sandbox.codec import WireError, dumps, loads
from tasks.sandbox.frames import read_frame, write_frame
from tasks.sandbox.guest import READY
from tasks.sandbox.jail import Jail, JailError, counts_processes_per_jail, wait_readable
from tasks.sandbox.jail_recipe import JailRecipe, package_paths
from tasks.sandbox.packages import NO_PACKAGES, ShownPackages
from tasks.sandbox.program import Limits, Program, ProgramOutcome, ProgramResult, shorten
from tasks.sandbox.warm import Nursery, WarmJail
from tasks.sandbox.watch import excess

_LOOK_SECONDS: Final = 0.05
_END_SECONDS: Final = 0.2
_CHECKER_MEMORY_MB: Final = 4096
_VERDICT_LIMIT: Final = 1 << 24
_Done: TypeAlias = "queue.SimpleQueue[tuple[int, ProgramResult | BaseException]]"


def run_programs(
    programs: Sequence[Program],
    limits: Limits,
    workers: int,
    on_done: Callable[[int], None] | None = None,
    packages: ShownPackages = NO_PACKAGES,
) -> list[ProgramResult]:
    """Run every program against its test, `workers` at a time; results in the order given.

    Inside `isolation(False)` they run as ordinary processes, otherwise in the sandbox or not at
    all; `packages` are what they can import beside the standard library. `on_done` is called in
    this thread with the number of finished programs. However this call
    ends, interrupts included, it leaves no process, control group or file behind.

    Raises:
        PrerequisiteError: no sandbox can be made here.
        ValueError: `workers` is less than 1.
    """
    if workers < 1:
        raise ValueError(f"workers must be >= 1, got {workers}")
    if not programs:
        return []
    recipe = require_sandbox(packages)
    warm = recipe is not None and sandbox_report().warm_workers
    chosen = recipe or bare_recipe(packages)
    done: _Done = queue.SimpleQueue()
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for index in range(len(programs)):
        todo.put(index)
    stop = threading.Event()

    def work() -> None:
        try:
            with Worker(chosen, limits, stop, warm=warm, bare=recipe is None) as worker:
                _work_off(worker, programs, todo, done, stop)
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            done.put((-1, error))

    threads = [threading.Thread(target=work) for _ in range(min(workers, len(programs)))]
    try:
        for thread in threads:
            thread.start()
        return _collect(len(programs), done, on_done)
    finally:
        stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _collect(total: int, done: _Done, on_done: Callable[[int], None] | None) -> list[ProgramResult]:
    """Collect all results, in the order of the programs; raise what ended a worker."""
    results: dict[int, ProgramResult] = {}
    while len(results) < total:
        index, result = done.get()
        if isinstance(result, BaseException):
            raise result
        results[index] = result
        if on_done is not None:
            on_done(len(results))
    return [results[index] for index in range(total)]


def _work_off(
    worker: "Worker",
    programs: Sequence[Program],
    todo: "queue.SimpleQueue[int]",
    done: _Done,
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        try:
            index = todo.get_nowait()
        except queue.Empty:
            return
        done.put((index, worker.run(programs[index])))


class CheckerEndedError(JailError):
    """The process that ran the test ended; if it happens twice, the program has failed."""


class StoppedError(Exception):
    """The run was stopped while a program was running."""


class Worker:
    """Runs one program after another. A context manager: leaving it ends all its processes."""

    def __init__(
        self,
        recipe: JailRecipe,
        limits: Limits,
        stop: threading.Event,
        *,
        warm: bool,
        bare: bool,
    ) -> None:
        self._jail = BareProcess if bare else Jail
        self._recipe = recipe
        self._limits = limits
        self._stop = stop
        self._checker: Jail | None = None
        self._nursery: Nursery | None = None
        self._warm = warm
        self._group = ControlGroup(limits)
        self._watched = bool(self._group.refusals)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._drop_checker()
        self._drop_nursery()
        self._group.close()

    def run(self, program: Program) -> ProgramResult:
        """Run one program; a failure of the sandbox is retried once."""
        for last in (False, True):
            try:
                return self._run_once(program)
            except (JailError, OSError) as error:
                self._drop_checker()
                self._drop_nursery()
                if last and isinstance(error, CheckerEndedError):
                    return ProgramResult(outcome=ProgramOutcome.FAILED, detail=str(error))
                if last:
                    detail = shorten(f"the sandbox failed: {error}")
                    return ProgramResult(outcome=ProgramOutcome.ERROR, detail=detail)
            except StoppedError:
                break
        return ProgramResult(outcome=ProgramOutcome.ERROR, detail="the run was stopped")

    def _run_once(self, program: Program) -> ProgramResult:
        checker = self._checker or self._start_checker()
        guest = self._warm_guest() if self._warm else self._cold_guest()
        try:
            deadline = time.monotonic() + self._limits.wall_seconds
            self._hand_over(checker, guest, program)
            return self._verdict(checker, guest, deadline)
        finally:
            try:
                guest.close()
            except JailError:
                # It may have killed the nursery too (shared memory limit); its verdict stands.
                self._drop_nursery()
            if self._nursery is not None and not self._nursery.network_is_clean():
                self._drop_nursery()

    def _warm_guest(self) -> WarmJail:
        if self._nursery is None:
            limits = self._limits
            self._nursery = Nursery(
                self._recipe,
                _limit_settings(limits, limits.memory_mb),
                answer_bytes=limits.answer_kb << 10,
                tmpfs_mb=limits.tmpfs_mb,
                group=self._group,
            )
        return self._nursery.start()

    def _cold_guest(self) -> Jail:
        limits = self._limits
        settings: dict[str, object] = {**_limit_settings(limits, limits.memory_mb)}
        settings["answer_bytes"] = limits.answer_kb << 10
        settings["paths"] = package_paths(self._recipe)
        if self._jail is BareProcess:
            settings["processes"] = 0  # it would count all processes of the user
        elif settings["processes"]:
            settings["processes"] = limits.processes + 1  # bubblewrap's own process in the jail
        return self._jail(
            self._recipe, "guest", settings, tmpfs_mb=limits.tmpfs_mb, group=self._group
        )

    def _hand_over(self, checker: Jail, guest: Jail | WarmJail, program: Program) -> None:
        """Send the test and the program's socket to the checker; the program starts now."""
        limits = self._limits
        request = (program.source, program.test, program.entry_point, limits.answer_kb << 10)
        write_frame(checker.link.fileno(), dumps(request))
        socket.send_fds(checker.link, [READY], [guest.link.fileno()])
        guest.link.close()

    def _verdict(self, checker: Jail, guest: Jail | WarmJail, deadline: float) -> ProgramResult:
        link = checker.link.fileno()
        while True:
            left = deadline - time.monotonic()
            if wait_readable(link, min(left, _LOOK_SECONDS)):
                return self._read_verdict(checker, guest)
            if self._stop.is_set():
                raise StoppedError
            problem = excess(guest.pid, self._limits) if self._watched else None
            if problem is None and left > 0:
                continue
            self._end_test(checker, guest)
            if problem is not None:
                return ProgramResult(outcome=ProgramOutcome.FAILED, detail=problem)
            detail = f"timed out after {self._limits.wall_seconds:g} s"
            return ProgramResult(outcome=ProgramOutcome.TIMEOUT, detail=detail)

    def _end_test(self, checker: Jail, guest: Jail | WarmJail) -> None:
        """End the program; the checker then ends its test, unless the test itself never ends."""
        try:
            guest.close()
            if wait_readable(checker.link.fileno(), _END_SECONDS):
                _read_answer(checker)  # ignored: the program had been ended
                return
        except JailError:
            self._drop_nursery()
        self._drop_checker()

    def _read_verdict(self, checker: Jail, guest: Jail | WarmJail) -> ProgramResult:
        outcome, detail = _read_answer(checker)
        if outcome == "failed" and "ended before" in detail:
            with contextlib.suppress(JailError):
                status = guest.exit_status()
                detail += "" if status is None else f" (exit status {status})"
        return ProgramResult(outcome=ProgramOutcome(outcome), detail=shorten(detail))

    def _start_checker(self) -> Jail:
        settings = _limit_settings(self._limits, _CHECKER_MEMORY_MB)
        # One checker serves many programs, and each test has its own time limit.
        settings |= {"cpu_seconds": 1 << 30, "processes": 0}
        self._checker = self._jail(self._recipe, "checker", settings, tmpfs_mb=1)
        return self._checker

    def _drop_nursery(self) -> None:
        nursery, self._nursery = self._nursery, None
        if nursery is not None:
            nursery.close()

    def _drop_checker(self) -> None:
        checker, self._checker = self._checker, None
        if checker is not None:
            checker.close()


def _read_answer(checker: Jail) -> tuple[str, str]:
    """The checker's verdict on the last request.

    Raises:
        CheckerEndedError: the test ended the checker too.
    """
    try:
        answer = loads(read_frame(checker.link.fileno(), _VERDICT_LIMIT))
    except (EOFError, WireError) as error:
        raise CheckerEndedError("the test ended without a verdict") from error
    return cast(tuple[str, str], answer)


def _limit_settings(limits: Limits, memory_mb: int) -> dict[str, int]:
    return {
        "cpu_seconds": limits.cpu_seconds,
        "memory_mb": memory_mb,
        "file_mb": limits.file_mb,
        "processes": limits.processes if counts_processes_per_jail() else 0,
        "open_files": limits.open_files,
    }
