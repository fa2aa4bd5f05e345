"""The client of language models, against a scripted server over HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.llm_server import Answer, Rule, Server, serving
from ultralink_data.errors import (
    BenchError,
    BudgetError,
    ConfigError,
    DataError,
    EndpointError,
    LLMError,
)
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message, Reply

BUSY = Answer(status=429, headers=(("Retry-After", "0"),), body=b'{"error": {"message": "slow"}}')


def _request(item: str = "a", **changes: Any) -> ChatRequest:
    messages = (Message(role="user", content="hello"),)
    return ChatRequest(item=item, messages=messages, max_tokens=10, **changes)


def _ask(server: Server, folder: Path, *requests: ChatRequest, **limits: Any) -> list[Reply]:
    async def ask() -> list[Reply]:
        options = {"model": "m", "backoff": 0.01, "timeout": 5.0} | limits
        endpoint = Endpoint(base_url=server.url, **options)
        with ReplyCache(folder / "replies.sqlite") as cache:
            async with Client(endpoint, cache) as client:
                return [await client.ask(request) for request in requests]

    return asyncio.run(ask())


def _first(*failures: Answer) -> Rule:
    return lambda request, number: failures[number] if number < len(failures) else Answer("fine")


@pytest.mark.parametrize(
    "failure",
    [
        BUSY,
        Answer(status=500, body=b"oops"),
        Answer(status=503, body=b"{}"),
        Answer(drop=True),
        Answer("half", cut=True),
        Answer(body=b'{"choices": ['),
        Answer(body=b'{"choices": []}'),
        Answer(body=b'"text"'),
        Answer(body=b'{"choices": [{"message": {"role": "assistant", "content": ""}}]}'),
        Answer("late", wait=6.0),
    ],
    ids=["429", "500", "503", "drop", "cut", "no-json", "empty", "string", "no-text", "late"],
)
def test_what_may_pass_is_tried_again(failure: Answer, tmp_path: Path) -> None:
    with serving(_first(failure, failure)) as server:
        (reply,) = _ask(server, tmp_path, _request(), timeout=2.0)
    assert reply.text == "fine"
    assert len(server.requests) == 3


def test_a_stored_reply_is_never_asked_again(tmp_path: Path) -> None:
    with serving(_first()) as server:
        _ask(server, tmp_path, _request(), _request())
        _ask(server, tmp_path, _request())
        assert len(server.requests) == 1
        _ask(server, tmp_path, _request(attempt=1), _request("b"))
        _ask(server, tmp_path, _request(), model="other")
    assert len(server.requests) == 4


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    answer = BUSY._replace(headers=(("Retry-After", "1"),))
    waits = []

    async def slept(seconds: float) -> None:
        waits.append(seconds)

    with serving(_first(answer)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("ultralink_data.llm.client.asyncio.sleep", slept)
        _ask(server, tmp_path, _request())
    assert [wait for wait in waits if wait >= 1]


@pytest.mark.parametrize(("status", "kind"), [(401, EndpointError), (400, LLMError)])
def test_what_cannot_pass_is_asked_once_and_shows_no_key(
    status: int, kind: type[BenchError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-123")
    body = b'{"error": {"message": "wrong key sk-secret-123"}}'
    rule = _first(*[Answer(status=status, body=body)] * 9)
    with serving(rule) as server, pytest.raises(kind) as caught:
        _ask(server, tmp_path, _request())
    assert len(server.requests) == 1
    assert server.keys == {"Bearer sk-secret-123"}
    assert "sk-secret" not in f"{caught.value.message} {caught.value.hint} {caught.value!r}"
    assert b"sk-secret" not in (tmp_path / "replies.sqlite").read_bytes()


def test_it_gives_up_after_so_many_tries(tmp_path: Path) -> None:
    with serving(lambda request, number: BUSY) as server, pytest.raises(LLMError, match="429"):
        _ask(server, tmp_path, _request(), tries=3)
    assert len(server.requests) == 3


def test_a_refusal_is_a_reply_that_says_so(tmp_path: Path) -> None:
    body = b'{"choices": [{"message": {"role": "assistant", "refusal": "I cannot"}}]}'
    with serving(_first(Answer(body=body))) as server:
        (reply,) = _ask(server, tmp_path, _request())
    assert (reply.text, reply.finish_reason) == ("I cannot", "refusal")


def test_the_budget_is_not_passed(tmp_path: Path) -> None:
    limits = {"price_in": 1e4, "price_out": 1e4}  # 1.1 a reply, at most 0.23 foreseen
    many = [_request(str(number)) for number in range(9)]
    with serving(_first()) as server:
        with pytest.raises(BudgetError, match="3 requests"):
            _ask(server, tmp_path, *many, max_cost=3.4, **limits)
        assert len(server.requests) == 3
        _ask(server, tmp_path, *many[:3], max_cost=0.0, **limits)
    assert len(server.requests) == 3


def test_a_far_endpoint_needs_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ReplyCache(tmp_path / "c") as cache, pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        Client(Endpoint(base_url="https://example.org/v1", model="m"), cache)


def test_tokens_that_are_not_reported_still_cost(tmp_path: Path) -> None:
    body = b'{"choices": [{"message": {"role": "assistant", "content": "fine"}}]}'
    with serving(lambda request, number: Answer(body=body)) as server:
        (reply,) = _ask(server, tmp_path, _request())
    assert reply.prompt_tokens > 0
    assert reply.completion_tokens > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base_url": "ftp://x"}, "ftp://x"),
        ({"base_url": "https://me:secret@x/v1"}, "not have a user, password or query$"),
        ({"base_url": "https://x/v1?key=secret"}, "not have a user, password or query$"),
        ({"max_cost": 5.0}, "needs a price"),
        ({"max_cost": float("nan"), "price_in": 1.0}, "finite"),
        ({"price_in": float("inf")}, "finite"),
        ({"price_out": -1.0}, "0 or more"),
        ({"concurrency": 0}, "over 0"),
    ],
)
def test_limits_that_limit_nothing_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Endpoint(**{"base_url": "http://localhost/v1", "model": "m"} | changes)


def test_a_damaged_cache_is_named(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(DataError, match="is not a complete reply cache"):
        ReplyCache(path)
    path.unlink()
    with ReplyCache(path) as cache:
        for number in range(300):
            cache.put(f"{number:064}", b"x" * 300)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(DataError, match="malformed"), ReplyCache(path) as cache:
        cache.get("1" * 64)
