import msgspec
import pytest
from culture_samples import chat
from sklearn.metrics import cohen_kappa_score

from harness.statistics.label_agreement import (
    Scored,
    agreement,
    f1,
    kappa,
    read_scored,
    score,
)
from leaderboard.agreement_tables import AgreementScore, Cells, score_tables
from ultralink_data.culture.criteria import CultureVerdict, label
from ultralink_data.errors import DataError
from ultralink_data.stage.outcome import Finding, Rejected

PAIRS = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 65


def test_measures_are_those_of_the_table_and_of_scikit_learn():
    found = agreement("places", PAIRS)
    assert found.cells == Cells(20, 5, 10, 65)
    assert found.precision.value == 0.8
    assert found.recall.value == pytest.approx(2 / 3)
    assert found.f1.value == pytest.approx(2 * 0.8 * (2 / 3) / (0.8 + 2 / 3))
    said, labelled = zip(*PAIRS, strict=True)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(said, labelled))


def test_intervals_hold_their_value_and_are_the_same_every_time():
    found = agreement("places", PAIRS)
    for measure in (found.precision, found.recall, found.f1, found.kappa):
        assert measure.low < measure.value < measure.high
    assert found == agreement("places", PAIRS)


def test_what_is_undefined_has_no_number_and_a_bound_no_bootstrap():
    none = agreement("places", [(0, 0)] * 9)
    assert (none.precision.value, none.recall.value, none.f1.value, none.kappa.value) == (None,) * 4
    every = agreement("places", [(1, 1)] * 5 + [(0, 0)] * 5)
    assert every.kappa == (1.0, None, None)
    assert every.precision.low == pytest.approx(0.5655, abs=1e-4)
    assert f1(Cells(0, 0, 0, 0)) is kappa(Cells(0, 0, 0, 0)) is None
    assert kappa(Cells(5, 5, 0, 0)) == 0


def verdict(row_id: str, *found: str, by: str = "model", complete: bool = True) -> CultureVerdict:
    findings = tuple(Finding(name=name, evidence="x") for name in found)
    return CultureVerdict(id=row_id, language="en", by=by, complete=complete, findings=findings)


def write(path, rows):
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def test_single_criteria_count_complete_verdicts_and_the_decision_all(tmp_path):
    rows = [
        verdict("a", "places"),
        verdict("b"),
        verdict("c", "places", by="keywords", complete=False),
        verdict("d", "literature", complete=False),
    ]
    verdicts = write(tmp_path / "k.verdicts.jsonl", rows)
    write(
        tmp_path / "k.verdicts.rejected.jsonl",
        [Rejected(id="e", language="en", reason="not_json")],
    )
    labels = write(
        tmp_path / "labels.jsonl",
        [
            label("a", ["places"]),
            label("b", ["places"]),
            label("c", ["daily_life"]),
            label("d", []),
            label("e", []),
            label("z", []),
        ],
    )
    found = score(read_scored(verdicts, labels), 0)
    by_name = {one.question: one.cells for one in found.agreements}
    assert by_name["places"] == Cells(1, 0, 1, 0)
    assert by_name["culture-specific"] == Cells(2, 1, 1, 0)
    assert (found.n_pairs, found.n_complete, found.n_undecided, found.absent) == (4, 2, 1, 1)
    assert found.undecided_agnostic == found.by_keywords == 1
    table, ranges = score_tables("t", found)
    assert len(table.rows) == len(ranges.rows) == 8
    assert len(table.notes) == 3


def test_where_only_keywords_ran_all_rows_count_for_single_criteria(tmp_path):
    rows = [verdict(x, "places", by="keywords", complete=False) for x in "ab"]
    verdicts = write(tmp_path / "k.verdicts.jsonl", rows)
    labels = write(tmp_path / "labels.jsonl", [label("a", ["places"]), label("b", [])])
    found = score(read_scored(verdicts, labels), 0)
    assert found.agreements[2].cells == Cells(1, 1, 0, 0)


