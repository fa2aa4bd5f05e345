"""Work over processes comes back in the order of the input."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ultralink_data.stage.process_map import process_map

_OFFSET = 0


def start(offset: int) -> None:
    global _OFFSET
    _OFFSET = offset


def shifted(n: int) -> tuple[int, int]:
    if n == 13:
        raise ValueError("thirteen")
    return n + _OFFSET, os.getpid()


@pytest.mark.parametrize("processes", [1, 2])
def test_pieces_come_in_their_order_and_each_process_is_started(processes: int) -> None:
    found = list(process_map(range(10), shifted, processes, start=start, made=(5,)))
    assert [piece for piece, _ in found] == list(range(10))
    assert [value for _, (value, _) in found] == list(range(5, 15))
    assert {where == os.getpid() for _, (_, where) in found} == {processes == 1}


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_of_the_work_is_raised(processes: int) -> None:
    with pytest.raises(ValueError, match="thirteen"):
        list(process_map(range(10, 20), shifted, processes))


def test_pieces_are_read_only_a_little_ahead() -> None:
    read: list[int] = []

    def pieces() -> Iterator[int]:
        for n in range(100):
            read.append(n)
            yield n

    mapped = process_map(pieces(), shifted, 2)
    next(mapped)
    assert len(read) <= 7
    mapped.close()  # type: ignore[attr-defined]


SCRIPT = """
from ultralink_data.stage.process_map import process_map
import shared_module

if __name__ == "__main__":
    preload = ["shared_module", "no_such_module"]
    for _, said in process_map(range(40), shared_module.said, 2, preload=preload):
        print(*said)
"""
MODULE = """
import os, time
LOADED_BY = os.getpid()

def said(n):
    time.sleep(0.02)
    return LOADED_BY, os.getpid()
"""


def test_modules_are_loaded_once_for_all_processes_and_never_from_the_current_folder(
    tmp_path: Path,
) -> None:
    for folder, text in (("lib", MODULE), ("here", "raise SystemExit(9)")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shared_module.py").write_text(text)
    (tmp_path / "lib" / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "lib" / "script.py")],
        cwd=tmp_path / "here",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    loaders, workers = zip(*(line.split() for line in done.stdout.splitlines()), strict=True)
    assert len(loaders) == 40
    assert len(set(loaders)) == 1
    assert len(set(workers)) == 2
    assert not set(loaders) & set(workers)
