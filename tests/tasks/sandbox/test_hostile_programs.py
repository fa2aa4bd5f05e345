"""Every program of tests/cases/hostile, and the state of the host after all of them."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.sandbox import Limits, Program, ProgramOutcome, ProgramResult, run_programs

CASES = sorted((Path(__file__).parents[2] / "cases" / "hostile").glob("*.py"))
PROJECT = Path(__file__).parents[3]
SECRET = "a-secret-of-the-host"
TEST = "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(3) == 9\n"
NEIGHBOUR = Program(source="def solve(x):\n    return x * x\n", test=TEST, entry_point="solve")
# What the hostile programs would leave if their /tmp and /dev/shm were the host's.
TRACES = {*map(str, range(64)), "big", "planted"}

Runs = tuple[dict[str, ProgramResult], list[ProgramResult], set[Path]]


def header(case: Path, field: str) -> str:
    lines = case.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"# {field}: ")).partition(": ")[2]


def traces() -> set[Path]:
    folders = {Path("/tmp"), Path("/dev/shm"), Path(tempfile.gettempdir()), Path("/"), Path.cwd()}
    return {folder / name for folder in folders for name in TRACES if (folder / name).exists()}


@pytest.fixture(scope="module")
def runs(host: Any, left_over: Callable[[], list[str]], workers: str) -> Runs:
    values = {"CANARY": host.canary, "PROJECT": PROJECT, "SECRET": SECRET, "PORT": host.port}
    values |= {"ABSTRACT": host.abstract, "SOCKET": host.unix}
    programs = []
    for case in CASES:
        source = case.read_text(encoding="utf-8")
        for name, value in values.items():
            source = source.replace(f"@{name}@", str(value))
        programs += [Program(source=source, test=TEST, entry_point="solve"), NEIGHBOUR]
    before = traces()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A_SECRET", SECRET)
        results = run_programs(programs, Limits(wall_seconds=3.0), workers=2)
    named = {case.stem: result for case, result in zip(CASES, results[::2], strict=True)}
    return named, results[1::2], traces() - before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_program_ends_as_its_header_says(case: Path, runs: Runs) -> None:
    result = runs[0][case.stem]
    expected = header(case, "expect")
    allowed = {"failed", "timeout"} if expected == "not passed" else {expected}
    assert result.outcome.value in allowed, result
    assert header(case, "tries")
    assert header(case, "holds")


def test_no_neighbour_suffers(runs: Runs) -> None:
    assert [result for result in runs[1] if result.outcome is not ProgramOutcome.PASSED] == []


def test_canary_and_listeners_of_the_host_are_untouched(runs: Runs, host: Any) -> None:
    assert host.canary.read_text() == "alive"
    assert host.heard() == 0


def test_nothing_is_left_on_the_host(runs: Runs, left_over: Callable[[], list[str]]) -> None:
    assert left_over() == []
    assert runs[2] == set()
    assert list(Path("/sys/fs/cgroup").glob(f"**/ultralink-bench-{os.getpid()}-*")) == []


def test_the_same_breaches_succeed_outside_of_a_jail(
    host: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or the tests above would prove nothing: the programs' own detectors must work."""
    monkeypatch.setenv("A_SECRET", SECRET)
    for name in ("reads_the_host", "reads_environments", "connects_out", "imports_the_project"):
        source = next(case for case in CASES if case.stem == name).read_text(encoding="utf-8")
        source = source.replace("@CANARY@", str(host.canary)).replace("@SECRET@", SECRET)
        source = source.replace("@PORT@", str(host.port)).replace("@ABSTRACT@", host.abstract)
        source = source.replace("@SOCKET@", host.unix).replace("@PROJECT@", str(PROJECT))
        namespace: dict[str, object] = {}
        exec(source, namespace)
        assert namespace["solve"](3) == 9, name  # type: ignore[operator]
    assert host.heard() == 3
    host.canary.write_text("alive")
