"""The way to an endpoint: open files, slow bodies, TLS; and what stands in a body."""

import asyncio
import resource
from pathlib import Path

import msgspec
import pytest

from tests.llm_server import Answer, serving
from ultralink_data.errors import ConfigError, EndpointError, LLMError
from ultralink_data.llm import wire
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message

REQUEST = ChatRequest(item="a", messages=(Message(role="user", content="hi"),), max_tokens=10)


async def ask(url: str, folder: Path, **limits: float) -> LLMError:
    """The error that the request ends with."""
    options = {"tries": 1, "timeout": 5.0} | limits
    endpoint = msgspec.convert({"base_url": url, "model": "m", **options}, Endpoint)
    with ReplyCache(folder / "r.sqlite") as cache:
        async with Client(endpoint, cache) as client:
            with pytest.raises(LLMError) as caught:
                await client.ask(REQUEST)
    return caught.value


PLACE = Endpoint(base_url="http://h/v1", model="m")


def test_what_stands_at_its_default_is_not_sent():
    assert set(wire.body(REQUEST, PLACE)) == {"model", "messages", "temperature", "max_tokens"}
    more = msgspec.structs.replace(
        REQUEST, top_p=0.9, seed=7, stop=("a", "b"), schema={"type": "x"}
    )
    sent = msgspec.json.decode(msgspec.json.encode(wire.body(more, PLACE)))
    assert (sent["top_p"], sent["seed"], sent["stop"]) == (0.9, 7, ["a", "b"])
    assert sent["response_format"]["json_schema"]["schema"] == {"type": "x"}
    assert sent["messages"] == [{"role": "user", "content": "hi"}]


def test_an_endpoint_s_own_fields_stand_in_every_body():
    place = msgspec.structs.replace(
        PLACE, extra_body={"think": False}, never_send=("seed", "max_tokens"), temperature=0.6
    )
    sent = wire.body(msgspec.structs.replace(REQUEST, seed=7, stop=("a",)), place, {"stop"})
    assert set(sent) == {"model", "messages", "temperature", "max_completion_tokens", "think"}
    assert (sent["temperature"], sent["think"], sent["max_completion_tokens"]) == (0.6, False, 10)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no chat completion"),
        (b"null", "no chat completion"),
        (b'{"choices": [{}]}', "no message"),
        (b'{"choices": [{"message": {"content": 7}}]}', "no chat completion"),
        (b'{"choices": [{"message": {"content": "\xff"}}]}', "no chat completion"),
        (b'{"choices": [{"message": {"content": null}, "finish_reason": "stop"}]}', "no text"),
        (b'{"choices": [{"message": {"reasoning": "hm"}, "finish_reason": "stop"}]}', "only think"),
    ],
)
def test_a_body_without_a_text_is_malformed(body, said):
    with pytest.raises(wire.MalformedReplyError, match=said):
        wire.read(body, REQUEST)


def test_counts_that_are_missing_or_nonsense_are_estimated_and_never_nothing():
    for usage in ("", ', "usage": null', ', "usage": {"prompt_tokens": -4}'):
        body = f'{{"choices": [{{"message": {{"content": "fine"}}}}]{usage}}}'
        reply = wire.read(body.encode(), REQUEST)
        assert reply.prompt_tokens > 0
        assert reply.completion_tokens > 0


def test_a_body_that_drips_ends_with_the_time_out(tmp_path):
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await asyncio.sleep(0.05)
        writer.close()

    async def run() -> LLMError:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        error = await ask(f"http://127.0.0.1:{port}/v1", tmp_path, timeout=0.5)
        server.close()
        return error

    assert "time-out" in asyncio.run(run()).message


def test_an_endpoint_that_speaks_no_tls_ends_the_run(tmp_path):
    with serving(lambda body, number: Answer("fine")) as server:
        error = asyncio.run(ask(server.url.replace("http", "https", 1), tmp_path))
    assert type(error) is EndpointError
    assert "no secure connection" in error.message


def test_so_many_connections_as_are_asked_for_may_be_opened(monkeypatch):
    limits = [(100, 1000)]
    monkeypatch.setattr(resource, "getrlimit", lambda which: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda which, pair: limits.append(pair))
    wire._allow_files(16)
    assert limits[1:] == [(144, 1000)]
    wire._allow_files(8)
    assert limits[2:] == []
    with pytest.raises(ConfigError, match="1024 requests at a time need 1152 open files, 1000"):
        wire._allow_files(1024)


def test_a_key_is_hidden_and_a_short_word_is_none():
    assert wire.hidden("what is sk-12345678?", "sk-12345678") == "what is ***?"
    assert wire.hidden("known", "k") == "known"
