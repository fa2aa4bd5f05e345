"""Records of Every Eval Ever that its own converter wrote, and their samples."""

import shutil

import pytest
from exchanged import CASES, edited, imported, only_run, refused, samples

SUMS = CASES / "eee" / "06f71faf-78fe-406f-a3c0-b8429075a7ea.json"
TEXTS = CASES / "eee" / "8ede2ee9-3d55-4c7d-adaf-949393884cd6.json"


def changed(tmp_path, change, path=SUMS):
    edited(copy := shutil.copy(path, tmp_path / "record.json"), change)
    return copy


def test_a_folder_is_read_without_its_schemas_and_samples(tmp_path):
    found = imported(tmp_path / "out", CASES / "eee")
    assert {run.record.imported.file for run in found.runs} == {SUMS.name, TEXTS.name}


def test_a_record_is_its_harness_s_number(tmp_path):
    run = only_run(tmp_path / "out", SUMS)
    record = run.record
    assert (record.model, record.imported.harness) == ("models/a", "lm_eval")
    assert record.imported.version == "0.4.13"
    assert record.protocols == {"sum": "unknown"}
    (cell,) = record.cells
    assert (cell.task, cell.language, cell.metric, cell.value) == ("sum", "fr", "accuracy", 0.4)
    assert (cell.n, cell.outcomes) == (10, {"correct": 4, "wrong": 6})
    first = samples(run, "sum", "fr")[0]
    assert (first.prompt, first.outcome) == ("fr 5+19=", "wrong")


def test_a_perplexity_has_no_wrong_samples(tmp_path):
    run = only_run(tmp_path / "out", TEXTS)
    assert {cell.higher_is_better for cell in run.record.cells} == {False}
    assert {row.outcome for row in samples(run, "texts", "")} == {"unjudged"}


def test_an_interval_counts_at_95_percent_only(tmp_path):
    def interval(level):
        def change(record):
            score = record["evaluation_results"][0]["score_details"]
            bounds = {"lower": 0.2, "upper": 0.7, "confidence_level": level}
            score["uncertainty"] = {"confidence_interval": bounds}

        return change

    (cell,) = only_run(tmp_path / "a", changed(tmp_path, interval(0.95))).record.cells
    assert (cell.interval.low, cell.interval.high, cell.note) == (0.2, 0.7, "n unknown")
    (cell,) = only_run(tmp_path / "b", changed(tmp_path, interval(0.9))).record.cells
    assert cell.interval is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(schema_version="0.2.2"), "`schema_version` is '0.2.2', not '0.3.0'"),
        (lambda r: r.update(evaluation_results=[]), "`evaluation_results` is empty"),
        (
            lambda r: r["evaluation_results"][0]["score_details"].update(score="high"),
            "got `str` - at `$.evaluation_results[0].score_details.score`",
        ),
    ],
)
def test_a_damaged_record_is_named_with_its_field(tmp_path, capsys, change, said):
    assert said in refused(capsys, tmp_path / "out", changed(tmp_path, change))


def test_samples_of_another_record_are_refused(tmp_path, capsys):
    path = changed(tmp_path, lambda r: r["evaluation_results"][0].update(evaluation_name="other"))
    shutil.copy(SUMS.with_name(f"{SUMS.stem}_samples.jsonl"), tmp_path / "record_samples.jsonl")
    said = refused(capsys, tmp_path / "out", path)
    assert "line 1: evaluation 'sum_fr' is not in the record" in said
