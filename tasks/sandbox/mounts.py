"""The host paths that a jailed interpreter needs to see, and nothing more.

These are the interpreter's prefix without its site-packages, the directories of the shared
libraries that it and its extension modules load, and the dynamic loader. No homes, no project, no
configuration: if the interpreter is in a home, only its prefix is bound.
"""

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from tasks.sandbox.packages import NO_PACKAGES, ShownPackages

_SYSTEM_PREFIXES: Final = (Path("/"), Path("/usr"), Path("/usr/local"))

# Runs in the base interpreter: the stdlib's folders, the extension modules' libraries.
_PROBE: Final = """
import os, sys, sysconfig
print(sys.prefix)
print(sysconfig.get_path("stdlib"))
folder = next((p for p in sys.path if p.endswith("lib-dynload")), None)
print(folder or sysconfig.get_path("platstdlib"))
for name in sorted(os.listdir(folder)) if folder else []:
    module = name.partition(".")[0]
    if not module.startswith(("_test", "_ctypes_test", "xx", "_xx", "_tkinter", "readline")):
        try:
            __import__(module)
        except Exception:
            pass
for line in open("/proc/self/maps"):
    fields = line.split(None, 5)
    if len(fields) == 6 and ".so" in fields[5]:
        print(fields[5].strip())
"""


class Mounts(msgspec.Struct, frozen=True, kw_only=True):
    """Host paths that a jail shows read-only at the same place, and parts of them that it hides.

    `packages` are shown too, in a folder of their own.
    """

    python: str
    binds: tuple[str, ...]
    hidden: tuple[str, ...]
    symlinks: tuple[tuple[str, str], ...]
    packages: ShownPackages = NO_PACKAGES

    def arguments(self) -> list[str]:
        """The bubblewrap options that make these mounts."""
        result: list[str] = []
        for path in self.binds:
            result += ["--ro-bind", path, path]
        for path in self.hidden:
            result += ["--size", "4096", "--tmpfs", path, "--remount-ro", path]
        for target, link in self.symlinks:
            result += ["--symlink", target, link]
        for path, place in self.packages.binds:
            result += ["--ro-bind", path, place]
        if self.packages.binds:
            # Each of their threads takes memory and counts as a process.
            result += ["--setenv", "OPENBLAS_NUM_THREADS", "1", "--setenv", "OMP_NUM_THREADS", "1"]
        return result

    def sources(self) -> list[str]:
        """All host paths that it shows."""
        return [*self.binds, *(path for path, _ in self.packages.binds)]


@functools.cache
def python_mounts() -> Mounts:
    """Find the mounts by looking at what the base interpreter actually maps.

    Raises:
        OSError, subprocess.SubprocessError: the base interpreter cannot be run.
    """
    base = getattr(sys, "_base_executable", None) or sys.executable
    python = os.path.realpath(base)
    done = subprocess.run(
        [python, "-I", "-S", "-c", _PROBE],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={},
        stdin=subprocess.DEVNULL,
    )
    prefix, stdlib, dynload, *libraries = (Path(line) for line in done.stdout.splitlines())
    if prefix.resolve() in _SYSTEM_PREFIXES:
        wanted = {Path(python), stdlib.resolve(), dynload.resolve()}
    else:
        wanted = {prefix.resolve(), Path(python)}
    wanted |= {library.resolve().parent for library in libraries} | set(_loaders())
    binds = _without_covered(wanted)
    return Mounts(
        python=python,
        binds=tuple(str(path) for path in binds),
        hidden=tuple(str(path) for path in _package_folders(stdlib, binds)),
        symlinks=tuple(
            (os.readlink(link), link) for link in ("/lib", "/lib64") if os.path.islink(link)
        ),
    )


def _loaders() -> list[Path]:
    """The dynamic loaders, at the paths that binaries name."""
    found = [*Path("/lib").glob("ld-*.so*"), *Path("/lib64").glob("ld-*.so*")]
    return [path.parent.resolve() / path.name for path in found]


def _without_covered(paths: set[Path]) -> list[Path]:
    kept: list[Path] = []
    for path in sorted(paths, key=lambda path: len(path.parts)):
        if path.exists() and not any(path.is_relative_to(above) for above in kept):
            kept.append(path)
    return kept


def _package_folders(stdlib: Path, binds: list[Path]) -> list[Path]:
    """Folders of installed packages inside the bound paths."""
    found: set[Path] = set()
    for folder in {stdlib.resolve().parent, *binds}:
        for name in ("site-packages", "dist-packages"):
            found |= {*folder.glob(f"python3*/{name}"), *folder.glob(f"lib*/python3*/{name}")}
            found |= {*folder.glob(name)}
    return sorted(
        path
        for path in found
        if path.is_dir()
        and not path.is_symlink()
        and any(path.is_relative_to(above) for above in binds)
    )
