"""A body of status 200 that holds an error is that error, alone and in a batch."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.llm_server import Answer, serving
from ultralink_data.errors import EndpointError, LLMError, RefusedRequestError
from ultralink_data.llm import batch_wire, wire
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message, Reply
from ultralink_data.llm.error_body import error_in

CASES = json.loads((Path(__file__).parents[2] / "cases" / "error_bodies.json").read_text())
REQUEST = ChatRequest(item="a", messages=(Message(role="user", content="hi"),), max_tokens=10)
ENDS = {"run": EndpointError, "request": RefusedRequestError, "try": None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["by"])
def test_an_error_body_means_what_its_own_status_would(case: dict[str, Any]) -> None:
    body = json.dumps(case["body"]).encode()
    if case["ends"] == "reply":
        assert "fine" in wire.read(body, REQUEST).text
        return
    with pytest.raises(wire.ErrorReplyError) as caught:
        wire.read(body, REQUEST)
    fault = wire.fault(caught.value)
    assert case["says"] in fault.what
    assert "status 200" in fault.what
    assert fault.final is ENDS[case["ends"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["by"])
def test_a_batch_s_result_is_read_alike(case: dict[str, Any]) -> None:
    line = {
        "custom_id": "k",
        "response": {"status_code": 200, "request_id": "r", "body": case["body"]},
        "error": None,
    }
    found = batch_wire.result(json.dumps(line).encode(), {"k": REQUEST})
    assert found is not None
    key, came = found
    assert key == "k"
    if case["ends"] == "reply":
        assert isinstance(came, Reply)
        return
    assert isinstance(came, wire.Fault)
    assert case["says"] in came.what
    assert (came.final, came.request_id) == (ENDS[case["ends"]], "r")


@pytest.mark.parametrize(
    "body", [b"", b"7", b"[]", b"{}", b"[[]]", b'"error"', b"\xff", b"[" * 9999]
)
def test_what_is_no_error_is_none(body: bytes) -> None:
    assert error_in(body) is None


def test_a_refused_parameter_is_left_out_after_a_body_of_status_200() -> None:
    error = {"message": "no", "param": "seed", "code": "unsupported_parameter"}
    assert wire.error_fault(error_in_of({"error": error})).unsupported == "seed"


def error_in_of(body: dict[str, Any]) -> Any:
    return error_in(json.dumps(body).encode())


async def _ask(url: str, folder: Path) -> Reply:
    endpoint = Endpoint(base_url=url, model="m", tries=2, backoff=0.01)
    with ReplyCache(folder / "r.sqlite") as cache:
        async with Client(endpoint, cache) as client:
            return await client.ask(msgspec.structs.replace(REQUEST, seed=7))


def test_the_client_says_the_endpoint_s_words_and_tries_what_may_pass(tmp_path: Path) -> None:
    import asyncio

    full = {"error": {"message": "prompt too long", "code": "context_length_exceeded"}}
    busy = {"error": {"message": "slow down", "code": 429}}
    bodies = [json.dumps(one).encode() for one in (busy, full)]
    with serving(lambda request, number: Answer(body=bodies[min(number, 1)])) as server:
        with pytest.raises(LLMError, match="status 200 with the error 400: prompt too long"):
            asyncio.run(_ask(server.url, tmp_path / "a"))
        assert len(server.requests) == 2
    with serving(lambda r, n: Answer("fine") if n else Answer(body=bodies[0])) as server:
        assert asyncio.run(_ask(server.url, tmp_path / "b")).text == "fine"


def test_a_stream_that_nobody_asked_for_is_its_error() -> None:
    with pytest.raises(wire.ErrorReplyError) as caught:
        wire.read(b'data: {"error": {"message": "overload", "code": 529}}\n\n', REQUEST)
    assert "error 529: overload" in wire.fault(caught.value).what


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html>\n  503 try later</html>", "begins '<html> 503 try later</html>'"),
        (b"", "the body is empty"),
        (b'{"choices": []}', "no choices"),
        (b'data: {"choices": [{"delta": {"content": "x"}}]}', "begins 'data: {"),
    ],
)
def test_what_is_neither_reply_nor_error_is_shown(body: bytes, says: str) -> None:
    with pytest.raises(wire.MalformedReplyError, match="no ") as caught:
        wire.read(body, REQUEST)
    assert says in wire.fault(caught.value).what
