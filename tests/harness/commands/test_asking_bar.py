"""What is said while a stage asks a model: the rate, the time left, the spend."""

import pytest

from harness.commands.asking_bar import Progress, showing, words
from ultralink_data.llm.client import Usage


def test_rows_of_a_run_before_do_not_count_into_the_rate():
    progress = Progress(1000, Usage(), now=100.0)
    progress.moved(900, 0)  # what the journal held
    assert progress.left(100.0) is None
    progress.moved(910, 0)
    assert progress.left(120.0) == pytest.approx(180.0)  # ten rows took 20 s, 90 wait


def test_rows_that_stay_open_are_not_waited_for():
    progress = Progress(100, Usage(), now=0.0)
    progress.moved(0, 0)
    progress.moved(50, 25)
    assert progress.left(50.0) == pytest.approx(25.0)


def test_rate_and_spend_are_those_of_this_stage_and_name_the_limit():
    usage = Usage(requests=40, cost=1.0)
    progress = Progress(10, usage, now=0.0, max_cost=8.0)
    progress.moved(0, 0)
    usage.requests, usage.cost, usage.lost = 50, 1.25, 0.25
    progress.moved(5, 1)
    text = progress.line("ground", 30.0)
    assert text == "ground: 5 of 10 rows, 20 requests/min, 24 s left, spent 1.50 of 8, 1 open"
    progress.status = "batch b: validating"
    assert progress.text(30.0).endswith("1 open, batch b: validating")


def test_spans_of_time_read_as_a_person_says_them():
    assert [words(s) for s in (0, 45, 100, 5000, 11100)] == [
        "0 s",
        "45 s",
        "2 min",
        "83 min",
        "3 h 05 min",
    ]


def interrupted():
    with showing("ground", 9, Usage(), None) as shown:
        shown.advance(4, 0)
        raise KeyboardInterrupt


def test_an_interrupted_stage_says_what_is_kept(capsys):
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    said = capsys.readouterr().err
    assert "ground: 4 of 9 rows" in said
    assert "rows and replies so far are stored" in said
