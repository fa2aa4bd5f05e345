"""A worker process: reads jobs as JSON lines, makes their artefacts, reports on standard output.

Started by absolute path with `python -P`, so that nothing in the working folder is imported. It
ends with its parent: when standard input closes, it exits at once; a stage's progress is in the
store's work folder.
"""

import os
import queue
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from harness.engine.artefact_store import Marker, Store
from harness.engine.jobs import Job, execute
from ultralink_data.errors import BenchError, PrerequisiteError

REPORT_EVERY = 0.2
"""Seconds between two progress lines of one job."""


class JobRequest(msgspec.Struct, frozen=True, kw_only=True, tag="job"):
    """A job to do; `name` is the parent's name for it, `key` the key that the parent expects."""

    name: str
    store: str
    job: Job
    key: str


class Progressed(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """Progress of the job."""

    name: str
    what: str
    done: int
    total: int


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag="finished"):
    """The artefact is complete."""

    name: str
    marker: Marker


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """A user's error (`kind` is its class) or a bug of ours (`kind` is "", with a traceback)."""

    name: str
    kind: str
    message: str
    hint: str
    exit_code: int


Event = Progressed | Finished | Failed


class _Channel:
    """JSON lines to the parent; nothing else may write to standard output."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self._last = 0.0

    def send(self, event: Event) -> None:
        with self._lock:
            self._file.write(msgspec.json.encode(event) + b"\n")

    def progress(self, name: str, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY or done == total:
            self._last = now
            self.send(Progressed(name=name, what=what, done=done, total=total))


def main() -> None:
    """Serve jobs until standard input closes."""
    # Ctrl-C reaches the whole foreground group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = _Channel()
    jobs: queue.SimpleQueue[JobRequest] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    while True:
        _serve(jobs.get(), channel)


def _listen(jobs: "queue.SimpleQueue[JobRequest]") -> None:
    decoder = msgspec.json.Decoder(JobRequest)
    try:
        for line in sys.stdin.buffer:
            jobs.put(decoder.decode(line))
    finally:
        # Also if a dying parent left half a line.
        os._exit(0)


def _serve(request: JobRequest, channel: _Channel) -> None:
    name = request.name

    def report(what: str, done: int, total: int) -> None:
        channel.progress(name, what, done, total)

    try:
        _check_key(request)
        marker = execute(
            request.job,
            Store(Path(request.store)),
            report,
            on_wait=lambda: report("waiting for another run that makes this", 0, 0),
        )
        channel.send(Finished(name=name, marker=marker))
    except BenchError as error:
        kind = type(error).__name__
        channel.send(_failure(name, kind, error.message, error.hint, error.exit_code))
    except Exception:  # noqa: BLE001 - a bug of ours: its traceback goes to the parent
        channel.send(_failure(name, "", traceback.format_exc(), "", 70))


def _check_key(request: JobRequest) -> None:
    """Check that this process runs the code that the parent hashed, which is part of the key.

    Raises:
        PrerequisiteError: a source file changed since the run began.
    """
    if request.job.key != request.key:
        raise PrerequisiteError(
            f"the code of stage {request.job.stage} changed while the run was going",
            hint="start the same command again; what was finished and still fits is kept",
        )


def _failure(name: str, kind: str, message: str, hint: str, exit_code: int) -> Any:
    return Failed(name=name, kind=kind, message=message, hint=hint, exit_code=exit_code)


if __name__ == "__main__":
    main()
