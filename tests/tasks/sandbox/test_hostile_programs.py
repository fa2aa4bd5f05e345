"""Every program of tests/cases/hostile, and the state of the host after all of them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tasks.sandbox import Limits, Program, ProgramOutcome, ProgramResult, run_programs
from tasks.sandbox.nobody import NOBODY

CASES = sorted((Path(__file__).parents[2] / "cases" / "hostile").glob("*.py"))
SECRET = "a-secret-of-the-host"
TEST = "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(3) == 9\n"
# After each hostile program one that looks around: it may find nothing of any other.
NEIGHBOUR = Program(
    source="""
import collections, json, math, os, random, re, signal, socket, sys

def found():
    things = os.listdir("/tmp") + os.listdir("/dev/shm")
    things += [n for n in os.listdir("/proc") if n.isdigit() and int(n) > 2]
    for table in ("shm", "sem", "msg"):
        with open(f"/proc/sysvipc/{table}") as file:
            things += file.readlines()[1:]
    with open("/proc/net/unix") as file:
        things += [line for line in file.readlines()[1:] if "@" in line]
    for port in (*range(8000, 8010), 5000, 9999):
        with socket.socket() as server:
            server.bind(("127.0.0.1", port))
    things += [] if math.sqrt(4) == 2 and json.dumps([1]) == "[1]" else ["modules"]
    things += [] if re.match("a", "a") and sorted([2, 1]) == [1, 2] else ["functions"]
    things += [] if collections.OrderedDict is not dict else ["types"]
    things += [] if signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL else ["signals"]
    things += [] if sys.getrecursionlimit() == 1000 and "/tmp" not in sys.path else ["settings"]
    things += sorted(set(os.environ) - {"HOME", "MALLOC_ARENA_MAX", "PWD", "LC_CTYPE"})
    mask = os.umask(0o22)
    things += [] if mask == 0o22 and os.stat("/tmp").st_mode & 0o7777 == 0o1777 else ["modes"]
    return things

def solve(x):
    return found() or x * x
""",
    test="def check(candidate):\n    said = candidate(3)\n    assert said == 9, said\n",
    entry_point="solve",
)
# What the hostile programs would leave if their /tmp and /dev/shm were the host's.
TRACES = {*map(str, range(100)), "big", "planted", "planted.py", "link", "hard", "fifo", "device"}
TRACES |= {"ears", "new", "d" * 200, "copy", "moved", "sitecustomize.py"}


class Seen(NamedTuple):
    """The results of all programs, and the host before and after them."""

    results: dict[str, ProgramResult]
    neighbours: dict[str, ProgramResult]
    before: dict[str, object]
    after: dict[str, object]


def header(case: Path, field: str) -> str:
    lines = case.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"# {field}: ")).partition(": ")[2]


def filled(case: Path, host: Any) -> str:
    """The program, told where the host's canaries and listeners are."""
    source = case.read_text(encoding="utf-8")
    for name, value in {**host.values(), "SECRET": SECRET}.items():
        source = source.replace(f"@{name}@", value)
    return source


def surroundings(host: Any) -> dict[str, object]:
    """The host's own state, and traces."""
    folders = {Path("/tmp"), Path("/dev/shm"), Path(tempfile.gettempdir()), Path("/"), Path.cwd()}
    traces = {f"{folder / name}" for folder in folders for name in TRACES}
    return {
        **host.state(),
        "traces": {path for path in traces if os.path.lexists(path)},
    }


def parent_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def ancestors_of(process: int) -> list[int]:
    """Itself and its parents, up to the first process."""
    found = [process]
    while found[-1] > 1:
        found.append(parent_of(found[-1]))
    return found


def processes_of(user: int) -> set[str]:
    """The user's processes that are ours or nobody's: other runs on this machine have jails too.

    Another run's descend from a process that is not ours and belongs to someone else.
    """
    ours = ancestors_of(os.getpid())
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):  # IndexError: it ends while it is read
            if folder.stat().st_uid != user:
                continue
            chain = ancestors_of(int(folder.name))
            apart = chain[: next((n for n, one in enumerate(chain) if one in ours), len(chain))]
            owner = Path(f"/proc/{apart[-1]}").stat().st_uid
            if os.getpid() in chain or owner == user:
                found.add(folder.name)
    return found


def lasting(found: set[str]) -> set[str]:
    """Those that still live in ten seconds."""
    deadline = time.monotonic() + 10.0
    while found and time.monotonic() < deadline:
        time.sleep(0.1)
        found &= processes_of(NOBODY)
    return found


def files_of(user: int) -> set[str]:
    """Files of the user in /tmp and /dev/shm, where a jailed program could write without its jail.

    That is in folders that are the user's or that everybody may write to. What others write there
    meanwhile is not the user's. Where tests do not run as root, programs run as the tests' own
    user: then only the names of `TRACES` tell.
    """
    found = set()
    for top in ("/tmp", "/dev/shm"):
        for folder, folders, files in os.walk(top):
            kept = []
            for name in (*folders, *files):
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):  # it goes while it is looked at
                    status = os.lstat(path)
                    if status.st_uid == user:
                        found.add(path)
                    if name in folders and (status.st_uid == user or status.st_mode & 0o002):
                        kept.append(name)
            folders[:] = kept
    return found


