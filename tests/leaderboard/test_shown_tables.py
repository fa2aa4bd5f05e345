"""What notebooks show of records."""

import pytest
from report_examples import record, report
from score_examples import row
from stored_examples import sample, store_run

from leaderboard.collection import load
from leaderboard.ranking import rankings
from leaderboard.records import write_record
from leaderboard.report_tables import report_tables
from leaderboard.shown_tables import MOST, tables
from leaderboard.table import text_table

HOSTILE = "<script>alert(1)</script>\u202e"


def test_a_report_is_its_tables_and_so_is_its_stored_form(tmp_path):
    write_record(tmp_path / "x" / "report.json", report())
    (stored,) = load(tmp_path).reports
    assert tables(stored) == tables(report()) == report_tables(report())
    assert stored._repr_html_().count("<h4>") == len(report_tables(report()))
    assert stored._repr_markdown_().startswith("### prune")


def test_runs_rankings_and_lists_have_tables(tmp_path):
    store_run(tmp_path, "a", {("mgsm", "zh"): [sample("m1")]})
    (run,) = load(tmp_path).runs
    (ranking,) = rankings([row("a", 0.5)])
    assert tables(run)[0].title == "x/a"
    assert tables(record())[0].title == "Scores"
    assert [table.title for table in tables([run, ranking])] == [
        "x/a",
        tables(ranking)[0].title,
    ]


def test_a_collection_lists_what_it_holds_the_newest_first(tmp_path):
    for number in range(MOST + 2):
        store_run(
            tmp_path, f"r{number:02}", {("mgsm", "zh"): [sample("m1")]}, started=f"{number:04}"
        )
    (tmp_path / "broken.json").write_text('{"schema": 2, "kind": "eval"}')
    collection = load(tmp_path)
    (table,) = tables(collection)
    assert len(table.rows) == MOST
    assert table.rows[0].cells[1].text == f"x/r{MOST + 1}"
    assert table.notes[0] == "2 more are not shown"
    assert f"{MOST + 2} run" in table.title
    assert repr(collection) == (
        f"<Collection {str(tmp_path)!r}: {MOST + 2} runs, 0 reports, 0 judged, "
        f"{len(collection.faults)} unread>"
    )


def test_hostile_names_are_escaped_in_both_forms():
    table = text_table(HOSTILE, ("a",), [(HOSTILE,)])
    assert "<script" not in table._repr_html_()
    assert "\u202e" not in table._repr_html_()
    assert "<script" not in table._repr_markdown_()


@pytest.mark.parametrize("shown", [3, "runs", None, {}])
def test_what_was_not_recorded_has_no_tables(shown):
    with pytest.raises(TypeError, match="has no tables"):
        tables(shown)
