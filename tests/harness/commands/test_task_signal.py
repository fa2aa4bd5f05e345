"""`tasks signal` on reports that `run` wrote."""

import pytest
from command_line import TINY

REPORT = "runs/reports/prune-tiny"


@pytest.fixture
def seeded(after):
    """A finished run of two seeds."""
    return after(*TINY, "--seeds", "0,1")


def test_each_report_has_its_signal_and_two_have_their_agreement(seeded):
    one = seeded("tasks", "signal", REPORT).ok()
    assert "Signal and noise, prune-tiny (2 seeds of keep-all, keep-0)" in one.out
    assert "non-en *" in one.out
    assert "Which proxy to trust" not in one.out
    seeded(*TINY, "--seeds", "0,1", "--set", "train.steps=6", "--out", "short").ok()
    two = seeded("tasks", "signal", "short", REPORT, "--all").ok()
    assert "Signal and noise, 6 steps" in two.out
    assert "Which proxy to trust: 6 steps, 12 steps" in two.out
    assert "zh" in two.out
    assert "Length by length" in two.out
    assert "Length by length" not in one.out


def test_what_has_no_signal_is_refused_in_two_lines(finished):
    for words, code, said in (
        ((REPORT,), 3, "2 variants with 1 seeds"),
        (("nowhere",), 3, "no report.json and no records"),
        ((REPORT, "--variants", "keep-none"), 2, "no records of variant 'keep-none'"),
    ):
        done = finished("tasks", "signal", *words)
        assert (done.code, len(done.err.splitlines())) == (code, 2)
        assert said in done.err
