"""Control groups, version 1 and 2: limits on the memory and number of a jail's processes.

RLIMIT_AS and RLIMIT_NPROC apply to single processes or whole users; only a control group counts a
jail as a unit. Making one needs a writable hierarchy: root usually has one, an ordinary user if
systemd delegated one. Without it, `watch.py` measures instead.
"""

import itertools
import os
import time
from pathlib import Path
from typing import Final

from tasks.sandbox.program import OWN_PROCESSES, Limits

_PREFIX: Final = "ultralink-bench"
_STALE_SECONDS: Final = 3600.0
_counter = itertools.count()


class ControlGroup:
    """One group for all jails of one worker: one folder, or one per version 1 hierarchy."""

    def __init__(self, limits: Limits) -> None:
        self.folders: list[Path] = []
        self.controllers: dict[str, str] = {}
        self.refusals: dict[str, str] = {}
        self._name = f"{_PREFIX}-{os.getpid()}-{next(_counter)}"
        for controller in ("pids", "memory"):
            try:
                self._make(controller, limits)
            except OSError as error:
                self.refusals[controller] = f"{error.strerror}: {error.filename}"

    def add(self, pid: int) -> None:
        """Move a process and all its future children into the group; raises OSError."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def close(self) -> None:
        """Remove the group; its processes must have ended."""
        for folder in self.folders:
            _remove(folder)
        self.folders = []

    def _make(self, controller: str, limits: Limits) -> None:
        parents = _parents(controller)
        if not parents:
            raise OSError(0, f"no {controller} hierarchy is mounted", "/sys/fs/cgroup")
        failure: OSError | None = None
        for version, parent in parents:
            folder = parent / self._name
            new = folder not in self.folders
            try:
                if new:
                    _sweep(parent)
                    folder.mkdir()
                _configure(folder, controller, version, limits)
            except OSError as error:
                failure = error
                if new:
                    _remove(folder)
                continue
            self.folders += [folder] if new else []
            self.controllers[controller] = version
            return
        if failure is not None:
            raise failure


def _configure(folder: Path, controller: str, version: str, limits: Limits) -> None:
    memory = limits.memory_mb << 20
    if controller == "pids":
        (folder / "pids.max").write_text(str(limits.processes + OWN_PROCESSES))
    elif version == "v2":
        (folder / "memory.max").write_text(str(memory))
        for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
            if (folder / name).exists():
                (folder / name).write_text(value)
    else:
        (folder / "memory.limit_in_bytes").write_text(str(memory))
        swap = folder / "memory.memsw.limit_in_bytes"
        if swap.exists():
            swap.write_text(str(memory))


def _parents(controller: str) -> list[tuple[str, Path]]:
    """Version and folder of places where a group with this controller might be made."""
    own = _own_groups()
    found: list[tuple[str, Path]] = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        root, point = left.split()[3:5]
        kind, _, options = right.split()[:3]
        if kind == "cgroup" and controller in options.split(",") and controller in own:
            found.append(("v1", _below(Path(point), root, own[controller])))
        if kind == "cgroup2":
            folder = _below(Path(point), root, own.get("", "/"))
            # Version 2 forbids processes beside groups with controllers; a sibling group may work.
            for parent in (folder, folder.parent):
                enabled = parent / "cgroup.subtree_control"
                if enabled.exists() and controller in enabled.read_text().split():
                    found.append(("v2", parent))
    return found


def _own_groups() -> dict[str, str]:
    """Controller to the path of our own group; the empty name is version 2."""
    groups: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        groups |= dict.fromkeys(controllers.split(","), path)
    return groups


def _below(point: Path, root: str, path: str) -> Path:
    """Our group's folder, below a mount that may show only part of the hierarchy."""
    inside = path[len(root) :] if root != "/" and path.startswith(root) else path
    folder = point / inside.lstrip("/")
    return folder if folder.is_dir() else point


def _sweep(parent: Path) -> None:
    """Remove groups that a killed run left behind."""
    for folder in parent.glob(f"{_PREFIX}-*"):
        pid = folder.name.split("-")[2]
        try:
            old = time.time() - folder.stat().st_mtime > _STALE_SECONDS
        except FileNotFoundError:
            continue
        if old and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            _remove(folder, tries=1)


def _remove(folder: Path, tries: int = 40) -> None:
    """Remove a group; for a moment after its last process it still counts as busy."""
    for _ in range(tries):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.005)
        else:
            return
