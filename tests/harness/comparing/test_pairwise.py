"""Every model of a store against every other."""

import json

import pytest
from comparing_examples import RecordStore

from harness.comparing.pairwise import pair_matrices
from harness.comparing.record_folders import record_sides
from harness.experiment.sample_places import measured
from harness.statistics.comparison import Side, average_effect
from harness.statistics.estimators import holm
from harness.statistics.scores import NO_HITS
from harness.statistics.verdict import Margins
from leaderboard.collection import load
from leaderboard.pair_matrix import (
    family_note,
    is_told,
    least_of,
    matrix_table,
    missing_notes,
)


@pytest.fixture
def store(tmp_path):
    return RecordStore(tmp_path)


def of(matrices, language):
    (found,) = (m for m in matrices.matrices if (m.metric, m.language) == ("exact_match", language))
    return found


def test_a_pair_has_the_numbers_of_compare(store):
    languages = ("en", "fr", "zh")
    for variant, right in {"keep-all": 30, "keep-0": 6, "half": 24}.items():
        for seed in range(3):
            # One problem of one seed was not graded: pairs with this side have one fewer.
            store.write(variant, seed, languages=languages, right=right)
    found = pair_matrices(load(store.root))
    assert found.notes == ()
    whole = [m for m in found.matrices if m.metric == "exact_match"]
    assert [m.language for m in whole] == ["non-en", "all", "en", "fr", "zh"]
    assert list(found.matrices[:5]) == whole
    sides = {
        side.name: Side(
            name=side.name, runs=tuple(measured(run.parts, NO_HITS, ()) for run in side.runs)
        )
        for side in record_sides(store.out)
    }
    for language, behind in (("non-en", ("fr", "zh")), ("all", languages), ("zh", ("zh",))):
        matrix = of(found, language)
        assert [side.name for side in matrix.sides] == ["keep-all", "half", "keep-0"]
        assert len(matrix.effects) == 3
        for pair in matrix.effects:
            metric = ("mgsm", "exact_match")
            named = (sides[pair.variant], sides[pair.reference])
            expected = average_effect(*named, metric, Margins(), behind, language)
            for field in ("effect", "low", "high", "p_value", "smallest_detectable", "n_problems"):
                assert getattr(pair, field) == pytest.approx(getattr(expected, field)), field
            assert pair.variant_value == pytest.approx(expected.variant_value)
            assert (pair.unit, pair.n_seeds) == (expected.unit, 3)


def test_without_english_there_is_one_average(store):
    for name, right in (("a", 30), ("b", 6)):
        for seed in range(3):
            store.write(name, seed, languages=("fr", "zh"), right=right, profile="small")
    found = [m for m in pair_matrices(load(store.root)).matrices if m.profile == "small"]
    whole = [m.language for m in found if m.metric == "exact_match"]
    assert whole == ["non-en", "fr", "zh"]


def test_p_values_are_adjusted_over_the_pairs_and_decide_what_is_told_apart(store):
    # 40 problems: 31 and 30 right are alike, 6 is not.
    for seed in range(3):
        store.write("near", seed, right=31)
    matrix = of(pair_matrices(load(store.root)), "fr")
    assert [e.p_holm for e in matrix.effects] == holm([e.p_value for e in matrix.effects])
    told = {frozenset((e.variant, e.reference)): is_told(e) for e in matrix.effects}
    assert told == {
        frozenset(("near", "keep-all")): False,
        frozenset(("near", "keep-0")): True,
        frozenset(("keep-all", "keep-0")): True,
    }
    assert matrix.tested == 3
    assert "adjusted for 3 pairs" in family_note(matrix)


def test_row_minus_column_turns_with_the_sides(store):
    matrix = of(pair_matrices(load(store.root)), "en")
    one, other = matrix.effect("keep-all", "keep-0"), matrix.effect("keep-0", "keep-all")
    assert one.effect == pytest.approx(24 / 40)
    assert (other.effect, other.low, other.high) == (-one.effect, -one.high, -one.low)
    assert (one.verdict, other.verdict) == ("better", "worse")
    assert (one.variant_value, other.reference_value) == (one.variant_value,) * 2
    table = matrix_table(matrix)
    texts = [[c.text for c in row.cells] for row in table.rows]
    assert [row[:2] for row in texts] == [["keep-all", "77.5"], ["keep-0", "17.5"]]
    assert texts[0][2] == texts[1][3] == ""
    assert texts[0][3] == f"+60.0 [+{100 * one.low:.1f}, +{100 * one.high:.1f}] " + (
        f"({least_of(one)})"
    )
    assert [row.cells[place].heat for row, place in zip(table.rows, (3, 2), strict=True)] == [1, -1]


