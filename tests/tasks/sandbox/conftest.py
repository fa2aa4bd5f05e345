"""What the sandbox tests share: a machine that can make jails, and a host that keeps watch."""

import contextlib
import os
import socket
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tasks.sandbox import jail, runner, sandbox_report


@pytest.fixture(scope="session", autouse=True)
def _machine() -> None:
    report = sandbox_report()
    if not report.usable:
        if os.environ.get("CI"):
            pytest.fail(f"CI must be able to make a sandbox: {report.reason}")
        pytest.skip(f"no sandbox on this machine: {report.reason}")


def processes_with(token: str) -> list[str]:
    """Host processes, forks included, whose command line holds the token."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if token.encode() in path.read_bytes() and path.parent.name != str(os.getpid()):
                found.append(path.parent.name)
    return found


@pytest.fixture
def living() -> Callable[[str], list[str]]:
    """The function above, as a fixture: test files do not import one another."""
    return processes_with


# Each way on one process of a parallel session: hostile programs wait for their limits, once.
@pytest.fixture(
    scope="module",
    params=[pytest.param(way, marks=pytest.mark.xdist_group(way)) for way in ("warm", "cold")],
)
def workers(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways to make a jail: by a warm worker, and by one bubblewrap a program."""
    report = sandbox_report()
    if request.param == "warm" and not report.warm_workers:
        pytest.skip(f"no warm workers on this machine: {report.missing}")
    with pytest.MonkeyPatch.context() as patch:
        chosen = msgspec.structs.replace(report, warm_workers=request.param == "warm")
        patch.setattr(runner, "sandbox_report", lambda: chosen)
        yield request.param


@pytest.fixture(scope="module")
def left_over() -> Iterator[Callable[[], list[str]]]:
    """Mark this module's jailed processes; the function lists those that live."""
    token = uuid.uuid4().hex
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jail, "BOOT", f"{jail.BOOT}# {token}\n")
        yield lambda: processes_with(token)


class Host:
    """Canaries, listeners and a victim outside the jails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canary = folder / "canary"
        self.canary.write_text("alive")
        self.unix = str(folder / "listener")
        self.abstract = f"listener-{uuid.uuid4().hex}"
        self.listeners = [socket.create_server(("127.0.0.1", 0))]
        for address in (self.unix, f"\0{self.abstract}"):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(address)
            listener.listen()
            self.listeners.append(listener)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", 0))
        abstract = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        abstract.bind(f"\0{self.abstract}-datagrams")
        self.mailboxes = [datagrams, abstract]
        for listener in (*self.listeners, *self.mailboxes):
            listener.setblocking(False)
        # Of the user as whom the programs run, where that can be.
        nobody, groups = (65534, ()) if os.geteuid() == 0 else (None, None)
        self.victim = subprocess.Popen(
            ["sleep", "3600"], cwd="/", user=nobody, group=nobody, extra_groups=groups
        )

    def values(self) -> dict[str, str]:
        """What the hostile programs are told of the host."""
        return {
            "CANARY": str(self.canary),
            "PROJECT": str(Path(__file__).parents[3]),
            "PORT": str(self.listeners[0].getsockname()[1]),
            "UDP": str(self.mailboxes[0].getsockname()[1]),
            "ABSTRACT": self.abstract,
            "SOCKET": self.unix,
            "VICTIM": str(self.victim.pid),
        }

    def heard(self) -> int:
        """How many of the listeners have a connection waiting, or a datagram."""
        count = 0
        for listener in self.listeners:
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                count += 1
        for mailbox in self.mailboxes:
            with contextlib.suppress(BlockingIOError):
                mailbox.recv(100)
                count += 1
        return count

    def state(self) -> dict[str, object]:
        """What no program may change; equal before and after."""
        victim = Path("/proc", str(self.victim.pid))
        found: dict[str, object] = {
            "files": sorted(path.name for path in self.folder.iterdir()),
            "canary": (self.canary.read_text(), self.canary.stat().st_mode),
            "victim ended": self.victim.poll(),
            "victim state": (victim / "stat").read_text().rpartition(")")[2].split()[0],
            "victim nice": os.getpriority(os.PRIO_PROCESS, self.victim.pid),
            "victim CPUs": os.sched_getaffinity(self.victim.pid),
            "victim limits": (victim / "limits").read_text(),
            "victim oom": (victim / "oom_score_adj").read_text(),
            "host name": socket.gethostname(),
            "interfaces": socket.if_nameindex(),
            "mounts": Path("/proc/self/mountinfo").read_text(),
        }
        for name in ("shm", "sem", "msg"):
            table = Path("/proc/sysvipc", name)
            found[name] = len(table.read_text().splitlines()) if table.exists() else 0
        for name in ("kernel/core_pattern", "vm/overcommit_memory", "kernel/randomize_va_space"):
            found[name] = Path("/proc/sys", name).read_text()
        return found

    def close(self) -> None:
        """End the victim and the listeners."""
        self.victim.kill()
        self.victim.wait()
        for listener in (*self.listeners, *self.mailboxes):
            listener.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Canary, listeners and victim, fresh for one module."""
    host = Host(tmp_path_factory.mktemp("host"))
    yield host
    host.close()
