"""The description of an endpoint, and what of it decides a reply."""

import asyncio
from typing import Any

import msgspec
import pytest

from tests.llm_server import Answer, serving
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Message, Reply, reply_key
from ultralink_data.llm.endpoint import Endpoint, EndpointIdentity
from ultralink_data.llm.request import without_thinking

PLACE = Endpoint(base_url="http://h/v1", model="m")
REQUEST = ChatRequest(item="a", messages=(Message(role="user", content="hi"),), max_tokens=10)


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "http://other/v1"},
        {"model": "other"},
        {"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}},
        {"never_send": ("seed",)},
        {"thinking": "strip"},
        {"temperature": 0.6},
    ],
)
def test_what_decides_a_reply_changes_every_key(changes: dict[str, Any]) -> None:
    other = msgspec.structs.replace(PLACE, **changes)
    assert other.identity != PLACE.identity
    assert other.identity.key != PLACE.identity.key
    assert reply_key(other, REQUEST) != reply_key(PLACE, REQUEST)


def test_what_decides_no_reply_changes_no_key() -> None:
    other = PLACE.identity.endpoint(
        key_variable="OTHER", concurrency=1, timeout=1.0, tries=1, price_in=1.0, batch=True
    )
    assert other.identity == PLACE.identity
    assert reply_key(other, REQUEST) == reply_key(PLACE, REQUEST)


def test_a_default_that_is_typed_or_read_is_no_difference() -> None:
    typed = msgspec.structs.replace(PLACE.identity, thinking="".join(["ke", "ep"]))
    read = msgspec.json.decode(
        b'{"base_url": "%s", "model": "%s", "thinking": "keep"}'
        % (PLACE.base_url.encode(), PLACE.model.encode()),
        type=EndpointIdentity,
    )
    assert typed.key == read.key == PLACE.identity.key


def test_the_order_of_names_and_fields_is_no_difference() -> None:
    one = msgspec.structs.replace(PLACE, never_send=("stop", "seed"), extra_body={"a": 1, "b": 2})
    two = msgspec.structs.replace(PLACE, never_send=("seed", "stop"), extra_body={"b": 2, "a": 1})
    assert one.identity.key == two.identity.key


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": ""}, "no name"),
        ({"never_send": ("temprature",)}, "'temprature' is none of temperature, "),
        ({"extra_body": {"messages": []}}, "'messages'"),
        ({"extra_body": {"seed": 1}}, "'seed'"),
        ({"extra_body": {"top_p": 0.9}, "never_send": ("top_p",)}, "is in both never_send and"),
        ({"temperature": 3.0}, "from 0 to 2, got 3"),
        ({"temperature": 1.0, "never_send": ("temperature",)}, "which is given"),
        (
            {
                "max_cost": 1.0,
                "price_in": 1.0,
                "never_send": ("max_tokens", "max_completion_tokens"),
            },
            "needs a limit of tokens",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Endpoint(**{"base_url": "http://localhost/v1", "model": "m"} | changes)


def test_an_identity_is_decoded_strictly() -> None:
    found = msgspec.json.decode(msgspec.json.encode(PLACE.identity), type=EndpointIdentity)
    assert found == PLACE.identity
    with pytest.raises(msgspec.ValidationError, match="concurrency"):
        msgspec.json.decode(msgspec.json.encode({"concurrency": 1}), type=EndpointIdentity)


@pytest.mark.parametrize(
    ("text", "left", "thinking"),
    [
        ("<think>so\n</think>\n\nFour.", "Four.", "so"),
        ("\n<think></think>Four.", "Four.", ""),
        ("the template opened it</think>Four.", "Four.", "the template opened it"),
        ("<think>cut by the limit", "", "cut by the limit"),
        ("Four.", "Four.", ""),
        ("Four. <think>is a tag", "Four. <think>is a tag", ""),
        (
            "<answer>Four.</answer> <|im_end|> ends it",
            "<answer>Four.</answer> <|im_end|> ends it",
            "",
        ),
    ],
)
def test_a_block_of_thinking_is_kept_apart_from_the_text(
    text: str, left: str, thinking: str
) -> None:
    reply = Reply(text=text, finish_reason="stop", prompt_tokens=1, completion_tokens=1)
    assert without_thinking(reply) == msgspec.structs.replace(reply, text=left, thinking=thinking)


def test_thinking_is_stripped_of_new_and_of_stored_replies(tmp_path) -> None:
    async def ask(url: str, **changes: Any) -> list[str]:
        endpoint = Endpoint(base_url=url, model="m", **changes)
        with ReplyCache(tmp_path / "r.sqlite") as cache:
            async with Client(endpoint, cache) as client:
                return [(await client.ask(REQUEST)).text for _ in range(2)]

    with serving(lambda body, n: Answer("<think>hm</think>Four.")) as server:
        assert asyncio.run(ask(server.url, thinking="strip")) == ["Four.", "Four."]
        assert asyncio.run(ask(server.url)) == ["<think>hm</think>Four."] * 2
        assert len(server.requests) == 2
