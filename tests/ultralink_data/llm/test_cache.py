"""Replies on disk: many in one transaction, all or none, and stored when the wait is over."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from ultralink_data.errors import PrerequisiteError
from ultralink_data.llm.cache import GroupedWrites, ReplyCache


def on_disk(path: Path) -> dict[str, bytes]:
    """What another process sees."""
    with sqlite3.connect(path) as database:
        return dict(database.execute("SELECT key, reply FROM replies").fetchall())


def test_the_first_reply_under_a_key_stays(tmp_path):
    with ReplyCache(tmp_path / "r.sqlite") as cache:
        cache.put("a", b"1")
        cache.put_all([("a", b"2"), ("b", b"3")])
        assert (cache.get("a"), cache.get("b"), cache.get("c")) == (b"1", b"3", None)


def test_replies_of_one_turn_share_a_transaction_and_are_on_disk_when_the_wait_is_over(
    tmp_path, monkeypatch
):
    groups = []

    async def run(cache):
        whole = cache.put_all
        monkeypatch.setattr(cache, "put_all", lambda r: (groups.append(len(r)), whole(r)))
        writes = GroupedWrites(cache)

        async def put(n):
            await writes.put(str(n), b"x")
            assert str(n) in on_disk(tmp_path / "r.sqlite")

        await asyncio.gather(*(put(n) for n in range(50)))
        await put(50)

    with ReplyCache(tmp_path / "r.sqlite") as cache:
        asyncio.run(run(cache))
    assert groups == [50, 1]
    assert len(on_disk(tmp_path / "r.sqlite")) == 51


def test_one_that_no_longer_waits_takes_no_others_reply_along(tmp_path):
    async def run(cache):
        writes = GroupedWrites(cache)
        tasks = [asyncio.create_task(writes.put(name, b"x")) for name in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with ReplyCache(tmp_path / "r.sqlite") as cache:
        came = asyncio.run(run(cache))
    assert [type(one) for one in came] == [type(None), asyncio.CancelledError, type(None)]
    assert set(on_disk(tmp_path / "r.sqlite")) == {"a", "b", "c"}


def test_a_full_disk_is_told_to_all_who_wait_and_leaves_nothing_half(tmp_path):
    async def run(cache):
        writes = GroupedWrites(cache)
        many = (writes.put(str(n), bytes(10_000)) for n in range(20))
        return await asyncio.gather(*many, return_exceptions=True)

    with ReplyCache(tmp_path / "r.sqlite") as cache:
        cache.put("first", b"1")
        pages = cache._database.execute("PRAGMA page_count").fetchone()[0]
        cache._database.execute(f"PRAGMA max_page_count = {pages + 10}")
        came = asyncio.run(run(cache))
        assert {type(one) for one in came} == {PrerequisiteError}
        assert "free space" in came[0].hint
        cache.put("after", b"2")
    assert set(on_disk(tmp_path / "r.sqlite")) == {"first", "after"}


def test_a_missing_table_cannot_pass_for_an_empty_cache(tmp_path):
    with ReplyCache(tmp_path / "r.sqlite") as cache:
        cache._database.execute("DROP TABLE replies")
        with pytest.raises(PrerequisiteError, match="cannot use the reply cache"):
            cache.get("a")
