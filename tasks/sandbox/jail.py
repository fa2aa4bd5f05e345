"""One bubblewrap jail that runs one of our in-jail programs, from start to certain end."""

import contextlib
import functools
import json
import marshal
import os
import platform
import re
import select
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, cast

import msgspec

from tasks.sandbox.cgroups import ControlGroup
from tasks.sandbox.codec import dumps
from tasks.sandbox.frames import write_frame
from tasks.sandbox.jail_recipe import JailRecipe, memory_file
from tasks.sandbox.seccomp import filter_program

Role = Literal["guest", "checker", "nursery"]
START_SECONDS: Final = 20.0
END_SECONDS: Final = 10.0
# The in-jail code comes over the socket, so that no folder of the project is bound.
BOOT: Final = """
import marshal, os, sys
link = int(sys.argv[1])
def read(size):
    data = b""
    while len(data) < size:
        part = os.read(link, size - len(data))
        if not part:
            sys.exit(1)
        data += part
    return data
codes = marshal.loads(read(int.from_bytes(read(4), "big")))
kept = []
for name, code in codes:
    module = type(sys)(name)
    kept.append(module)
    sys.modules[name] = module
    if code:
        exec(code, module.__dict__)
for name, _ in codes:
    del sys.modules[name]
module.main(link)
"""


class JailError(Exception):
    """The sandbox itself failed; this says nothing about any program."""


