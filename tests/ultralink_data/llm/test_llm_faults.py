"""Which faults of an endpoint are tried again, which end a request or the run; what is said."""

import asyncio
import time
import traceback
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from tests.llm_server import Answer, Rule, Server, free_port, serving
from ultralink_data.errors import (
    AllRefusedError,
    BenchError,
    BudgetError,
    ConfigError,
    EndpointError,
    LLMError,
    RefusedRequestError,
    UnprovenEndpointError,
)
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message, Reply
from ultralink_data.llm.wire import retry_after

BUSY = Answer(status=429, body=b'{"error": {"message": "slow"}}')
NO_QUOTA = Answer(
    status=429, body=b'{"error": {"message": "pay first", "code": "insufficient_quota"}}'
)
PRICES = {"price_in": 1e4, "price_out": 1e4}
"""A reply of the scripted server costs 1.1, and 1.18 are foreseen for a request."""


def request_of(item: str) -> ChatRequest:
    return ChatRequest(
        item=item, messages=(Message(role="user", content="hello" * 20),), max_tokens=10
    )


def ask(url: str, folder: Path, *items: str, **limits: Any) -> tuple[list[Any], Client]:
    """Ask for all items at once; the replies or errors, and the client."""

    async def run() -> tuple[list[Any], Client]:
        options = {"model": "m", "backoff": 0.01, "timeout": 5.0} | limits
        with ReplyCache(folder / "replies.sqlite") as cache:
            async with Client(Endpoint(base_url=url, **options), cache) as client:
                asked = (client.ask(request_of(item)) for item in items)
                return await asyncio.gather(*asked, return_exceptions=True), client

    return asyncio.run(run())


def only(*answers: Answer) -> Rule:
    """These answers, then good ones."""
    return lambda body, number: answers[number] if number < len(answers) else Answer("fine")


def always(answer: Answer) -> Rule:
    return lambda body, number: answer


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (NO_QUOTA, EndpointError, "status 429: pay first"),
        (Answer(status=401, body=b'{"error": {"message": "bad key"}}'), EndpointError, "bad key"),
        (Answer(status=402, body=b"Insufficient Balance"), EndpointError, "Insufficient Balance"),
        (Answer(status=403, body=b"{}"), UnprovenEndpointError, "status 403: without a reason"),
        (Answer(status=404, body=b"no page"), UnprovenEndpointError, "status 404: no page"),
        (
            Answer(status=400, body=b'{"error": {"message": "too long"}}'),
            RefusedRequestError,
            "too",
        ),
        (Answer(status=422, body=b"{}"), RefusedRequestError, "status 422"),
    ],
)
def test_what_cannot_pass_is_asked_once(
    answer: Answer, kind: type[LLMError], said: str, tmp_path: Path
) -> None:
    with serving(always(answer)) as server:
        (error,), _ = ask(server.url, tmp_path, "row 7")
    assert type(error) is kind
    assert said in error.message
    assert error.message.startswith("row 7: m at http://127.0.0.1:")
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [Answer(status=500, body=b"{}"), Answer(body=b"<html>")])
def test_the_endpoints_request_id_stands_in_the_error(answer: Answer, tmp_path: Path) -> None:
    named = answer._replace(headers=(("x-request-id", "req_42"),))
    with serving(always(named)) as server:
        (error,), _ = ask(server.url, tmp_path, "a", tries=2)
    assert "(request id req_42)" in error.message


def test_where_the_endpoint_gives_no_id_ours_stands_in_the_error_and_was_sent(
    tmp_path: Path,
) -> None:
    with serving(always(Answer(drop=True))) as server:
        (error,), _ = ask(server.url, tmp_path, "a", tries=2)
    assert "the connection broke" in error.message
    assert f"(our request id {server.names[-1]})" in error.message
    assert len(set(server.names)) == 2  # one for each attempt


def test_an_error_holds_no_key_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-secret-123"
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    body = f'{{"error": {{"message": "what is {secret}?"}}}}'.encode()
    for number, answer in enumerate(
        (Answer(status=401, body=body), Answer(status=500, body=body), Answer(drop=True))
    ):
        with serving(always(answer)) as server:
            items = (f"a {secret}",)
            (error,), client = ask(server.url, tmp_path / str(number), *items, tries=2)
        assert server.keys == {f"Bearer {secret}"}
        assert error.__cause__ is None
        assert error.__context__ is None
        shown = "".join(traceback.format_exception(error)) + repr(error) + repr(client)
        assert secret not in shown + error.hint
        assert secret not in repr(client.endpoint) + repr(client.usage)


