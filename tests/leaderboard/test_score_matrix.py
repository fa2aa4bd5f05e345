"""Scores at a glance: languages beside each other."""

from report_examples import cell, record

from leaderboard.render import to_csv
from leaderboard.score_matrix import score_matrix


def test_a_row_for_each_model_and_metric_a_column_for_each_language():
    records = [
        record(model="a", cells=(cell(language="fr"), cell(language="en", value=0.5))),
        record(model="b", cells=(cell(language="en", value=0.25),)),
    ]
    lines = to_csv(score_matrix(records, "Scores")).splitlines()
    assert lines[0] == "Task,Metric,Model,en,fr"
    assert [line.split(",", 2)[2] for line in lines[1:]] == ["a,0.5,0.125", "b,0.25,"]


def test_one_model_needs_no_column_and_ungraded_rows_are_marked():
    outcomes = {"correct": 8, "wrong": 55, "truncated": 1}
    found = score_matrix([record(cells=(cell(outcomes=outcomes),))], "Scores")
    assert [column.name for column in found.columns] == ["Task", "Metric", "zh"]
    assert found.rows[0].cells[-1].text == "! 12.5"
