"""What is said of a piece of work: what is done, the rate, the time left, the spend."""

import pytest

from harness.progress.tempo import Tempo, span
from ultralink_data.llm.client import Usage


def test_rows_of_a_run_before_do_not_count_into_the_rate():
    tempo = Tempo(1000, 100.0)
    tempo.moved(900)  # what the journal held
    assert tempo.left(100.0) is None
    tempo.moved(910)
    assert tempo.left(120.0) == pytest.approx(180.0)  # ten rows took 20 s, 90 wait
    assert tempo.text(120.0) == "910 of 1,000 rows, 30 rows/min, 3 min left"


def test_rows_that_stay_open_are_not_waited_for():
    tempo = Tempo(100, 0.0)
    tempo.moved(0)
    tempo.moved(50, 25)
    assert tempo.left(50.0) == pytest.approx(25.0)


def test_rate_and_spend_are_those_of_this_stage_and_name_the_limit():
    usage = Usage(requests=40, cost=1.0)
    tempo = Tempo(10, 0.0, usage=usage, max_cost=8.0)
    tempo.moved(0)
    usage.requests, usage.cost, usage.lost = 50, 1.25, 0.25
    tempo.moved(5, 1)
    text = tempo.line("ground", 30.0)
    assert text == "ground: 5 of 10 rows, 20 requests/min, 24 s left, spent 1.50 of 8, 1 open"
    tempo.status = "batch b: validating"
    assert tempo.text(30.0).endswith("1 open, batch b: validating")
    assert tempo.ended("ground", 30.0) == "ground: 5 of 10 rows in 30 s, spent 1.50"


def test_work_of_unknown_size_has_a_rate_and_no_time_left():
    tempo = Tempo(None, 0.0, unit="pages")
    tempo.moved(1)
    tempo.moved(3001)
    assert tempo.line("extract", 10.0) == "extract: 3,001 pages, 300 pages/s"


def test_units_of_any_size_have_neither_rate_nor_time_left():
    tempo = Tempo(5, 0.0, unit="artefacts", even=False)
    tempo.add(2)
    assert tempo.text(10.0) == "2 of 5 artefacts"


def test_nothing_is_left_of_work_that_is_done():
    tempo = Tempo(20, 0.0)
    tempo.add(20)
    assert tempo.text(10.0) == "20 of 20 rows, 2 rows/s"


def test_a_job_of_unknown_size_says_what_it_is_at():
    tempo = Tempo(None, 0.0, unit="")
    assert tempo.text(1.0) == ""
    tempo.status = "waiting"
    assert tempo.text(1.0) == "waiting"


def test_bytes_are_said_in_megabytes_and_the_first_part_counts():
    tempo = Tempo(50_000_000, 0.0, unit="bytes")
    tempo.add(5_000_000)
    tempo.add(5_000_000)
    assert tempo.text(2.0) == "10.0 of 50.0 MB, 5.0 MB/s, 8 s left"


def test_what_matters_least_goes_first_where_there_is_little_room():
    usage = Usage(requests=100, cost=2.0)
    tempo = Tempo(1000, 0.0, usage=usage, max_cost=8.0)
    tempo.moved(0)
    usage.requests = 160
    tempo.moved(500, 2)
    tempo.status = "batch b: validating"
    rows, left, spent = "500 of 1,000 rows", "60 s left", "spent 2.00 of 8"
    rate, more = "60 requests/min", "2 open"
    said = {room: tempo.text(60.0, room).split(", ") for room in (99, 75, 60, 46, 36, 20)}
    assert said == {
        99: [rows, rate, left, spent, more, tempo.status],
        75: [rows, left, spent, more, tempo.status],
        60: [rows, left, spent, more],
        46: [rows, left, spent],
        36: [rows, left],
        20: [rows],
    }
    assert all(len(", ".join(parts)) <= room for room, parts in said.items())


def test_spans_of_time_read_as_a_person_says_them():
    assert [span(s) for s in (0, 45, 100, 5000, 11100)] == [
        *("0 s", "45 s", "2 min", "83 min", "3 h 05 min"),
    ]


def test_of_a_status_in_parts_the_last_go_first():
    tempo = Tempo(10, 0.0, unit="", even=False)
    tempo.status = "loss 2.31, lr 2e-05, gradient norm 0.50"
    tempo.moved(3)
    assert tempo.text(1.0) == "3 of 10, loss 2.31, lr 2e-05, gradient norm 0.50"
    assert tempo.text(1.0, 40) == "3 of 10, loss 2.31, lr 2e-05"
    assert tempo.text(1.0, 20) == "3 of 10, loss 2.31"
    assert tempo.text(1.0, 10) == "3 of 10"
