"""The report for a pull request keeps its verdict and its size, whatever there is to say."""

import pytest

from leaderboard.gate_records import GateReason, GateReport, RowFault
from leaderboard.gate_tables import gate_markdown
from ultralink_data.checking.dedup import RowName


def report(reasons: int, text: str) -> GateReport:
    row = RowName(language="zh", kind="math", id=text)
    return GateReport(
        schema=1,
        kind="gate",
        verdict="fail",
        baseline="old",
        candidate="new",
        cells=(),
        flaws=(),
        faults=tuple(RowFault(reason=f"r{n}", row=row, detail=text) for n in range(99)),
        reasons=tuple(
            GateReason(cause="damaged", language="zh", kind=f"k{n}", rows=n, text=text)
            for n in range(reasons)
        ),
        scores="",
        not_trained="rows are at fault",
        experiment="",
        settings={},
        started="2026-11-28T00:00:00+00:00",
        command=("gate",),
        versions={},
    )


@pytest.mark.parametrize("text", ["9 of 10 rows: a wrong encoding; 1.0 % is allowed", "错" * 300])
def test_hundreds_of_reasons_leave_the_verdict_and_the_size(text):
    page = gate_markdown(report(900, text), "错" * 3000)
    assert page.startswith("**FAIL: new against old: damaged in zh k0: ")
    assert len(page.encode()) < 60_000
    shown = page.count("- damaged in zh k")
    assert 20 < shown < 900
    assert f"\n- {900 - shown} more are in gate.json\n" in page


def test_tables_of_other_scripts_are_counted_in_bytes():
    page = gate_markdown(report(1, "x"), "错" * 30_000)
    assert len(page.encode()) < 60_000
    assert page.endswith(
        "The rest does not fit here: it is in gate.json and the report of the models.\n"
    )
