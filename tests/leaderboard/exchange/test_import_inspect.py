"""Logs that inspect_ai wrote, packed with Zstandard and as JSON, are runs with samples."""

import json
import shutil
import zipfile

import pytest
from exchanged import CASES, edited, only_run, refused, samples

LOGS = CASES / "inspect"


def json_log(tmp_path, change):
    path = tmp_path / "log.json"
    shutil.copy(LOGS / "log.json", path)
    edited(path, change)
    return path


@pytest.mark.parametrize("name", ["log.eval", "log.json"])
def test_both_forms_are_one_run(tmp_path, name):
    run = only_run(tmp_path / "out", LOGS / name)
    record = run.record
    assert (record.model, record.imported.harness) == ("mockllm/model", "inspect_ai")
    assert record.imported.version == "0.3.285"
    assert record.protocols == {"sums": "inspect: generate"}
    assert record.task_versions == {"sums": "2"}
    assert record.generation.temperature == {"sums": 0.5}
    assert record.generation.samples_per_problem == 2
    assert (record.seed, record.hardware, record.parameters) == (None, None, None)
    match, includes = record.cells
    assert (match.task, match.language, match.metric) == ("sums", "zh", "accuracy,match")
    assert match.value == pytest.approx(2 / 3)
    assert match.standard_error == pytest.approx(1 / 3)
    assert (match.n, match.samples, match.outcomes) == (3, 6, {"correct": 4, "wrong": 2})
    assert (includes.metric, includes.outcomes) == ("accuracy,includes", {"scored": 3})


def test_samples_have_their_texts_in_place_of_attachments(tmp_path):
    rows = samples(only_run(tmp_path / "out", LOGS / "log.eval"), "sums", "zh")
    assert [(row.problem_id, row.index) for row in rows] == [
        *(("sum/0", 0), ("sum/0", 1), ("sum/1", 0), ("sum/1", 1), ("2", 0), ("2", 1)),
    ]
    chinese, long, cut = rows[0], rows[2], rows[4]
    assert (chinese.prompt, chinese.generation) == ("一加一等于几？", "答案是 2")
    assert (chinese.extracted, chinese.outcome, chinese.hit_limit) == ("2", "correct", False)
    assert long.prompt.startswith("A farmer counts the eggs")
    assert long.prompt.endswith("3 more. How many?")
    assert long.thinking.endswith("evening. Two and three.")
    assert long.generation == "5"
    assert (cut.outcome, cut.hit_limit) == ("wrong", True)


def test_an_evaluation_without_results_is_refused(tmp_path, capsys):
    path = json_log(tmp_path, lambda log: log.update(status="error", results=None))
    assert "no results (status 'error')" in refused(capsys, tmp_path / "out", path)


def test_a_broken_sample_is_an_error_and_not_wrong(tmp_path):
    def break_one(log):
        (one,) = [s for s in log["samples"] if (s["id"], s["epoch"]) == (2, 1)]
        one.update(error={"message": "the model broke"}, scores=None)

    run = only_run(tmp_path / "out", json_log(tmp_path, break_one))
    row = samples(run, "sums", "zh")[4]
    assert (row.outcome, row.detail) == ("error", "the model broke")
    assert run.record.cells[0].outcomes == {"correct": 4, "error": 1, "wrong": 1}


def test_a_metric_without_a_known_direction_is_left_out_until_it_is_said(tmp_path, capsys):
    def rename(log):
        metrics = log["results"]["scores"][0]["metrics"]
        metrics["spread"] = {**metrics.pop("accuracy"), "name": "spread"}

    path = json_log(tmp_path, rename)
    run = only_run(tmp_path / "out", path)
    assert [cell.metric for cell in run.record.cells] == ["accuracy,includes"]
    assert "--higher-is-better or --lower-is-better" in " ".join(capsys.readouterr().err.split())
    run = only_run(tmp_path / "said", path, "--lower-is-better", "spread")
    assert {(cell.metric, cell.higher_is_better) for cell in run.record.cells} == {
        ("spread,match", False),
        ("accuracy,includes", True),
    }


def test_a_missing_field_is_named(tmp_path, capsys):
    path = json_log(tmp_path, lambda log: log["eval"].pop("model"))
    said = refused(capsys, tmp_path / "out", path)
    assert "missing required field `model` - at `$.eval`" in said


def test_names_of_entries_choose_no_path(tmp_path):
    path = tmp_path / "log.eval"
    log = json.loads((LOGS / "log.json").read_text())
    rows = log.pop("samples")
    log["eval"]["task"] = "../../../escaped_zh"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("header.json", json.dumps(log))
        for row in rows:
            name = f"samples/../../../../{row['id']}_epoch_{row['epoch']}.json"
            made.writestr(name, json.dumps(row))
    run = only_run(tmp_path / "deep" / "er" / "out", path)
    assert run.record.cells[0].task == "escaped"
    assert {p.name for p in tmp_path.iterdir()} == {"log.eval", "deep"}
    assert {p.name for p in (tmp_path / "deep" / "er").iterdir()} == {"out"}
