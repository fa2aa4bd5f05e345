"""Worker processes that make artefacts, as many at once as asked for.

A worker is started when there is a job for it and stays for the next one: loading torch and
transformers takes seconds. Workers end with this process, however it ends.
"""

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import msgspec

from harness import worker
from harness.jobs import Job
from harness.store import Marker, Store
from ultralink_data import errors
from ultralink_data.atomic import disk_errors
from ultralink_data.errors import BenchError

OnProgress = Callable[[worker.Progressed], None]

Done = Callable[[str, Marker], Mapping[str, Job]]
"""Called with a finished job's name and marker; returns jobs that became possible."""


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

    def run(self, jobs: Mapping[str, Job], done: Done, on_progress: OnProgress) -> None:
        """Make every job, and those that `done` adds, in the order given.

        After a failure no further job is begun; the first error is raised when the jobs in
        progress have ended.

        Raises:
            BenchError: what a stage raised.
            WorkerDied: a worker ended without a word (killed, out of memory), or our own bug.
        """
        waiting = dict(jobs)
        failure: BaseException | None = None
        while True:
            while waiting and failure is None and (free := self._free()):
                name = next(iter(waiting))
                free.begin(name, waiting.pop(name), self._store)
            if not any(running.job for running in self._workers):
                break
            source, event = self._events.get()
            if isinstance(event, worker.Progressed):
                on_progress(event)
            elif isinstance(event, worker.Finished):
                source.job = None
                waiting.update(done(event.name, event.marker))
            else:
                failure = failure or _as_error(source, event)
                self._drop(source, event)
        if failure is not None:
            raise failure

    def _drop(self, source: "_Worker", event: "worker.Failed | None") -> None:
        source.job = None
        if event is None:
            self._workers.remove(source)

    def _free(self) -> "_Worker | None":
        for running in self._workers:
            if running.job is None:
                return running
        if len(self._workers) < self._size:
            log = self._store.root / "logs" / f"worker-{len(self._workers)}.log"
            self._workers.append(_Worker(self._events, self._environment, log))
            return self._workers[-1]
        return None


class WorkerDied(Exception):
    """A worker ended without a word, or met a bug of ours; `log` is what it wrote."""

    def __init__(self, message: str, log: Path) -> None:
        super().__init__(message)
        self.log = log


class _Worker:
    """One worker process and the thread that reads what it says."""

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
        for line in self._process.stdout:
            events.put((self, decoder.decode(line)))
        events.put((self, None))

    def begin(self, name: str, job: Job, store: Store) -> None:
        self.job = name
        request = worker.Request(name=name, store=str(store.root), job=job, key=job.key)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # The reading thread tells of the death; the job counts as failed there.
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
        return WorkerDied(f"a worker ended while it made {source.job}", source.log)
    kind = getattr(errors, event.kind, None) if event.kind else None
    if isinstance(kind, type) and issubclass(kind, BenchError):
        return kind(event.message, hint=event.hint)
    if event.kind:
        return errors.PrerequisiteError(event.message, hint=event.hint)
    return WorkerDied(f"while it made {event.name}:\n{event.message}", source.log)
