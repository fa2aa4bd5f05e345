"""The host side of a nursery: a jail for a program in a millisecond or two instead of fifty."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tasks.sandbox.cgroups import ControlGroup
from tasks.sandbox.jail import END_SECONDS, START_SECONDS, Jail, JailError, wait_readable
from tasks.sandbox.jail_recipe import JailRecipe, package_paths
from tasks.sandbox.nursery import END, START, WAIT
from tasks.sandbox.seccomp import filter_program

_COUNTS_BYTES: Final = 1 << 12


class Nursery:
    """A jail that makes inner jails, with one alive at a time.

    Raises `JailError` if this machine does not allow it: without a new /proc or a system call
    filter the inner jail would be weaker than a separate one.
    """

    def __init__(
        self,
        recipe: JailRecipe,
        limits: Mapping[str, int],
        *,
        answer_bytes: int,
        tmpfs_mb: int,
        group: ControlGroup | None = None,
    ) -> None:
        program = filter_program()
        if program is None or not recipe.new_proc:
            raise JailError("inner jails need a system call filter and a new /proc")
        settings = {
            "limits": dict(limits),
            "answer_bytes": answer_bytes,
            "tmpfs_mb": tmpfs_mb,
            "filter": program,
            "paths": package_paths(recipe),
            "modules": list(recipe.mounts.packages.modules),
        }
        self._jail = Jail(recipe, "nursery", settings, tmpfs_mb=1, group=group)
        self._sockets = _socket_counts(self._jail.pid)

    @property
    def pid(self) -> int:
        """The host's pid of the outer jail's first process."""
        return self._jail.pid

    def start(self) -> "WarmJail":
        """Make an inner jail; its process has set its limits and reported that it is ready."""
        link, inside = socket.socketpair()
        try:
            with inside:
                socket.send_fds(self._jail.link, [START], [inside.fileno()])
            link.settimeout(START_SECONDS)
            if not link.recv(1):
                raise JailError("the inner jail ended before it was ready")
            link.settimeout(None)
        except OSError as error:
            link.close()
            raise JailError(f"{error.__class__.__name__}: {error}") from error
        except BaseException:
            link.close()
            raise
        return WarmJail(self, link)

    def finish(self, word: bytes) -> int:
        """End the inner jail; return its status once the kernel has reaped all of it."""
        try:
            self._jail.link.sendall(word)
            answered = wait_readable(self._jail.link.fileno(), END_SECONDS)
            status = self._jail.link.recv(1) if answered else b""
        except OSError as error:
            raise JailError(f"{error.__class__.__name__}: {error}") from error
        if not status:
            raise JailError("the inner jail did not end as it should")
        return status[0]

    def network_is_clean(self) -> bool:
        """Whether no socket of a program is left in the shared network namespace.

        TCP keeps a closed connection's port for a minute, so the next program could not use it.
        """
        return all(_is_clean(os.pread(counts, _COUNTS_BYTES, 0)) for counts in self._sockets)

    def close(self) -> None:
        """End the outer jail and everything in it."""
        while self._sockets:
            os.close(self._sockets.pop())
        self._jail.close()


def _socket_counts(pid: int) -> list[int]:
    """Descriptors for reading the socket counts of a process's network namespace repeatedly.

    The kernel has no file for a protocol family that it lacks.
    """
    files = [Path("/proc", str(pid), "net", name) for name in ("sockstat", "sockstat6")]
    return [os.open(file, os.O_RDONLY | os.O_CLOEXEC) for file in files if file.exists()]


def _is_clean(counts: bytes) -> bool:
    """Whether no TCP or UDP socket is in use or in the state TIME_WAIT."""
    for line in counts.decode("ascii").splitlines():
        name, _, rest = line.partition(": ")
        words = rest.split()
        if name.startswith(("TCP", "UDP", "RAW")):
            found = dict(zip(words[::2], words[1::2], strict=True))
            if {found.get(key, "0") for key in ("inuse", "tw")} != {"0"}:
                return False
    return True


class WarmJail:
    """One inner jail, with the interface of a `Jail` with the role "guest"."""

    def __init__(self, nursery: Nursery, link: socket.socket) -> None:
        self.link: Final = link
        self.pid: Final = nursery.pid
        self._nursery = nursery
        self._ended = False

    def exit_status(self) -> int | None:
        """Let it end within a moment; return its exit status, as in a shell."""
        self._ended = True
        return self._nursery.finish(WAIT)

    def close(self) -> None:
        """End it at once, unless it has ended.

        Raises:
            JailError: the nursery did not answer and must not be used again.
        """
        self.link.close()
        if not self._ended:
            self._ended = True
            self._nursery.finish(END)
