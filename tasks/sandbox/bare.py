"""The two in-jail programs without a jail, where a user asked for that.

What is left is what a process can do to itself: limits on memory, CPU, files and time, and a test
that runs elsewhere. Files, network, environment of other processes and whatever else the user may
reach, a program may reach.
"""

import contextlib
import os
import signal
import socket
import subprocess

from tasks.sandbox.jail import BOOT, Jail
from tasks.sandbox.jail_recipe import JailRecipe
from tasks.sandbox.mounts import python_mounts


class BareProcess(Jail):
    """The same to its user as a `Jail`; its end is the end of its process group, no more."""

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
        return os.open(os.devnull, os.O_WRONLY)  # nothing waits at a gate

    def close(self) -> None:
        """Kill its process group: what left it lives on."""
        if self._process is not None and self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        super().close()


def bare_recipe() -> JailRecipe:
    """The interpreter alone.

    Raises:
        OSError, subprocess.SubprocessError: the base interpreter cannot be run.
    """
    return JailRecipe(bwrap="", mounts=python_mounts())
