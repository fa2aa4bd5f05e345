"""Parameters that an endpoint refuses: found in its words, left out, and never asked twice."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.llm_server import Answer, Rule, Server, refusing, serving
from ultralink_data.errors import BenchError, EndpointError, RefusedRequestError
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Message, Reply
from ultralink_data.llm.endpoint import Endpoint

CASES = json.loads((Path(__file__).parents[2] / "cases/refused_parameters.json").read_text())
ALL = ("temperature", "seed", "top_p", "stop", "response_format", "max_tokens")


def request(item: str) -> ChatRequest:
    """A request that sends every parameter."""
    return ChatRequest(
        item=item,
        messages=(Message(role="user", content=item),),
        max_tokens=10,
        temperature=0.7,
        top_p=0.9,
        seed=7,
        stop=("\n",),
        schema={"type": "object"},
    )


class Run:
    """What came of requests, in their order, and what the client said of the endpoint."""

    def __init__(self, server: Server, folder: Path, *items: str, **fields: Any) -> None:
        self.said: list[str] = []
        self.left_out: tuple[str, ...] = ()
        options = {"model": "m", "backoff": 0.01, "timeout": 5.0} | fields
        self._endpoint = Endpoint(base_url=server.url, **options)
        self.came = asyncio.run(self._ask(folder, items))

    async def _ask(self, folder: Path, items: tuple[str, ...]) -> list[Reply | BaseException]:
        with ReplyCache(folder / "replies.sqlite") as cache:
            async with Client(self._endpoint, cache, on_left_out=self.said.append) as client:
                asked = (client.ask(request(item)) for item in items)
                came = await asyncio.gather(*asked, return_exceptions=True)
                self.left_out = client.left_out
        return came

    @property
    def error(self) -> BenchError:
        """The one request's error."""
        (error,) = self.came
        assert isinstance(error, BenchError)
        return error


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{c['source']}" for n, c in enumerate(CASES)])
def test_a_refusal_is_read_from_what_real_providers_send(
    case: dict[str, Any], tmp_path: Path
) -> None:
    body = case["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    answer = Answer(status=case["status"], body=text.encode())
    fields = {"tries": 1, "never_send": ("max_tokens",) if "completion" in case["field"] else ()}
    with serving(lambda body, n: Answer("fine") if n else answer) as server:
        run = Run(server, tmp_path, "a", **fields)
    field = case["field"]
    if field in ALL:
        assert isinstance(run.came[0], Reply)
        assert field in server.requests[0]
        assert field not in server.requests[1]
    else:  # nothing that the request could go without: it was asked once
        assert isinstance(run.came[0], BenchError)
        assert len(server.requests) == 1
        assert not run.left_out
        if value := case.get("value"):
            assert f"another value for {value}" in run.error.hint
            assert f"--never-send {value}" in run.error.hint
        elif value is not None:
            assert "--never-send" not in run.error.hint


@pytest.mark.parametrize("by", ["code", "words"])
def test_what_is_refused_is_left_out_and_said_once(by: str, tmp_path: Path) -> None:
    names = ("temperature", "seed", "top_p", "stop", "response_format")
    with serving(refusing(*names, "max_tokens", by=by)) as server:
        run = Run(server, tmp_path, *"abcd", concurrency=1)
        assert {type(one) for one in run.came} == {Reply}
        assert len(server.requests) == 4 + 6
        assert set(server.requests[-1]) == {"model", "messages", "max_completion_tokens"}
        assert run.left_out == tuple(sorted(names))
        assert len(run.said) == 5
        assert all("does not take" in line for line in run.said)


def test_requests_in_flight_pay_for_a_parameter_once_each_and_later_ones_never(
    tmp_path: Path,
) -> None:
    rule = refusing("temperature", "seed", by="words")
    slow: Rule = lambda body, n: rule(body, n)._replace(wait=0.02)  # noqa: E731
    with serving(slow) as server:
        run = Run(server, tmp_path, *map(str, range(40)), concurrency=8)
        assert {type(one) for one in run.came} == {Reply}
        assert len(server.requests) <= 40 + 2 * 8
        refused = [body for body in server.requests if {"temperature", "seed"} & set(body)]
        assert len(refused) <= 2 * 8
        assert len(run.said) == 2


def test_a_later_run_knows_it_and_says_so_even_of_stored_replies(tmp_path: Path) -> None:
    with serving(refusing("temperature")) as server:
        Run(server, tmp_path, "a")
        again = Run(server, tmp_path, "a")
        assert len(server.requests) == 2
        assert again.left_out == ("temperature",)
        assert len(again.said) == 1
        Run(server, tmp_path, "b")
        assert "temperature" not in server.requests[2]
        other = Run(server, tmp_path, "a", model="other")
        assert "temperature" in server.requests[3]
        assert other.left_out == ("temperature",)


def test_the_limit_of_tokens_is_renamed_and_never_dropped(tmp_path: Path) -> None:
    with serving(refusing("max_tokens", "max_completion_tokens")) as server:
        run = Run(server, tmp_path, "a", tries=2)
        assert type(run.error) is EndpointError
        assert len(server.requests) == 2
        assert not run.left_out


def test_a_refused_field_of_extra_body_is_the_caller_s_and_ends_the_run(tmp_path: Path) -> None:
    with serving(refusing("think", by="words")) as server:
        run = Run(server, tmp_path, "a", extra_body={"think": False})
        assert type(run.error) is EndpointError
        assert "'think' is not supported" in run.error.message
        assert len(server.requests) == 1


def test_a_400_about_the_request_stays_a_refused_request(tmp_path: Path) -> None:
    body = b'{"error": {"message": "max_tokens is too large", "param": "max_tokens"}}'
    with serving(lambda asked, n: Answer(status=400, body=body)) as server:
        run = Run(server, tmp_path, "a")
        assert type(run.error) is RefusedRequestError
        assert len(server.requests) == 1


def test_what_is_never_sent_costs_no_refusal(tmp_path: Path) -> None:
    with serving(refusing("temperature", "seed", "max_tokens")) as server:
        run = Run(server, tmp_path, "a", never_send=("temperature", "seed", "max_tokens"))
        assert isinstance(run.came[0], Reply)
        assert len(server.requests) == 1
        assert run.said == []
