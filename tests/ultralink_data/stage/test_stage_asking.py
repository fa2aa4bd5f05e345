"""How a stage that asks a model ends: rows refused, rows open, bugs and errors."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from stage_samples import STAGE, pages, rows, slow_work, work

from ultralink_data.documents import Page
from ultralink_data.errors import (
    AllRefusedError,
    BudgetError,
    DataError,
    EndpointError,
    LLMError,
    PrerequisiteError,
    RefusedRequestError,
    UnprovenEndpointError,
)
from ultralink_data.stage.drive import run_asking
from ultralink_data.stage.journal import Journal
from ultralink_data.stage.outcome import (
    Rejected,
    RowOutcome,
    stage_paths,
)


def asking(out: Path, worker, count: int = 20):
    return asyncio.run(run_asking(lambda: pages(count), worker, out, STAGE, concurrency=4))


def test_a_row_whose_request_fails_is_tried_in_a_second_pass(tmp_path):
    tried: list[str] = []

    async def worker(page: Page) -> RowOutcome[Page]:
        tried.append(page.id)
        if page.id == "es:5" and tried.count("es:5") == 1:
            raise LLMError("status 500", hint="")
        return work(page)

    assert asking(tmp_path / "x.jsonl", worker).rows_in == 20
    assert tried.count("es:5") == 2
    assert len(tried) == 21


def test_a_row_that_stays_open_is_no_reject_and_nothing_is_final(tmp_path):
    out = tmp_path / "x.jsonl"

    async def worker(page: Page) -> RowOutcome[Page]:
        if page.id == "es:5":
            raise LLMError("status 500 for es:5", hint="")
        return work(page)

    with pytest.raises(LLMError, match=r"1 rows stay open, 19 are done.*status 500 for es:5"):
        asking(out, worker)
    assert not out.exists()
    assert not stage_paths(out).rejected.exists()
    assert asking(out, slow_work).rows_in == 20


def test_a_request_that_the_endpoint_refuses_rejects_its_row(tmp_path):
    out = tmp_path / "x.jsonl"

    async def worker(page: Page) -> RowOutcome[Page]:
        if page.id == "es:5":
            raise RefusedRequestError("status 400: too long", hint="")
        return work(page)

    asking(out, worker)
    rejected = {r.id: r for r in rows(stage_paths(out).rejected, Rejected)}
    assert (rejected["es:5"].reason, rejected["es:5"].detail) == (
        "refused_request",
        "status 400: too long",
    )


def test_rows_stay_open_where_no_request_is_answered(tmp_path):
    out = tmp_path / "x.jsonl"

    async def worker(page: Page) -> RowOutcome[Page]:
        raise RefusedRequestError("status 400: no valid key", hint="")

    with pytest.raises(AllRefusedError, match=r"6 rows were refused.*no valid key"):
        asking(out, worker, 6)
    assert not stage_paths(out).rejected.exists()
    assert asking(out, slow_work, 6).rows_in == 6


@pytest.mark.parametrize("count", [20, 200])
def test_rows_that_were_refused_before_the_endpoint_was_given_up_stay_open(tmp_path, count):
    out = tmp_path / "x.jsonl"

    async def used_up(page: Page) -> RowOutcome[Page]:
        number = int(page.id[3:])
        if number == count - 1:
            raise EndpointError("one after another", hint="")
        if number > count - 15 or number % 20 == 3:
            raise RefusedRequestError("status 400", hint="")
        return work(page)

    with pytest.raises(EndpointError, match="one after another"):
        asking(out, used_up, count)
    with Journal(out, STAGE) as journal:
        assert not any(journal.has(n) for n in range(count - 14, count))
    manifest = asking(out, slow_work, count)
    reasons = {r.reason for r in rows(stage_paths(out).rejected, Rejected)[-5:]}
    assert (manifest.rows_in, reasons) == (count, {"odd"})


@pytest.mark.parametrize("error", [BudgetError, EndpointError, PrerequisiteError])
def test_what_is_in_flight_is_finished_and_kept_when_the_run_must_stop(tmp_path, error):
    out = tmp_path / "x.jsonl"
    started: list[str] = []

    async def worker(page: Page) -> RowOutcome[Page]:
        started.append(page.id)
        if page.id == "es:3":
            raise error("stop", hint="")
        await asyncio.sleep(0.05)
        return work(page)

    with pytest.raises(error, match="stop"):
        asking(out, worker)
    with Journal(out, STAGE) as journal:
        assert journal.done == len(started) - 1 < 19


def test_a_bug_that_a_row_brings_out_names_it_and_keeps_what_is_in_flight(tmp_path):
    out = tmp_path / "x.jsonl"
    started: list[str] = []

    async def worker(page: Page) -> RowOutcome[Page]:
        started.append(page.id)
        await asyncio.sleep(0.05)
        if page.id == "es:5":
            raise KeyError("a bug")
        await asyncio.sleep(0.05)
        return work(page)

    with pytest.raises(RuntimeError, match="row 'es:5': KeyError"):
        asking(out, worker)
    with Journal(out, STAGE) as journal:
        assert journal.done == len(started) - 1 < 19


def test_an_error_of_the_input_of_questions_keeps_what_is_in_flight(tmp_path):
    out = tmp_path / "x.jsonl"

    def broken() -> Iterator[Page]:
        yield from pages(7)
        raise DataError("the input broke", hint="mend it")

    with pytest.raises(DataError, match="the input broke"):
        asyncio.run(run_asking(broken, slow_work, out, STAGE, concurrency=4))
    with Journal(out, STAGE) as journal:
        assert journal.done == 7


def test_rows_are_made_as_slots_free_up(tmp_path):
    made = done = most = 0

    def counted() -> Iterator[Page]:
        nonlocal made, most
        for page in pages(200):
            made += 1
            most = max(most, made - done)
            yield page

    async def worker(page: Page) -> RowOutcome[Page]:
        nonlocal done
        await asyncio.sleep(0)
        done += 1
        return work(page)

    asyncio.run(run_asking(counted, worker, tmp_path / "x.jsonl", STAGE, concurrency=4))
    assert most <= 8


def test_the_last_row_is_rejected_where_it_alone_is_forbidden_and_others_were_answered(tmp_path):
    out = tmp_path / "x.jsonl"
    with Journal(out, STAGE) as journal:
        for n, page in enumerate(pages(19)):
            journal.add(n, "es", work(page))

    async def worker(page: Page) -> RowOutcome[Page]:
        raise UnprovenEndpointError("status 403", hint="")

    asking(out, worker)
    assert rows(stage_paths(out).rejected, Rejected)[-1].reason == "refused_request"
