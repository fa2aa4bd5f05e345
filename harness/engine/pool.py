"""Worker processes that make artefacts, `size` at a time.

A worker is started when there is a job for it and is kept for the next one, as loading torch and
transformers takes seconds. Workers end with this process, however it ends.
"""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from harness.engine import worker
from harness.engine.artefact_store import Marker, Store
from harness.engine.environment import worker_environment
from harness.engine.jobs import Job
from ultralink_data import errors
from ultralink_data.atomic import disk_errors
from ultralink_data.errors import BenchError, PrerequisiteError

OnProgress = Callable[[worker.Progressed], None]

Done = Callable[[str, Marker], Mapping[str, Job]]
"""Called with a finished job's name and marker; returns jobs that became possible."""


def training_pool(workers: int, threads: int, store: Store) -> "Pool":
    """A pool of workers that train, each on so many threads."""
    return Pool(workers, store, worker_environment(threads, workers=workers))


class Pool:
    """Up to `size` workers; use as a context manager, which ends them."""

    def __init__(self, size: int, store: Store, environment: Mapping[str, str]) -> None:
        self._size = size
        self._store = store
        self._environment = dict(environment)
        self._workers: list[_Worker] = []
        self._events: queue.Queue[tuple[_Worker, worker.Event | None]] = queue.Queue()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for running in self._workers:
            running.stop()
            if kind is None:
                running.log.unlink(missing_ok=True)

    def run(self, jobs: Mapping[str, Job], done: Done, on_progress: OnProgress) -> None:
        """Make every job, and those that `done` adds, in the order given.

        After a failure no further job is started; the first error is raised when the jobs in
        progress have ended.

        Raises:
            BenchError: what a stage raised, or a worker was killed (often: out of memory).
            StageFailed: our own bug.
        """
        waiting = dict(jobs)
        failure: BaseException | None = None
        while True:
            while waiting and failure is None and (free := self._free()):
                name = next(iter(waiting))
                free.begin(name, waiting.pop(name), self._store)
                on_progress(worker.Progressed(name=name, what="", done=0, total=0))
            if not any(running.job for running in self._workers):
                break
            source, event = self._events.get()
            if isinstance(event, worker.Progressed):
                on_progress(event)
            elif isinstance(event, worker.Finished):
                source.job = None
                waiting.update(done(event.name, event.marker))
            else:
                if event is None:
                    self._workers.remove(source)
                if source.job is not None:
                    failure = failure or _as_error(source, event)
                source.job = None
        if failure is not None:
            raise failure

    def _free(self) -> "_Worker | None":
        for running in self._workers:
            if running.job is None:
                return running
        if len(self._workers) < self._size:
            name = f"worker-{os.getpid()}-{len(self._workers)}.log"
            log = self._store.root / "logs" / name
            self._workers.append(_Worker(self._events, self._environment, log))
            return self._workers[-1]
        return None


class StageFailed(Exception):
    """A bug of ours in a stage; the message holds the worker's traceback."""


class _Worker:
    """One worker process and the thread that reads its output."""

    def __init__(
        self,
        events: "queue.Queue[tuple[_Worker, worker.Event | None]]",
        environment: Mapping[str, str],
        log: Path,
    ) -> None:
        self.job: str | None = None
        self.log = log
        with disk_errors(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            stderr = log.open("wb")
        with stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(Path(worker.__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=dict(environment),
            )
        threading.Thread(target=self._read, args=(events,), daemon=True).start()

    def _read(self, events: "queue.Queue[tuple[_Worker, worker.Event | None]]") -> None:
        decoder = msgspec.json.Decoder(worker.Event)
        assert self._process.stdout is not None
        try:
            with suppress(msgspec.DecodeError):  # a partial line of a dying worker
                for line in self._process.stdout:
                    events.put((self, decoder.decode(line)))
        finally:
            events.put((self, None))

    def begin(self, name: str, job: Job, store: Store) -> None:
        self.job = name
        request = worker.JobRequest(name=name, store=str(store.root), job=job, key=job.key)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # The reading thread reports the death, and the job counts as failed there.
            return

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _as_error(source: _Worker, event: "worker.Failed | None") -> BaseException:
    if event is None:
        return PrerequisiteError(
            f"a worker process was killed or crashed while it made {source.job}",
            hint=f"often out of memory: see {source.log}; the same command continues",
        )
    kind = getattr(errors, event.kind, None) if event.kind else None
    if isinstance(kind, type) and issubclass(kind, BenchError):
        # Wrong data belong to a variant, which "pack/keep-0" names; a full disk does not.
        named = issubclass(kind, errors.DataError) and "/" in event.name
        message = f"{event.name}: {event.message}" if named else event.message
        return kind(message, hint=event.hint)
    if event.kind:
        return PrerequisiteError(event.message, hint=event.hint)
    return StageFailed(f"while it made {event.name}:\n{event.message}")