def test_only_problems_that_both_scored_are_paired(store):
    path = store.root / "evals" / "keep-01" / "samples" / "mgsm_fr.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[3]["outcome"] = "error"  # was right
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    matrix = of(pair_matrices(load(store.root)), "fr")
    (pair,) = matrix.effects
    assert (pair.n_problems, pair.n_left_out) == (39, 1)
    # Seeds 0, 1, 2 have 30, 31, 32 right and 6, 7, 8: all of them had problem 3.
    assert pair.effect == pytest.approx(24 / 39)


def test_single_runs_are_compared_as_models_and_two_seeds_not_at_all(tmp_path):
    store = RecordStore.__new__(RecordStore)
    store.root = tmp_path / "runs"
    store.out = store.root / "reports" / "one"
    for name, right in (("a", 30), ("b", 6)):
        store.write(name, 0, right=right)
    (pair,) = of(pair_matrices(load(store.root)), "fr").effects
    assert pair.n_seeds == 1
    assert pair.low > 0
    for name, right in (("a", 30), ("b", 6)):
        store.write(name, 1, right=right)
    matrix = of(pair_matrices(load(store.root)), "fr")
    assert matrix.effects[0].low is matrix.effects[0].p_value is None
    assert matrix.effects[0].verdict == "too few seeds"
    assert matrix.tested == 0
    assert "no pair has the runs" in family_note(matrix)


@pytest.mark.parametrize(
    "changes",
    [
        {"task_versions": {"mgsm": "2"}},
        {"protocols": {"mgsm": "native_cot"}},
        {"profile": "small"},
    ],
)
def test_other_versions_protocols_and_profiles_are_other_matrices(store, changes):
    for seed in range(3):
        store.write("other", seed, right=20, **changes)
    matrices = pair_matrices(load(store.root)).matrices
    assert all(len(m.sides) == 2 for m in matrices)
    for seed in range(3):
        store.write("fourth", seed, right=10, **changes)
    found = pair_matrices(load(store.root)).matrices
    both = [m for m in found if (m.metric, m.language) == ("exact_match", "fr")]
    assert [[s.name for s in m.sides] for m in both] == [
        ["keep-all", "keep-0"],
        ["other", "fourth"],
    ]
    assert both[0].key != both[1].key


def test_other_settings_and_other_seeds_leave_a_pair_without_a_difference(store):
    for seed in range(5, 8):
        store.write("elsewhere", seed, right=20)
    matrix = of(pair_matrices(load(store.root)), "fr")
    assert len(matrix.effects) == 1
    assert all("share no seed" in one.reason for one in matrix.missing)
    assert "share no seed" in matrix.why_missing("keep-0", "elsewhere")
    assert matrix.why_missing("keep-0", "keep-all") == ""
    assert len(matrix.missing) == 2
    assert any("pair" in note for note in missing_notes(matrix))


def test_one_model_of_several_evaluations_is_one_side_and_lost_samples_cost_only_their_run(store):
    alone = {"experiment": None, "model": "m", "model_fingerprint": "x"}
    for key, languages in (("e1", ("en",)), ("e2", ("fr",))):
        store.write(None, 0, key=key, languages=languages, right=20, **alone)
    lost = store.root / "evals" / "keep-00" / "samples" / "mgsm_en.jsonl"
    lost.unlink()
    found = pair_matrices(load(store.root))
    matrix = of(found, "fr")
    assert sorted(side.name for side in matrix.sides) == ["keep-0", "keep-all", "m"]
    assert [len(s.runs) for s in matrix.sides if s.name == "m"] == [2]
    english = of(found, "en")
    assert sorted(side.name for side in english.sides) == ["keep-all", "m"]
    (store.root / "evals" / "keep-01" / "samples" / "mgsm_fr.jsonl").write_text("{")
    damaged = pair_matrices(load(store.root))
    assert any("left out: keep-0" in note for note in damaged.notes)
    assert sorted(s.name for s in of(damaged, "fr").sides) == ["keep-all", "m"]


def test_a_file_outside_of_samples_is_not_read(store, tmp_path):
    (tmp_path / "secret").write_text("root:x:0:0\n")
    store.write("hostile", 0, languages=("en",), right=1)
    for name in (
        "../../../../secret",
        str(tmp_path / "secret"),
        f"samples/{'x' * 5000}",
        "samples/a\0b",
    ):
        path = store.out / "records" / "hostile0.json"
        changed = json.loads(path.read_text())
        changed["cells"][0]["sample_file"] = name
        path.write_text(json.dumps(changed))
        found = pair_matrices(load(store.root))
        assert all(len(m.sides) == 2 for m in found.matrices)
        assert any("hostile" in note for note in found.notes)
