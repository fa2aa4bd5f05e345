"""Files of `problem_id` and `score`: paired, with everything that no number covers."""

import csv

import pytest
from comparing_examples import jsonl, run_compare, scored
from statsmodels.stats.contingency_tables import mcnemar

from harness.comparing.bare_samples import sample_side
from ultralink_data.errors import DataError


def table(path, rows, delimiter=","):
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_two_files_give_mcnemars_test(tmp_path, capsys):
    a = jsonl(tmp_path / "a.jsonl", scored(100, 400))
    b = table(tmp_path / "b.csv", scored(107, 400))
    code, out, _ = run_compare(capsys, a, b)
    assert code == 0
    p_value = mcnemar([[100, 0], [7, 293]], exact=True).pvalue
    assert "samples score - 25.0 26.8 +1.8 pt" in out
    assert f"{p_value:.3f} 400 better" in out
    assert "how the samples were asked is not known" in out


def test_csv_tsv_and_jsonl_read_the_same(tmp_path):
    rows = scored(7, language="fr", seed=1)
    sides = [
        sample_side(path)
        for path in (
            jsonl(tmp_path / "a.jsonl", rows),
            table(tmp_path / "a.csv", rows),
            table(tmp_path / "a.tsv", rows, "\t"),
        )
    ]
    assert sides[0].runs[0].seed == 1
    values = [side.runs[0].measured[0].values for side in sides]
    assert values[0] == values[1] == values[2]
    assert values[0]["3"] == (1.0,)


def test_languages_seeds_and_clusters_make_a_comparison_of_recipes(tmp_path, capsys):
    def rows(right):
        return [
            {**row, "language": language, "seed": seed, "cluster": f"c{row['problem_id'] // 2}"}
            for language in ("en", "fr", "zh")
            for seed in (0, 1, 2)
            for row in scored(right + seed)
        ]

    a, b = jsonl(tmp_path / "a.jsonl", rows(8)), jsonl(tmp_path / "b.jsonl", rows(28))
    code, out, _ = run_compare(capsys, a, b, "--margin-accuracy", "0.05")
    assert code == 0
    assert out.startswith("B against A")
    assert "non-en" in out
    assert "3 40 (20) better" in out


def test_real_scores_keep_their_scale(tmp_path, capsys):
    a = jsonl(tmp_path / "a.jsonl", [{"problem_id": n, "score": n % 5} for n in range(30)])
    b = jsonl(tmp_path / "b.jsonl", [{"problem_id": n, "score": n % 5 + 1.5} for n in range(30)])
    _, out, _ = run_compare(capsys, a, b)
    assert "2.000 3.500 +1.5 [+1.5, +1.5] <0.001 30 better" in out
    _, out, _ = run_compare(capsys, b, a, "--margin-score", "2")
    assert "worse within margin" in out


def test_what_is_not_graded_or_not_read_is_counted(tmp_path, capsys):
    rows = scored(10)
    rows[3]["score"] = None
    a = jsonl(tmp_path / "a.jsonl", rows)
    b = jsonl(tmp_path / "b.jsonl", [{**row, "langauge": "fr"} for row in scored(12)])
    _, out, _ = run_compare(capsys, a, b)
    assert "problems not scored on both sides, left out: b (samples score - 1 of 40)" in out
    assert "1 of 40 rows not graded" in out
    assert "columns not read: langauge (did you mean language?)" in out


def test_outcomes_of_our_graders_are_scores(tmp_path):
    outcomes = ("correct", "wrong", "no_answer", "truncated", "error")
    rows = [{"problem_id": str(n), "outcome": name} for n, name in enumerate(outcomes)]
    (measured,) = sample_side(jsonl(tmp_path / "a.jsonl", rows)).runs[0].measured
    assert measured.values == {"0": (1.0,), "1": (0.0,), "2": (0.0,), "3": (0.0,)}
    assert measured.outcomes == {"scored": 4, "error": 1}


def test_repeated_samples_are_averaged_within_a_problem(tmp_path):
    rows = [{"problem_id": "a", "score": score} for score in (1, 0, 0, 1)]
    (measured,) = sample_side(jsonl(tmp_path / "a.jsonl", rows)).runs[0].measured
    assert measured.values == {"a": (0.5,)}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"problem": "x", "score": 1}], "line 1: no `problem_id`, but 'problem'"),
        ([{"problem_id": "x"}], "line 1: no `score`"),
        ([{"problem_id": "x", "score": "0,5"}], "line 1: score '0,5' is no number"),
        ([{"problem_id": "x", "score": "nan"}], "line 1: score 'nan' is not finite"),
        ([{"problem_id": "x", "score": 1, "seed": "first"}], "line 1: seed 'first'"),
        ([{"problem_id": "x", "outcome": "great"}], "line 1: unknown outcome 'great'"),
        (
            [{"problem_id": "x", "score": 1, "seed": 1}, {"problem_id": "x", "score": 1}],
            "some rows have a seed and some have none",
        ),
        (
            [{"problem_id": "x", "score": 1, "cluster": name} for name in "ab"],
            "line 2: x is in cluster 'b' here and in 'a' before",
        ),
    ],
)
def test_what_is_no_sample_is_named_with_its_line(tmp_path, rows, said):
    path = jsonl(tmp_path / "a.jsonl", rows)
    with pytest.raises(DataError) as error:
        sample_side(path)
    assert said in error.value.message
    assert str(path) in error.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("problem_id,score\na,1,2\n", "line 2: not 2 fields"),
        ("problem_id,score\na\n", "line 2: not 2 fields"),
        ("id,score\na,1\n", "line 1: no column `problem_id` among id, score"),
        ("", "no column `problem_id` among none"),
        ("problem_id,score\n", "has no rows"),
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path, text, said):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        sample_side(path)