def test_labels_of_other_rows_and_ids_that_stand_twice_are_errors(tmp_path):
    verdicts = write(tmp_path / "k.verdicts.jsonl", [verdict("a")])
    with pytest.raises(DataError, match="no id of"):
        read_scored(verdicts, write(tmp_path / "labels.jsonl", [label("b", [])]))
    with pytest.raises(DataError, match=r"twice\.jsonl:2: id 'a' occurs twice"):
        read_scored(verdicts, write(tmp_path / "twice.jsonl", [label("a", [])] * 2))
    given = write(tmp_path / "keys.jsonl", [label("a", []), label("b", [])])
    text = given.read_bytes().replace(b'{"id":"b"', b'{"id":"a","id":"b"')
    given.write_bytes(text)
    with pytest.raises(DataError, match=r"keys\.jsonl:2: field `id` is given twice"):
        read_scored(verdicts, given)
    said = write(verdicts, [verdict("a", "places")]).read_bytes()
    verdicts.write_bytes(said.replace(b'{"name":', b'{"name":"foods","name":'))
    labels = write(tmp_path / "labels.jsonl", [label("a", [])])
    with pytest.raises(DataError, match=r"k\.verdicts\.jsonl:1: field `name` is given twice"):
        read_scored(verdicts, labels)
    verdicts = write(verdicts, [verdict("a")])
    bad = write(tmp_path / "bad.jsonl", [chat("a", "Hi", "Hi")])
    with pytest.raises(DataError, match=r"bad\.jsonl:1"):
        read_scored(verdicts, bad)


def scored(**counts):
    """Scores of one question, with these counts of rows."""
    known = {
        "n_pairs": 100,
        "n_complete": 90,
        "n_undecided": 0,
        "undecided_agnostic": 0,
        "absent": 0,
        "by_keywords": 7,
    }
    none = agreement("people", [(0, 0)] * 9)
    return AgreementScore(agreements=(agreement("places", PAIRS), none), **(known | counts))


def texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_tables_say_counts_measures_and_intervals():
    measures, ranges = score_tables("Filter", scored())
    assert (measures.title, ranges.title) == ("Filter", "95 % intervals")
    names = ["", "rows", "labelled", "said", "precision", "recall", "F1", "kappa"]
    assert [column.name for column in measures.columns] == names
    assert [column.name for column in ranges.columns] == ["", *names[4:]]
    assert texts(measures) == [
        ["places", "100", "30", "25", "0.80", "0.67", "0.73", "0.62"],
        ["people", "9", "0", "0", "–", "–", "–", "–"],
    ]
    found = agreement("places", PAIRS)
    assert texts(ranges)[0][1:3] == ["0.61 to 0.91", "0.49 to 0.81"]
    assert texts(ranges)[0][3:] == [f"{m.low:.2f} to {m.high:.2f}" for m in (found.f1, found.kappa)]
    assert texts(ranges)[1] == ["people", *["–"] * 4]


def test_notes_count_what_stands_in_no_row():
    (counted,) = score_tables("t", scored())[0].notes
    assert counted == (
        "100 labelled rows with a verdict (7 by keywords); single criteria are counted on 90"
    )
    notes = score_tables("t", scored(n_undecided=5, undecided_agnostic=3, absent=2))[0].notes
    assert notes[1:] == (
        "5 more got no valid verdict and are dropped by the filter, 3 of them labelled agnostic; "
        "they stand in no row above",
        "2 labels belong to no row that was judged",
    )
    assert score_tables("t", scored())[1].notes == ()


def test_the_bootstrap_has_the_standard_errors_of_the_delta_method():
    found = agreement("places", PAIRS)
    for measure, error in ((found.f1, 0.0677), (found.kappa, 0.0872)):
        assert (measure.high - measure.low) / 3.92 == pytest.approx(error, rel=0.1)


def test_the_threshold_is_the_total_that_is_still_agnostic(tmp_path):
    rows = [verdict("a", "places"), verdict("b", "places", "literature")]
    labels = [label("a", ["places"]), label("b", ["places", "literature"])]
    found = read_scored(
        write(tmp_path / "k.verdicts.jsonl", rows), write(tmp_path / "labels.jsonl", labels)
    )
    assert score(found, 0).agreements[-1].cells == Cells(2, 0, 0, 0)
    assert score(found, 1).agreements[-1].cells == Cells(1, 0, 0, 1)
    assert score(found, 2).agreements[-1].cells == Cells(0, 0, 0, 2)


def test_undecided_rows_at_the_threshold_count_as_agnostic():
    undecided = [label("a", ["places"]), label("b", ["places", "literature"])]
    pair = (verdict("c"), label("c", []))
    found = score(Scored([pair], undecided, 0), 1)
    assert (found.n_undecided, found.undecided_agnostic) == (2, 1)
