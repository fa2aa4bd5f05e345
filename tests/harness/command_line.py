"""The command in processes of its own, run from a copy of the code.

A copy, so that a test may edit the code, and so that nothing that changes in the checkout
meanwhile (a commit, an edit) shows in what is compared.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.engine.artefact_store import MARKER, Marker
from harness.engine.source_hash import ROOMS, ROOT
from leaderboard.records import encode, read_record, read_report, without_times

TINY = ("run", "--ablation", "prune", "--profile", "tiny")
TIMEOUT = 180
_MADE = re.compile(r"^\[\d+/\d+\] (\S+) \(", re.MULTILINE)
_PROGRESS = re.compile(rf"{_MADE.pattern}|^\S+: loading the model$")


def copy_code(folder: Path) -> Path:
    """A copy of the five packages and a README in `folder`."""
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    (folder / "README.md").write_text("About this.\n")
    return folder


@dataclass(frozen=True)
class Done:
    """What a finished command said."""

    code: int
    out: str
    err: str

    @property
    def made(self) -> set[str]:
        """The artefacts that were made, by the names in the progress lines."""
        return set(_MADE.findall(self.err))

    @property
    def complaint(self) -> list[str]:
        """Standard error without progress lines and warnings."""
        lines = self.err.splitlines()
        return [x for x in lines if not _PROGRESS.match(x) and not x.startswith("warning: ")]

    def ok(self) -> "Done":
        """Itself, if it ended well."""
        assert self.code == 0, f"exit code {self.code}\n{self.out}\n{self.err}"
        return self


class Bench:
    """Runs `ultralink-bench` from the copy in `code`, in the working folder `home`."""

    def __init__(self, code: Path, home: Path) -> None:
        self.code = code
        self.home = home

    def start(self, *words: str | Path, **environment: str) -> "subprocess.Popen[str]":
        """Begin the command in a process group of its own."""
        kept = {k: v for k, v in os.environ.items() if k != "ULTRALINK_BENCHMARKS"}
        return subprocess.Popen(
            [sys.executable, "-m", "harness.cli", *map(str, words)],
            cwd=self.home,
            env=kept | {"PYTHONPATH": str(self.code)} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __call__(self, *words: str | Path, **environment: str) -> Done:
        """Run the command to its end."""
        return finish(self.start(*words, **environment))

    def workers(self) -> list[int]:
        """Process ids of the workers that run from this copy of the code."""
        return [
            pid
            for pid, words in _processes()
            if str(self.code / "harness/engine/worker.py") in words
        ]

    def no_worker_left(self, seconds: float = 20) -> bool:
        """Whether all workers end within this time."""
        limit = time.monotonic() + seconds
        while self.workers() and time.monotonic() < limit:
            time.sleep(0.05)
        return not self.workers()

    def killed(self, seconds: float, *words: str | Path) -> bool:
        """Start the command and kill its process, not its workers, after `seconds`.

        False if it had ended by then.
        """
        process = self.start(*words)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        finish(process)
        return process.returncode == -signal.SIGKILL


def finish(process: "subprocess.Popen[str]") -> Done:
    """Wait for a command that was started."""
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return Done(process.returncode, out, err)


def _processes() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            yield int(folder.name), [os.fsdecode(word) for word in words]


def results(report_folder: Path, place: str = "records") -> dict[str, bytes]:
    """Records and report of a run, what time and command change left out, by file name."""
    found = {
        path.name: encode(without_times(read_record(path)))
        for path in sorted((report_folder / place).glob("*.json"))
    }
    report = read_report(report_folder / "report.json")
    return found | {"report.json": encode(without_times(report))}


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file below `folder`."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def artefacts(runs: Path) -> dict[str, tuple[int, int]]:
    """As `tree`, of what stages made and their locks and logs; reports left out."""
    return {k: v for k, v in tree(runs).items() if not k.startswith("reports/")}


def made_by(home: Path, stage: str) -> Path:
    """The folder of the first artefact of a stage."""
    for path in sorted((home / "runs").glob(f"*/*/{MARKER}")):
        if msgspec.json.decode(path.read_bytes(), type=Marker).stage == stage:
            return path.parent
    raise LookupError(stage)
