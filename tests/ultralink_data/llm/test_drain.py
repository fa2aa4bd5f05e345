"""Requests are worked through so many at a time; an error ends it after what is in flight."""

import asyncio
from collections.abc import Iterator

import pytest

from ultralink_data.llm.drain import drain


def test_so_many_at_a_time_in_their_order() -> None:
    under_way: list[int] = []
    most: list[int] = []
    started: list[int] = []

    async def work(n: int) -> None:
        started.append(n)
        under_way.append(n)
        most.append(len(under_way))
        await asyncio.sleep(0)
        under_way.remove(n)

    asyncio.run(drain(iter(range(20)), work, 3))
    assert started == list(range(20))
    assert max(most) == 3


def test_the_first_error_is_raised_after_what_is_in_flight() -> None:
    ended: list[int] = []

    async def work(n: int) -> None:
        if n == 2:
            raise ValueError("two")
        await asyncio.sleep(0.01)
        ended.append(n)
        if n == 0:
            raise KeyError("a later one")

    with pytest.raises(ValueError, match="two"):
        asyncio.run(drain(iter(range(100)), work, 3))
    assert sorted(ended) == [0, 1]


def test_an_error_of_the_input_is_raised_after_what_is_in_flight() -> None:
    ended: list[int] = []

    def rows() -> Iterator[int]:
        yield from (0, 1)
        raise OSError("disk")

    async def work(n: int) -> None:
        await asyncio.sleep(0.01)
        ended.append(n)

    with pytest.raises(OSError, match="disk"):
        asyncio.run(drain(rows(), work, 4))
    assert sorted(ended) == [0, 1]


def test_nothing_to_do_is_no_error() -> None:
    async def work(n: int) -> None:
        raise AssertionError(n)

    asyncio.run(drain(iter(()), work, 4))