class Jail:
    """A running jail; `link` is the host's end of the socket that it serves.

    Raises `JailError` unless the process inside sets its limits and reports that it is ready.
    """

    def __init__(
        self,
        recipe: JailRecipe,
        role: Role,
        settings: Mapping[str, object],
        *,
        tmpfs_mb: int,
        group: ControlGroup | None = None,
    ) -> None:
        # The jails of a nursery have the filter; the nursery itself must be able to make
        # namespaces.
        self._filtered = role != "nursery"
        if role == "nursery":
            recipe = msgspec.structs.replace(recipe, userns_disabled=False)
        self.pid = 0
        self._pidfd: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.link, inside = socket.socketpair()
        try:
            with inside:
                # No program reaches a nursery, and its children limit themselves.
                limits = limit_command(settings) if role != "nursery" else []
                gate = self._spawn(recipe, inside, tmpfs_mb, limits)
            with os.fdopen(gate, "wb"):
                if group is not None:
                    group.add(self.pid)
            # Closing the gate lets bubblewrap continue.
            self._await_ready(role, settings)
        except OSError as error:
            self.close()
            raise JailError(f"{error.__class__.__name__}: {error}") from error
        except BaseException:
            self.close()
            raise

    def _spawn(
        self, recipe: JailRecipe, inside: socket.socket, tmpfs_mb: int, limits: list[str]
    ) -> int:
        """Start bubblewrap, which waits before it runs anything; return the gate it waits at."""
        with contextlib.ExitStack() as ours:
            info, info_inside = os.pipe()
            ours.callback(os.close, info)
            gate_inside, gate = os.pipe()
            with contextlib.ExitStack() as theirs:
                theirs.callback(os.close, info_inside)
                theirs.callback(os.close, gate_inside)
                passed = [inside.fileno(), info_inside, gate_inside]
                options = ["--info-fd", str(info_inside), "--block-fd", str(gate_inside)]
                program = filter_program() if self._filtered else None
                if program is not None:
                    passed.append(memory_file(program))
                    theirs.callback(os.close, passed[-1])
                    options += ["--seccomp", str(passed[-1])]
                python = ["-c", BOOT, str(inside.fileno())]
                self._process = subprocess.Popen(
                    [*limits, *recipe.command(tmpfs_mb=tmpfs_mb, options=options, python=python)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=passed,
                    env={},
                    cwd="/",
                    start_new_session=True,
                )
            try:
                self.pid = self._read_pid(info)
                self._pidfd = os.pidfd_open(self.pid)
            except BaseException:
                os.close(gate)
                raise
        return gate

    def _read_pid(self, info: int) -> int:
        """The host's pid of the jail's first process."""
        text = b""
        deadline = time.monotonic() + START_SECONDS
        while b"}" not in text:
            ready = wait_readable(info, deadline - time.monotonic())
            part = os.read(info, 4096) if ready else b""
            if not part:
                raise JailError(f"bubblewrap did not start: {self._said()}")
            text += part
        return int(json.loads(text)["child-pid"])

    def _await_ready(self, role: Role, settings: Mapping[str, object]) -> None:
        write_frame(self.link.fileno(), _code(role))
        write_frame(self.link.fileno(), dumps(dict(settings)))
        self.link.settimeout(START_SECONDS)
        try:
            ready = self.link.recv(1)
        except TimeoutError:
            raise JailError(f"the jail was not ready after {START_SECONDS:.0f} s") from None
        if not ready:
            raise JailError(f"the jail ended before it was ready: {self._said()}")
        self.link.settimeout(None)

    def _said(self) -> str:
        """The end of the error stream as written before the program started."""
        process = self._process
        assert process is not None
        assert process.stderr is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1.0)
        descriptor = process.stderr.fileno()
        os.set_blocking(descriptor, False)
        try:
            text = os.read(descriptor, 4096).decode("utf-8", "replace").strip()
        except BlockingIOError:
            text = ""
        return text[-300:] or f"exit status {process.poll()}"

    def exit_status(self) -> int | None:
        """The exit status of the jailed process, as in a shell; None if it is running."""
        assert self._process is not None
        try:
            return self._process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """Kill everything inside and wait until the kernel reports that all of it is gone.

        The first process of a pid namespace is reaped after all others in it, so waiting on its
        descriptor is enough; bubblewrap itself ends earlier.
        """
        self.link.close()
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            wait_readable(self._pidfd, END_SECONDS)
            os.close(self._pidfd)
            self._pidfd = None
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.wait(timeout=1.0 if self.pid else 0.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def limit_command(settings: Mapping[str, object]) -> list[str]:
    """The command that limits bubblewrap too: the program could take over its process in the jail.

    The process inside limits itself as well, since not every machine has the command. The number of
    processes is not limited, as here it would count all processes of the user.
    """
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        return []
    # For the size of a core file see `rlimits.limit_process`.
    wanted = {"core": 1, "memlock": 0, "msgqueue": 0, "cpu": settings["cpu_seconds"]}
    wanted["as"] = cast(int, settings["memory_mb"]) << 20
    wanted["fsize"] = cast(int, settings["file_mb"]) << 20
    wanted["nofile"] = settings["open_files"]
    return [prlimit, *(f"--{name}={value}:{value}" for name, value in wanted.items())]


@functools.cache
def _code(role: Role) -> bytes:
    """The compiled modules of a role; both ends are the same interpreter binary.

    They are imported here only so that the keys of evaluations cover them.
    """
    from tasks.sandbox import checker, codec, frames, guest, nursery, rlimits

    roles = {"guest": (guest,), "checker": (checker,), "nursery": (guest, nursery)}
    codes: list[tuple[str, object]] = [("tasks", None), ("tasks.sandbox", None)]
    for module in (codec, frames, rlimits, *roles[role]):
        path = Path(module.__file__ or "")
        text = path.read_text(encoding="utf-8")
        code = compile(text, f"<sandbox>/{path.name}", "exec", dont_inherit=True)
        codes.append((module.__name__, code))
    return marshal.dumps(codes)


@functools.cache
def counts_processes_per_jail() -> bool:
    """Whether RLIMIT_NPROC counts within a user namespace: since Linux 5.14.

    Before that, it counts all the user's processes on the machine, so a program might not get its
    first thread because of the user's other processes.
    """
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    return version is not None and (int(version[1]), int(version[2])) >= (5, 14)


def wait_readable(descriptor: int, seconds: float) -> bool:
    """Whether there is data or end of file to read within this time."""
    waiter = select.poll()
    waiter.register(descriptor, select.POLLIN)
    return bool(waiter.poll(max(0.0, seconds) * 1000))