def test_a_problem_with_more_rows_than_others_is_told(tmp_path, capsys):
    a = jsonl(tmp_path / "a.jsonl", scored(20))
    again = [*scored(25), {"problem_id": 3, "score": 0}, {"problem_id": 7, "score": 0}]
    b = jsonl(tmp_path / "b.jsonl", again)
    _, out, _ = run_compare(capsys, a, b)
    assert "b: problems with another number of rows than most (1): 2 of 40, e.g. '3' with 2" in out
    sampled = [row for row in scored(25) for _ in range(4)]
    _, out, _ = run_compare(capsys, a, jsonl(tmp_path / "c.jsonl", sampled))
    assert "number of rows" not in out


@pytest.mark.parametrize("percent", [100, 100.0])
def test_shares_and_percentages_are_refused(tmp_path, capsys, percent):
    a = jsonl(tmp_path / "a.jsonl", scored(20))
    rows = [{**row, "score": row["score"] * percent} for row in scored(30)]
    for pair in ((a, jsonl(tmp_path / "b.jsonl", rows)), (tmp_path / "b.jsonl", a)):
        code, _, err = run_compare(capsys, *pair)
        assert code == 3
        assert "are between 0 and 1, those of" in err
        assert "shares and percentages" in err


def test_other_scales_are_compared_with_a_word(tmp_path, capsys):
    a = jsonl(tmp_path / "a.jsonl", scored(20))
    logs = [{**row, "score": row["score"] - 3.5} for row in scored(30)]
    code, out, _ = run_compare(capsys, a, jsonl(tmp_path / "b.jsonl", logs))
    assert code == 0
    assert "b.jsonl -3.5 to -2.5; they are compared as they are" in out
    ratings = [{"problem_id": n, "score": 1 + n % 5} for n in range(40)]
    one, two = (jsonl(tmp_path / f"{name}.jsonl", ratings) for name in "xy")
    assert "compared as they are" not in run_compare(capsys, one, two)[1]


def test_names_that_no_side_shares_are_shown(tmp_path, capsys):
    a = jsonl(tmp_path / "a.jsonl", scored(20))
    named = [{**row, "problem_id": f"gsm/{row['problem_id']}"} for row in scored(20)]
    code, _, err = run_compare(capsys, a, jsonl(tmp_path / "b.jsonl", named))
    assert code == 3
    assert "they are called '0', '1' and 'gsm/0', 'gsm/1'" in err


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_scores_that_python_writes_and_json_lacks_are_called_by_name(tmp_path, word):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"problem_id": "a", "score": 1, "logprob": NaN}\n'
        f'{{"problem_id": "b", "score": {word}}}\n'
    )
    with pytest.raises(DataError, match=r"line 2: score -?(nan|inf) is not finite"):
        sample_side(path)


def test_another_separator_is_named(tmp_path):
    for name, mark, said in (("a.csv", ";", "semicolons"), ("a.tsv", ",", "commas")):
        path = tmp_path / name
        path.write_text(f"problem_id{mark}score\nq{mark}1\n")
        with pytest.raises(DataError) as error:
            sample_side(path)
        assert f"its fields are separated by {said}" in error.value.hint


def test_a_margin_of_the_whole_scale_is_refused_for_shares_and_not_for_other_scores(
    tmp_path, capsys
):
    policy = tmp_path / "policy.toml"
    policy.write_text("[tasks.samples]\nmargin = 3\n")
    shares = [jsonl(tmp_path / f"{name}.jsonl", scored(n)) for name, n in (("a", 20), ("b", 25))]
    code, _, err = run_compare(capsys, *shares, "--policy", policy)
    assert code == 2
    assert "the policy's margin for samples - is 3, the whole scale of accuracy" in err
    ratings = [{"problem_id": n, "score": 1 + n % 5} for n in range(40)]
    paths = [jsonl(tmp_path / f"{name}.jsonl", ratings) for name in "xy"]
    code, out, _ = run_compare(capsys, *paths, "--policy", policy)
    assert code == 0
    assert "non-inferior" in out
