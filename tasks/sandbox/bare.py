"""The two in-jail programs without a jail, for users who ask for that.

What remains are limits that a process can set on itself (memory, CPU, files, time) and the test in
a separate process. A program can reach everything that the user can: files, network, the
environment of other processes.
"""

import contextlib
import os
import signal
import socket
import subprocess

import msgspec

from tasks.sandbox.jail import BOOT, Jail
from tasks.sandbox.jail_recipe import JailRecipe
from tasks.sandbox.mounts import python_mounts
from tasks.sandbox.packages import NO_PACKAGES, ShownPackages


class BareProcess(Jail):
    """Has the interface of a `Jail`, but closing it only ends its process group."""

    def _spawn(
        self, recipe: JailRecipe, inside: socket.socket, tmpfs_mb: int, limits: list[str]
    ) -> int:
        python = [recipe.mounts.python, "-I", "-S", "-B", "-X", "utf8", "-c", BOOT]
        self._process = subprocess.Popen(
            [*limits, *python, str(inside.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[inside.fileno()],
            env={"MALLOC_ARENA_MAX": "2"},
            cwd="/tmp",
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._pidfd = os.pidfd_open(self.pid)
        return os.open(os.devnull, os.O_WRONLY)  # there is no gate to wait at

    def close(self) -> None:
        """Kill its process group; processes that left the group survive."""
        if self._process is not None and self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        super().close()


def bare_recipe(packages: ShownPackages = NO_PACKAGES) -> JailRecipe:
    """A recipe with only the interpreter, and the packages where they lie.

    Raises:
        OSError, subprocess.SubprocessError: the base interpreter cannot be run.
    """
    return JailRecipe(bwrap="", mounts=msgspec.structs.replace(python_mounts(), packages=packages))
