"""Two runs side by side."""

import pytest
from stored_examples import sample, store_run

from leaderboard.collection import load
from leaderboard.row_places import RowPlaces
from leaderboard.sample_filters import sample_conditions
from leaderboard.sample_pairs import SamplePairs
from tasks.saved_rows import Sample
from ultralink_data.errors import DataError

FIRST = [
    sample("m1", "correct"),
    sample("m2", "wrong", extracted="7"),
    sample("m2", "wrong", index=1),
    sample("m3", "wrong"),
    sample("m5", "wrong"),
]
SECOND = [
    sample("m1", "correct"),
    sample("m2", "wrong", extracted="8"),
    sample("m2", "correct", index=1),
    sample("m3", "wrong", generation="other words, same answer"),
    sample("m5", "no_answer", extracted=None),
]


def pairs(root, second, words=None):
    store_run(root, "a", {("mgsm", "zh"): FIRST, ("mgsm", "en"): [sample("only a")]})
    store_run(root, "b", {("mgsm", "zh"): second})
    collection = load(root)
    return SamplePairs(collection.run("a"), collection.run("b"), sample_conditions(words))


def differing(found):
    return [(one.first.problem_id, one.first.index) for one in found if one.differs]


@pytest.mark.parametrize("order", [SECOND, SECOND[::-1], [*SECOND[2:], *SECOND[:2]]])
def test_only_outcome_and_extracted_answer_count_whatever_the_order(tmp_path, order):
    found = pairs(tmp_path, order)
    assert differing(found) == [("m2", 0), ("m2", 1), ("m5", 0)]
    assert (found.compared, found.only_first, found.only_second) == (5, 0, 0)


def test_what_one_run_lacks_is_counted(tmp_path):
    found = pairs(tmp_path, [SECOND[0], sample("m9"), SECOND[4]])
    assert differing(found) == [("m5", 0)]
    assert (found.compared, found.only_first, found.only_second) == (2, 3, 1)


def test_a_longer_second_run_is_counted_to_its_end(tmp_path):
    found = pairs(tmp_path, [*SECOND, sample("m8"), sample("m9")])
    assert len(differing(found)) == 3
    assert found.only_second == 2


def test_a_filter_is_about_the_first_run(tmp_path):
    found = pairs(tmp_path, SECOND, "outcome=wrong,problem=m2")
    assert differing(found) == [("m2", 0), ("m2", 1)]
    assert found.compared == 2


def test_runs_that_share_nothing_are_an_error(tmp_path):
    store_run(tmp_path, "a", {("mgsm", "zh"): FIRST})
    store_run(tmp_path, "b", {("mgsm", "en"): SECOND})
    collection = load(tmp_path)
    with pytest.raises(DataError, match="x/a and x/b share no task and language"):
        SamplePairs(collection.run("a"), collection.run("b"))


def test_an_index_reads_rows_again_by_key_behind_a_byte_order_mark(tmp_path):
    store_run(tmp_path, "a", {("mgsm", "zh"): FIRST})
    path = tmp_path / "evals" / "a" / "samples" / "mgsm_zh.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    index = RowPlaces(path, Sample, lambda row: row.problem_id)
    assert len(index) == 5
    assert [row.index for row in index.rows("m2")] == [0, 1]
    assert index.rows("m1")[0].outcome == "correct"
    assert index.rows("m5")[0].problem_id == "m5"
    assert index.rows("m4") == []
