"""What the sandbox tests share: a machine that can make jails, and a host that keeps watch."""

import contextlib
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tasks.sandbox import jail, run, sandbox_report


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


@pytest.fixture(scope="module", params=["warm", "cold"])
def workers(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways to make a jail: by a warm worker, and by one bubblewrap a program."""
    report = sandbox_report()
    if request.param == "warm" and not report.warm_workers:
        pytest.skip(f"no warm workers on this machine: {report.missing}")
    with pytest.MonkeyPatch.context() as patch:
        chosen = msgspec.structs.replace(report, warm_workers=request.param == "warm")
        patch.setattr(run, "sandbox_report", lambda: chosen)
        yield request.param


@pytest.fixture(scope="module")
def left_over() -> Iterator[Callable[[], list[str]]]:
    """Mark this module's jailed processes; the function lists those that live."""
    token = uuid.uuid4().hex
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jail, "_BOOT", f"{jail._BOOT}# {token}\n")
        yield lambda: processes_with(token)


class Host:
    """Canaries and listeners outside the jails."""

    def __init__(self, folder: Path) -> None:
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
        for listener in self.listeners:
            listener.setblocking(False)

    @property
    def port(self) -> int:
        return int(self.listeners[0].getsockname()[1])

    def heard(self) -> int:
        """How many of the listeners have a connection waiting."""
        count = 0
        for listener in self.listeners:
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                count += 1
        return count


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Canary and listeners, fresh for one module."""
    host = Host(tmp_path_factory.mktemp("host"))
    yield host
    for listener in host.listeners:
        listener.close()
