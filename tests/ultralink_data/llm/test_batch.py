"""The client that asks in batches, against a scripted provider over HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.batch_server import Fate, Provider, providing
from tests.llm_server import Answer
from ultralink_data.errors import (
    BudgetError,
    EndpointError,
    LLMError,
    PrerequisiteError,
    RefusedRequestError,
)
from ultralink_data.llm import batch_wire
from ultralink_data.llm.batch import BatchClient, Pace
from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message, Reply

FAST = Pace(quiet=0.1, first_look=0.02, later_looks=0.05)
PRICES = {"price_in": 1e4, "price_out": 1e4}
"""A reply of the scripted provider costs 1.1 on its own, 0.55 in a batch."""


def request_of(item: str) -> ChatRequest:
    messages = (Message(role="user", content=item.ljust(100)),)
    return ChatRequest(item=item, messages=messages, max_tokens=10)


def echo(body: dict[str, Any]) -> Answer:
    return Answer(f"said: {body['messages'][0]['content'].strip()}")


def endpoint_of(provider: Provider, **limits: Any) -> Endpoint:
    options = {"concurrency": 1000, "batch": True, "backoff": 0.01, "timeout": 5.0} | limits
    return Endpoint(base_url=provider.url, model="m", **options)


def ask(
    provider: Provider, folder: Path, *items: str, statuses: list[str] | None = None, **limits: Any
) -> tuple[list[Any], BatchClient]:
    """Ask for all items at once; the replies or errors, and the client."""
    told = [] if statuses is None else statuses

    async def run() -> tuple[list[Any], BatchClient]:
        with ReplyCache(folder / "replies.sqlite") as cache:
            endpoint = endpoint_of(provider, **limits)
            async with BatchClient(endpoint, cache, pace=FAST, on_status=told.append) as client:
                asked = (client.ask(request_of(item)) for item in items)
                return await asyncio.gather(*asked, return_exceptions=True), client

    return asyncio.run(run())


def texts(replies: list[Any]) -> list[str]:
    assert {type(reply) for reply in replies} == {Reply}, replies
    return [reply.text for reply in replies]


def test_all_that_waits_goes_out_as_one_batch_and_is_never_asked_again(tmp_path: Path) -> None:
    statuses: list[str] = []
    with providing(echo) as provider:
        replies, client = ask(provider, tmp_path, *"abc", statuses=statuses, **PRICES)
        assert texts(replies) == ["said: a", "said: b", "said: c"]
        assert provider.sizes() == [3]
        again, other = ask(provider, tmp_path, *"abc")
        assert again == replies
        assert len(provider.batches) == 1
    assert client.usage.cost == pytest.approx(3 * 0.55)
    assert (client.usage.answered, other.usage.cached) == (3, 3)
    assert statuses[-1] == "batch batch_0: completed"


def test_a_reply_of_a_batch_is_the_reply_of_the_request_on_its_own(tmp_path: Path) -> None:
    async def stored(provider: Provider) -> Reply:
        with ReplyCache(tmp_path / "replies.sqlite") as cache:
            async with Client(endpoint_of(provider, batch=False), cache) as client:
                return await client.ask(request_of("a"))

    with providing(echo) as provider:
        ask(provider, tmp_path, "a")
        assert asyncio.run(stored(provider)).text == "said: a"


def test_rows_with_several_questions_share_waves(tmp_path: Path) -> None:
    async def run(provider: Provider) -> None:
        with ReplyCache(tmp_path / "replies.sqlite") as cache:
            async with BatchClient(endpoint_of(provider), cache, pace=FAST) as client:

                async def row(name: str, questions: int) -> None:
                    for number in range(questions):
                        await client.ask(request_of(f"{name}{number}"))

                await asyncio.gather(row("a", 1), row("b", 3), row("c", 3))

    with providing(echo) as provider:
        asyncio.run(run(provider))
        assert provider.sizes() == [3, 2, 2]


def test_a_file_holds_no_more_than_the_provider_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with providing(echo) as provider:
        monkeypatch.setattr(batch_wire, "MOST_REQUESTS", 4)
        texts(ask(provider, tmp_path / "1", *map(str, range(10)))[0])
        assert sorted(provider.sizes()) == [2, 4, 4]
        monkeypatch.setattr(batch_wire, "MOST_BYTES", 1200)  # a line has about 380
        texts(ask(provider, tmp_path / "2", *map(str, range(8)))[0])
        assert max(map(len, provider.files.values())) <= 1200 * 2
        assert all(
            len(provider.files[batch["input_file_id"]]) <= 1200 for batch in provider.batches[3:]
        )


def test_line_separators_in_a_reply_end_no_line(tmp_path: Path) -> None:
    with providing(lambda body: Answer("a\u2028b\x85c")) as provider:
        replies, _ = ask(provider, tmp_path, "a")
    assert texts(replies) == ["a\u2028b\x85c"]


def once(first: Answer) -> Any:
    """The first answer to item b is this one."""
    seen = []

    def rule(body: dict[str, Any]) -> Answer:
        item = body["messages"][0]["content"].strip()
        if item == "b" and not seen:
            seen.append(item)
            return first
        return echo(body)

    return rule


@pytest.mark.parametrize(
    "answer",
    [
        Answer(reason="expired"),
        Answer(drop=True),
        Answer(status=500, body=b'{"error": {"message": "oops"}}'),
        Answer(status=429, body=b"{}"),
        Answer(body=b'{"choices": []}'),
        Answer(""),
    ],
    ids=["expired", "no-result", "500", "429", "no-choices", "no-text"],
)
def test_what_may_pass_goes_into_another_batch_alone(answer: Answer, tmp_path: Path) -> None:
    with providing(once(answer)) as provider:
        replies, client = ask(provider, tmp_path, *"abc")
        assert texts(replies) == ["said: a", "said: b", "said: c"]
        assert provider.sizes() == [3, 1]
    assert client.usage.retries == 1


def test_an_expired_batch_keeps_what_was_done_in_time(tmp_path: Path) -> None:
    with providing(once(Answer(reason="expired"))) as provider:
        provider.fates = [Fate(status="expired")]
        assert texts(ask(provider, tmp_path, *"abc")[0])[1] == "said: b"
        assert set(provider.paid.values()) == {1}


def test_a_refused_request_is_refused_alone_and_named(tmp_path: Path) -> None:
    refused = Answer(status=400, body=b'{"error": {"message": "too long"}}')
    with providing(once(refused)) as provider:
        (first, error, third), _ = ask(provider, tmp_path, *"abc")
    assert texts([first, third]) == ["said: a", "said: c"]
    assert type(error) is RefusedRequestError
    assert error.message.startswith("b: m at ")
    assert "status 400: too long (request id req_" in error.message


def test_what_never_passes_is_an_error_with_an_id(tmp_path: Path) -> None:
    with providing(lambda body: Answer(reason="expired")) as provider:
        (error,), _ = ask(provider, tmp_path, "a", tries=2)
        assert len(provider.batches) == 2
    assert type(error) is LLMError
    assert "batch_expired: not in time (our request id " in error.message


def test_a_batch_that_fails_for_one_line_goes_out_again_without_it(tmp_path: Path) -> None:
    with providing(echo) as provider:
        error = {"code": "invalid_request", "message": "bad line", "line": 2}
        provider.fates = [Fate(status="failed", errors=(error,))]
        (first, refused, third), _ = ask(provider, tmp_path, *"abc")
        assert provider.sizes() == [3, 2]
    assert texts([first, third]) == ["said: a", "said: c"]
    assert type(refused) is RefusedRequestError
    assert "batch batch_0: invalid_request: bad line" in refused.message


def test_a_batch_that_fails_as_a_whole_ends_the_run(tmp_path: Path) -> None:
    with providing(echo) as provider:
        error = {"code": "model_not_found", "message": "no model m", "line": None}
        provider.fates = [Fate(status="failed", errors=(error,))]
        errors, _ = ask(provider, tmp_path, *"ab")
    assert {type(error) for error in errors} == {EndpointError}
    assert "model_not_found: no model m" in errors[0].message


def test_a_queue_that_is_full_gets_smaller_batches_one_after_the_other(tmp_path: Path) -> None:
    with providing(echo) as provider:
        error = {"code": "token_limit_exceeded", "message": "queue full"}
        provider.fates = [Fate(status="failed", errors=(error,))] * 2
        replies, _ = ask(provider, tmp_path, *map(str, range(8)))
        texts(replies)
        assert provider.sizes()[0] == 8
        assert max(provider.sizes()[2:]) <= 4
        assert set(provider.paid.values()) == {1}


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "call", ["POST /files", "POST /batches", "GET /batches/batch_0", "GET /files/file-1/content"]
)
@pytest.mark.parametrize("answer", [Answer(status=503, body=b"{}"), Answer(drop=True)])
def test_a_call_that_fails_is_made_again_and_no_batch_twice(
    call: str, answer: Answer, late: bool, tmp_path: Path
) -> None:
    with providing(echo) as provider:
        if call == "GET /files/file-1/content" and late:
            return
        provider.faults = [(call, answer, late)]
        texts(ask(provider, tmp_path, *"ab")[0])
        assert not provider.faults
        assert provider.sizes() == [2]


def test_an_endpoint_without_batches_is_named(tmp_path: Path) -> None:
    with providing(echo) as provider:
        provider.faults = [("POST /files", Answer(status=404, body=b"{}"), False)]
        (error,), _ = ask(provider, tmp_path, "a")
    assert type(error) is EndpointError
    assert "batch interface" in error.hint


def leave(provider: Provider, folder: Path, *items: str, until: str, times: int) -> None:
    """A run that ends while it waits: its process is gone, its batch goes on."""

    async def run() -> None:
        with ReplyCache(folder / "replies.sqlite") as cache:
            async with BatchClient(endpoint_of(provider), cache, pace=FAST) as client:
                waiting = [asyncio.create_task(client.ask(request_of(item))) for item in items]
                while provider.looks[until] < times:
                    await asyncio.sleep(0.01)
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(run())


def test_a_batch_under_way_is_waited_for_by_the_next_run_and_never_sent_again(
    tmp_path: Path,
) -> None:
    with providing(echo) as provider:
        provider.fates = [Fate(looks=12)]
        leave(provider, tmp_path, *"abc", until="batch_0", times=2)
        assert provider.batches[0]["status"] == "validating"
        replies, client = ask(provider, tmp_path, *"abcd", **PRICES)
        assert texts(replies) == [f"said: {item}" for item in "abcd"]
        assert provider.sizes() == [3, 1]
        assert set(provider.paid.values()) == {1}
    assert client.usage.cost == pytest.approx(4 * 0.55)


def test_a_batch_whose_submission_was_never_answered_is_found(tmp_path: Path) -> None:
    with providing(echo) as provider:
        # The process ends between the provider's work and its answer.
        provider.faults = [("POST /batches", Answer(drop=True), True)]
        provider.faults += [("GET /batches", Answer(status=404, body=b"{}"), False)]
        errors, _ = ask(provider, tmp_path, *"ab")
        assert {type(error) for error in errors} == {EndpointError}
        texts(ask(provider, tmp_path, *"ab")[0])
        assert provider.sizes() == [2]


def test_a_batch_that_never_got_there_is_sent(tmp_path: Path) -> None:
    with providing(echo) as provider:
        provider.faults = [("POST /batches", Answer(status=401, body=b"{}"), False)]
        errors, _ = ask(provider, tmp_path, *"ab")
        assert {type(error) for error in errors} == {EndpointError}
        assert not provider.batches
        texts(ask(provider, tmp_path, *"ab")[0])
        assert provider.sizes() == [2]


def test_two_processes_do_not_send_batches_from_one_folder(tmp_path: Path) -> None:
    async def run(provider: Provider) -> None:
        with ReplyCache(tmp_path / "replies.sqlite") as cache:
            async with BatchClient(endpoint_of(provider), cache, pace=FAST):
                with pytest.raises(PrerequisiteError, match="another process sends batches"):
                    await BatchClient(endpoint_of(provider), cache).__aenter__()

    with providing(echo) as provider:
        asyncio.run(run(provider))


def test_the_budget_counts_half_the_price(tmp_path: Path) -> None:
    # 1.18 are foreseen for a request on its own, 0.59 in a batch.
    with providing(echo) as provider:
        replies, client = ask(provider, tmp_path, *"abcdef", max_cost=2.0, **PRICES)
        assert sum(provider.paid.values()) == 3
    assert client.usage.cost == pytest.approx(3 * 0.55)
    assert [type(one) for one in replies].count(BudgetError) == 3


def test_a_model_that_takes_the_limit_under_another_name_gets_it(tmp_path: Path) -> None:
    body = b'{"error": {"message": "no", "param": "max_tokens", "code": "unsupported_parameter"}}'
    refused = Answer(status=400, body=body)
    with providing(lambda asked: refused if "max_tokens" in asked else echo(asked)) as provider:
        texts(ask(provider, tmp_path, *"ab")[0])
        assert provider.sizes() == [2, 2]


def test_what_a_batch_is_refused_for_in_words_is_left_out_of_the_next_wave(tmp_path: Path) -> None:
    body = b'{"error": {"message": "`temperature` is deprecated for this model."}}'
    refused = Answer(status=400, body=body)
    with providing(lambda asked: refused if "temperature" in asked else echo(asked)) as provider:
        replies, client = ask(provider, tmp_path, *"ab")
        texts(replies)
        assert provider.sizes() == [2, 2]
        assert client.left_out == ("temperature",)
        texts(ask(provider, tmp_path, "c")[0])
        assert provider.sizes() == [2, 2, 1]
