"""Work over processes comes back in the order of the input."""

import os
from collections.abc import Iterator

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
