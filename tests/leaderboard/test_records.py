import json
import math
from pathlib import Path

import pytest
from report_examples import cell, effect, record, report, variant

from leaderboard.records import (
    Interval,
    VariantScore,
    encode,
    read_record,
    read_report,
    without_times,
    write_record,
)
from ultralink_data.errors import DataError


def test_record_and_report_read_back_equal(tmp_path):
    write_record(tmp_path / "record.json", record())
    write_record(tmp_path / "report.json", report())
    assert read_record(tmp_path / "record.json") == record()
    assert read_report(tmp_path / "report.json") == report()


def test_equal_records_give_equal_bytes_with_a_line_end():
    assert encode(record()) == encode(record())
    assert encode(record()).endswith(b"}\n")


def test_outcomes_must_add_up_to_samples():
    with pytest.raises(ValueError, match=r"starter_math/zh/exact_match.*add up to 63.*64"):
        cell(outcomes={"correct": 8, "wrong": 55})


def test_negative_outcome_count_is_refused_even_where_the_sum_is_right():
    with pytest.raises(ValueError, match="'wrong' has -1"):
        cell(outcomes={"correct": 65, "wrong": -1})


def test_a_value_stands_exactly_where_something_was_scored():
    nothing = {"n": 0, "outcomes": {"truncated": 64}, "standard_error": None, "interval": None}
    assert cell(value=None, **nothing).value is None
    with pytest.raises(ValueError, match="with n=0"):
        cell(value=0.0, **nothing)
    with pytest.raises(ValueError, match="value is None with n=64"):
        cell(value=None)


def test_n_is_at_most_samples():
    with pytest.raises(ValueError, match=r"0 to samples=64, got 65"):
        cell(n=65)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_json_cannot_hold_is_refused_at_construction(value):
    with pytest.raises(ValueError, match="finite"):
        cell(value=value)
    with pytest.raises(ValueError, match="finite"):
        effect(effect=value)
    with pytest.raises(ValueError, match="finite"):
        Interval(low=0.0, high=value)


def test_interval_bounds_are_in_order():
    with pytest.raises(ValueError, match=r"0\.2 > 0\.1"):
        Interval(low=0.2, high=0.1)
    with pytest.raises(ValueError, match="low must be"):
        effect(low=0.2, high=0.1)


def test_half_an_interval_is_refused():
    with pytest.raises(ValueError, match="give both low and high"):
        effect(low=None)


@pytest.mark.parametrize("name", ["p_value", "p_holm", "power"])
def test_probabilities_lie_between_0_and_1(name):
    with pytest.raises(ValueError, match=f"{name} must be 0 to 1, got 1.5"):
        effect(**{name: 1.5})


def test_record_refuses_two_scores_for_one_cell():
    with pytest.raises(ValueError, match="starter_math/zh/exact_match occurs twice"):
        record(cells=(cell(), cell(value=0.5)))


def test_report_refuses_unknown_and_repeated_names():
    with pytest.raises(ValueError, match="'gone' is none of the variants"):
        report(scores=(VariantScore(variant="gone", cell=cell()),))
    with pytest.raises(ValueError, match="1 occurs twice"):
        report(variants=(variant("0"), variant("1"), variant("1")))
    with pytest.raises(ValueError, match="0/starter_math/zh/exact_match occurs twice"):
        report(effects=(effect(), effect(effect=0.0, low=None, high=None)))
    with pytest.raises(ValueError, match="an effect of '0' is against itself"):
        report(effects=(effect(variant="0", reference="0"),))
    with pytest.raises(ValueError, match="'gone' is none of the variants"):
        report(effects=(effect(variant="1", reference="gone"),))


def _damage(path: Path, change) -> Path:
    data = json.loads(encode(record()))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d.pop("backend"), "missing required field `backend`"),
        (lambda d: d.update(surprise=1), "unknown field `surprise`"),
        (lambda d: d.update(wall_seconds="12"), "field `wall_seconds`"),
        (lambda d: d["cells"][0].pop("note"), "missing required field `note`"),
        (lambda d: d["cells"][0].update(n="8"), "field `cells[0].n`"),
        (lambda d: d["cells"][0].update(samples=65), "add up to 64, but samples is 65"),
        (lambda d: d["cells"][0].update(note="wall"), "field `cells[0].note`"),
        (lambda d: d["generation"].update(top_k=5), "unknown field `top_k`"),
        (lambda d: d.update(schema=1), "field `schema` is 1, this version reads 2"),
        (lambda d: d.pop("schema"), "missing required field `schema`"),
        (lambda d: d.update(kind="experiment"), "field `kind` is 'experiment', expected 'eval'"),
    ],
)
def test_damage_is_named_with_file_and_field(tmp_path, change, expected):
    path = _damage(tmp_path / "record.json", change)
    with pytest.raises(DataError) as caught:
        read_record(path)
    assert str(path) in caught.value.message
    assert expected in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"a": "\xff"}', b"\x00"])
def test_what_is_no_json_object_is_a_data_error(tmp_path, data):
    path = tmp_path / "record.json"
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"record\.json"):
        read_record(path)


def test_missing_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*gone\.json: No such file"):
        read_report(tmp_path / "gone.json")


def test_without_times_hides_the_clock_and_the_machine_only():
    later = record(started="2027-01-01T00:00:00Z", wall_seconds=99.0, command=("x",))
    assert later != record()
    assert without_times(later) == without_times(record())
    for change in ({"seed": 1}, {"packages": {}}, {"git_dirty": True}, {"cells": ()}):
        assert without_times(record(**change)) != without_times(record())


def test_without_times_of_a_report_keeps_its_numbers():
    assert without_times(report(started="x", command=())) == without_times(report())
    assert without_times(report(effects=())) != without_times(report())


@pytest.mark.parametrize(
    "make",
    [
        lambda count: cell(n=count, samples=count, outcomes={"wrong": count}, n_clusters=count),
        lambda count: record(seed=count),
        lambda count: effect(n_left_out=count),
    ],
    ids=["cell", "record", "effect"],
)
def test_whole_numbers_fit_the_columns_of_a_frame(make):
    make(2**63 - 1)
    with pytest.raises(ValueError, match="must be at most 9223372036854775807"):
        make(2**63)


def test_the_seconds_of_a_run_are_finite():
    with pytest.raises(ValueError, match="wall_seconds must be finite"):
        record(wall_seconds=math.inf)