@pytest.fixture(scope="module")
def seen(host: Any, left_over: Callable[[], list[str]], workers: str) -> Seen:
    programs = []
    for case in CASES:
        hostile = Program(source=filled(case, host), test=TEST, entry_point="solve")
        programs += [hostile, NEIGHBOUR]
    before = surroundings(host)
    others = processes_of(NOBODY)
    kept = files_of(NOBODY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A_SECRET", SECRET)
        results = run_programs(programs, Limits(wall_seconds=3.0), workers=2)
    after = surroundings(host)
    before["new processes"] = set()
    after["new processes"] = lasting(processes_of(NOBODY) - others) if os.geteuid() == 0 else set()
    before["new files"] = set()
    after["new files"] = files_of(NOBODY) - kept if os.geteuid() == 0 else set()
    names = [case.stem for case in CASES]
    return Seen(
        results=dict(zip(names, results[::2], strict=True)),
        neighbours=dict(zip(names, results[1::2], strict=True)),
        before=before,
        after=after,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_program_ends_as_its_header_says(case: Path, seen: Seen) -> None:
    result = seen.results[case.stem]
    expected = header(case, "expect")
    allowed = {"failed", "timeout"} if expected == "not passed" else {expected}
    assert result.outcome.value in allowed, result
    assert header(case, "tries")
    assert header(case, "holds")


def test_eighty_programs_are_hostile() -> None:
    assert sum(header(case, "expect") != "passed" for case in CASES) >= 80
    texts = {case.read_text(encoding="utf-8").partition("\n\n")[2] for case in CASES}
    assert len(texts - {""}) == len(CASES)


def test_no_neighbour_suffers_or_finds_anything(seen: Seen) -> None:
    passed = ProgramOutcome.PASSED
    assert {n: r for n, r in seen.neighbours.items() if r.outcome is not passed} == {}


def test_host_is_as_before(seen: Seen, host: Any) -> None:
    assert seen.after == seen.before
    assert host.canary.read_text() == "alive"
    assert host.heard() == 0


def test_nothing_is_left_on_the_host(seen: Seen, left_over: Callable[[], list[str]]) -> None:
    assert left_over() == []
    assert list(Path("/sys/fs/cgroup").glob(f"**/ultralink-bench-{os.getpid()}-*")) == []
    # What the kernel counts by user is free again.
    descriptor = ctypes.CDLL(None).inotify_init1(0)
    assert descriptor >= 0
    os.close(descriptor)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts processes of other users")
@pytest.mark.parametrize(("seconds", "counts"), [(0, True), (60, False)], ids=["alone", "parent"])
def test_an_orphan_counts_and_the_jail_of_another_run_does_not(seconds: int, counts: bool) -> None:
    """The jailed one's parent ends at once, or lives on as a process that is not ours."""
    parent = "import os, subprocess, time\n"
    parent += f"jailed = subprocess.Popen(['sleep', '60'], user={NOBODY})\n"
    parent += f"print(os.getpid(), jailed.pid, flush=True)\ntime.sleep({seconds})"
    started = ["sh", "-c", '"$0" -c "$1" &', sys.executable, parent]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        parent_id, jailed = map(int, shell.stdout.readline().split())
    try:
        while parent_of(jailed) == parent_id and not seconds:
            time.sleep(0.01)
        assert (str(jailed) in processes_of(NOBODY)) == counts
    finally:
        os.kill(jailed, signal.SIGKILL)
        if seconds:
            os.kill(parent_id, signal.SIGKILL)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes files of other users")
def test_a_file_of_the_jailed_user_counts_and_the_files_of_others_do_not() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        others = Path(folder, "others")
        others.write_bytes(bytes(40 << 20))
        for path in (folder, others):
            os.chmod(path, 0o777)
        assert not {name for name in files_of(NOBODY) if name.startswith(folder)}
        theirs = Path(folder, "deep", "er", "theirs")
        theirs.parent.mkdir(parents=True)
        theirs.touch()
        for path in (theirs.parent.parent, theirs.parent, theirs):
            os.chown(path, NOBODY, NOBODY)
        assert str(theirs) in files_of(NOBODY)


def test_the_same_breaches_succeed_outside_of_a_jail(
    host: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or the tests above would prove nothing: the programs' own detectors must work."""
    monkeypatch.setenv("A_SECRET", SECRET)
    names = ["reads_the_host", "reads_environments", "connects_out", "imports_the_project"]
    names.append("asks_for_names")
    for name in names:
        source = filled(next(case for case in CASES if case.stem == name), host)
        namespace: dict[str, object] = {}
        exec(source, namespace)
        assert namespace["solve"](3) == 9, name  # type: ignore[operator]
    assert host.heard() == 5
    assert host.canary.read_text() != "alive"
    host.canary.write_text("alive")