@pytest.mark.parametrize("key", ["sk-1\nsk-2", "sk-\u2026"])
def test_a_key_that_fits_no_header_is_not_shown(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ConfigError, match="line break") as caught:
        ask("http://127.0.0.1:9/v1", tmp_path, "a")
    assert "sk-" not in str(caught.value)


def test_space_around_a_key_is_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", " sk-1\n")
    with serving(only()) as server:
        ask(server.url, tmp_path, "a")
    assert server.keys == {"Bearer sk-1"}


def test_a_wait_is_given_in_seconds_or_as_a_date() -> None:
    assert retry_after("1.5") == 1.5
    date = formatdate(time.time() + 60, usegmt=True)
    assert 58 < (retry_after(date) or 0) <= 60
    assert retry_after(formatdate(time.time() - 60, usegmt=True)) == 0
    assert [retry_after(value) for value in (None, "soon", "nan", "-3")] == [None, None, None, 0]


def test_an_endpoint_that_asks_for_a_long_wait_is_not_waited_for(tmp_path: Path) -> None:
    with serving(always(BUSY._replace(headers=(("Retry-After", "900"),)))) as server:
        (error,), _ = ask(server.url, tmp_path, "a")
    assert type(error) is LLMError
    assert len(server.requests) == 1


def test_a_busy_endpoint_that_answers_others_is_waited_for_beyond_the_tries(
    tmp_path: Path,
) -> None:
    # Two of three requests are turned away: with 3 tries for each, rows would be lost.
    rule = lambda body, number: Answer("fine") if number % 3 == 2 else BUSY  # noqa: E731
    with serving(rule) as server:
        replies, client = ask(server.url, tmp_path, *map(str, range(40)), tries=3, backoff=0.001)
    assert {type(reply) for reply in replies} == {Reply}
    assert client.usage.retries > 40


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/v1", "http://no-such-host.invalid/v1"])
def test_an_endpoint_that_cannot_be_reached_is_given_up_at_once(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    address = url.format(port=free_port())
    (error, *_), client = ask(address, tmp_path, "a", "b", tries=6)
    assert type(error) is EndpointError
    assert f"m at {address}: no connection: " in error.message
    assert "Connection refused" in error.message or "known" in error.message
    assert "that the server runs" in error.hint
    assert client.usage.requests == 6  # three for each
    assert client.usage.lost == 0


def test_an_endpoint_that_is_no_longer_there_ends_the_run(tmp_path: Path) -> None:
    async def run(server: Server) -> BenchError:
        with ReplyCache(tmp_path / "replies.sqlite") as cache:
            endpoint = Endpoint(base_url=server.url, model="m", backoff=0.01, tries=4)
            async with Client(endpoint, cache) as client:
                await client.ask(request_of("a"))
                server.close()
                with pytest.raises(EndpointError) as caught:
                    await client.ask(request_of("b"))
                assert client.usage.requests == 5  # it was there, so it gets all its tries
                return caught.value

    with serving(only()) as server:
        assert "b: m at" in asyncio.run(run(server)).message


def test_many_failures_after_one_another_end_the_run(tmp_path: Path) -> None:
    with serving(always(Answer(status=500, body=b"{}"))) as server:
        items = map(str, range(14))
        errors, _ = ask(server.url, tmp_path, *items, tries=1, concurrency=1)
    assert [type(error) for error in errors] == [LLMError] * 11 + [EndpointError] * 3
    assert "12 requests failed after one another" in errors[11].message


def test_many_refusals_after_one_another_end_the_run(tmp_path: Path) -> None:
    good, bad = Answer("fine"), Answer(status=400, body=b'{"error": {"message": "no valid key"}}')
    with serving(lambda body, number: good if number == 5 else bad) as server:
        items = map(str, range(20))
        came, _ = ask(server.url, tmp_path, *items, concurrency=1)
    refused = [RefusedRequestError] * 5, [RefusedRequestError] * 11
    assert [type(one) for one in came] == [*refused[0], Reply, *refused[1], *[AllRefusedError] * 3]
    assert "12 requests failed after one another, now: status 400: no valid key" in came[17].message


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_forbidden_after_an_answer_is_the_requests_own_fault(
    status: int, tmp_path: Path
) -> None:
    no = Answer(status=status, body=b'{"error": {"message": "moderated"}}')
    with serving(lambda body, number: no if number else Answer("fine")) as server:
        came, _ = ask(server.url, tmp_path, *map(str, range(13)), concurrency=1)
        assert [type(one) for one in came[1:]] == [RefusedRequestError] * 11 + [AllRefusedError]
        (_, again), _ = ask(server.url, tmp_path, "0", "1", concurrency=1)
        assert type(again) is RefusedRequestError  # a stored reply tells as much


def test_a_reply_that_may_have_been_billed_counts_into_the_budget(tmp_path: Path) -> None:
    with serving(always(Answer(drop=True))) as server:
        (error,), client = ask(server.url, tmp_path, "a", max_cost=2.5, **PRICES)
    assert isinstance(error, BudgetError)
    assert "may be billed without a reply" in error.message
    assert len(server.requests) == 2
    assert client.usage.lost == pytest.approx(2.36)


def test_a_turned_away_request_costs_nothing(tmp_path: Path) -> None:
    with serving(only(BUSY, Answer(status=500, body=b"{}"))) as server:
        (reply,), client = ask(server.url, tmp_path, "a", max_cost=1.2, **PRICES)
    assert reply.text == "fine"
    assert (client.usage.cost, client.usage.lost) == (pytest.approx(1.1), 0)


def test_what_is_set_aside_for_others_is_waited_for_and_not_taken_as_spent(
    tmp_path: Path,
) -> None:
    # 8 times 1.18 is more than 9, 7 replies and 1.18 are not.
    with serving(always(Answer("fine", wait=0.05))) as server:
        replies, client = ask(server.url, tmp_path, *"abcdefgh", max_cost=9.0, **PRICES)
    assert {type(reply) for reply in replies} == {Reply}
    assert client.usage.cost == pytest.approx(8.8)


def test_no_order_of_replies_passes_the_budget(tmp_path: Path) -> None:
    rule = lambda body, number: Answer("fine", wait=0.01 * (number % 5), drop=number % 7 == 3)  # noqa: E731
    prices = {"price_in": 1000.0, "price_out": 1000.0}
    with serving(rule) as server:
        items = map(str, range(60))
        came, client = ask(server.url, tmp_path, *items, max_cost=3.0, concurrency=16, **prices)
    assert client.usage.cost + client.usage.lost <= 3.0
    assert {type(one) for one in came} == {Reply, BudgetError}
    assert len(server.requests) < 60


def test_a_model_that_takes_the_limit_under_another_name_gets_it(tmp_path: Path) -> None:
    body = b'{"error": {"message": "no", "param": "max_tokens", "code": "unsupported_parameter"}}'
    refused = Answer(status=400, body=body)
    with serving(lambda asked, n: refused if "max_tokens" in asked else Answer("fine")) as server:
        replies, _ = ask(server.url, tmp_path, *"abc", concurrency=1)
    assert {type(reply) for reply in replies} == {Reply}
    assert ["max_tokens" in asked for asked in server.requests] == [True, False, False, False]
    assert server.requests[1]["max_completion_tokens"] == 10


def test_a_setting_that_the_model_does_not_take_ends_the_run_and_rejects_no_row(
    tmp_path: Path,
) -> None:
    body = b'{"error": {"message": "only 1", "param": "temperature", "code": "unsupported_value"}}'
    with serving(always(Answer(status=400, body=body))) as server:
        (error,), _ = ask(server.url, tmp_path, "a")
    assert type(error) is EndpointError
    assert "status 400: only 1" in error.message


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_a_reply_whose_end_explains_that_it_has_no_text_is_paid_for_once(
    reason: str, tmp_path: Path
) -> None:
    with serving(always(Answer("", reason=reason))) as server:
        (reply,), _ = ask(server.url, tmp_path, "a")
        assert (reply.text, reply.finish_reason) == ("", reason)
        assert len(server.requests) == 1
