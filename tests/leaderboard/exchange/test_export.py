"""Runs in the forms of others: read back by their tools, valid by their schemas, and imported."""

import csv
import io
import json
import math
from pathlib import Path

import msgspec
import pytest
import yaml
from exchanged import CASES, imported, samples
from jsonschema import Draft7Validator
from report_examples import cell, record
from score_examples import row

from harness.cli import main
from leaderboard.collection import load
from leaderboard.exchange.to_csv import csv_bytes
from leaderboard.records import Interval, write_record
from leaderboard.score_rows import ScoreRow, all_rows
from tasks.saved_rows import Outcome, Sample

ROWS = [
    (Outcome.CORRECT, "18", "", True),
    (Outcome.WRONG, "19", "", False),
    (Outcome.NO_ANSWER, None, "", None),
    (Outcome.TRUNCATED, None, "", True),
    (Outcome.ERROR, None, "not answered: too long", None),
]


def own_store(tmp_path, **changes):
    """A store with one run of five samples in Chinese, of which one broke, and bits per byte."""
    folder = tmp_path / "runs" / "reports" / "own"
    (folder / "samples").mkdir(parents=True)
    rows = [
        Sample(
            problem_id=f"mgsm/{place}",
            language="zh",
            index=0,
            prompt=f"问题 {place}\u2028?",
            generation=f"答案是 {place}\n",
            extracted=extracted,
            outcome=outcome,
            detail=detail,
            hit_limit=limit,
            thinking="hm" if place == 1 else "",
            cluster="eggs" if place < 2 else "",
        )
        for place, (outcome, extracted, detail, limit) in enumerate(ROWS)
    ]
    lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    (folder / "samples" / "mgsm_zh.jsonl").write_bytes(lines)
    own = {
        "task": "mgsm",
        "n": 4,
        "n_clusters": 4,
        "value": 0.25,
        "standard_error": 1 / 7,
        "interval": Interval(low=1 / 3 - 0.3, high=2 / 3),
        "outcomes": {"correct": 1, "error": 1, "no_answer": 1, "truncated": 1, "wrong": 1},
        "samples": 5,
        "sample_file": "samples/mgsm_zh.jsonl",
    }
    bits = {"metric": "bpb", "higher_is_better": False, "value": 1.2345678901234567}
    scored = {"n": 5, "n_clusters": 5, "outcomes": {"scored": 5}, "sample_file": ""}
    fields = {
        "model": "org/m 1",
        "task_versions": {"mgsm": "7"},
        "protocols": {"mgsm": "native_cot"},
        "cells": (cell(**own), cell(**(own | bits | scored | {"interval": None}))),
        "generation": msgspec.structs.replace(record().generation, temperature={"mgsm": 0.5}),
        "packages": {"ultralink-bench": "0.1.0", "lm-eval": "0.4.13"},
    }
    write_record(folder / "run.json", record(**(fields | changes)))
    return tmp_path / "runs"


def export(runs, form, out, *options):
    """The folder of an export."""
    line = ["leaderboard", "export", "--runs", str(runs), "--format", form, "-o", str(out)]
    assert main([*line, *map(str, options)]) == 0
    return out


def without(run, *fields):
    """Cells without these fields and where their samples are."""
    blank = dict.fromkeys((*fields, "sample_file"))
    return [msgspec.structs.asdict(one) | blank for one in run.record.cells]


@pytest.mark.parametrize(("form", "lost"), [("lm-eval", ("interval", "note")), ("eee", ("note",))])
def test_a_run_of_ours_comes_back_but_for_what_the_page_says(tmp_path, form, lost):
    runs = own_store(tmp_path)
    (before,) = load(runs).runs
    (after,) = imported(tmp_path / "back", export(runs, form, tmp_path / "out")).runs
    assert without(after, *lost) == without(before, *lost)
    for field in ("model", "protocols", "task_versions"):
        assert getattr(after.record, field) == getattr(before.record, field)
    assert after.record.generation.temperature == {"mgsm": 0.5}
    assert after.record.imported.harness == "ultralink-bench"
    assert after.record.started == "2026-01-02T03:04:05+00:00"
    assert samples(after, "mgsm", "zh") == samples(before, "mgsm", "zh")


@pytest.mark.parametrize("form", ["lm-eval", "eee"])
@pytest.mark.parametrize("case", ["lm_eval", "inspect/log.eval"])
def test_an_import_is_the_same_after_export_and_import(tmp_path, form, case):
    before = imported(tmp_path / "one", CASES / case)
    export(tmp_path / "one", form, tmp_path / "out")
    after = imported(tmp_path / "two", tmp_path / "out")
    assert len(before.runs) == len(after.runs)
    by_model = {run.record.model: run for run in after.runs}
    for run in before.runs:
        back = by_model[run.record.model]
        assert without(back) == without(run)
        for field in ("model", "protocols", "task_versions"):
            assert getattr(back.record, field) == getattr(run.record, field)
        assert back.record.imported.harness == run.record.imported.harness
        assert back.record.imported.version == run.record.imported.version
        for task, language in run.sample_files():
            assert samples(back, task, language) == samples(run, task, language)


def test_lm_evals_own_readers_take_what_is_written(tmp_path):
    from lm_eval.utils import (
        get_file_datetime,
        get_file_task_name,
        get_results_filenames,
        get_sample_results_filenames,
        make_table,
    )

    (folder,) = export(own_store(tmp_path), "lm-eval", tmp_path / "out").iterdir()
    names = [str(path) for path in folder.iterdir()]
    (results,) = get_results_filenames(names)
    (logged,) = get_sample_results_filenames(names)
    assert get_file_task_name(Path(logged).name) == "mgsm_zh"
    assert get_file_datetime(logged) == get_file_datetime(results).replace(".json", "")
    table = make_table(json.loads(Path(results).read_text()))
    assert "|mgsm_zh|      7|none  |      |bpb        |↓  |1.2346|±  |0.1429|" in table
    assert "|exact_match|↑  |0.2500|±  |0.1429|" in table


def test_an_export_is_compared_as_lm_evals_results_are(tmp_path, capsys):
    runs = own_store(tmp_path)
    (one,) = export(runs, "lm-eval", tmp_path / "a").iterdir()
    (two,) = export(runs, "lm-eval", tmp_path / "b").iterdir()
    capsys.readouterr()
    assert main(["compare", str(one), str(two)]) == 0
    assert "mgsm_zh exact_match - 25.0 25.0 0.0 pt" in " ".join(capsys.readouterr().out.split())


def test_records_are_valid_by_the_schemas_of_every_eval_ever(tmp_path):
    schemas = {
        name: Draft7Validator(json.loads((CASES / "eee" / f"{name}.schema.json").read_text()))
        for name in ("eval", "instance_level_eval")
    }
    runs = own_store(tmp_path)
    imported(runs / "reports" / "other", CASES / "lm_eval", CASES / "inspect")
    out = export(runs, "eee", tmp_path / "out", "--organization", "us")
    records = sorted(out.rglob("*[0-9a-f].json"))
    lines = [line for path in out.rglob("*.jsonl") for line in path.read_text().split("\n") if line]
    assert (len(records), len(lines)) == (5, 5 + 2 * 20 + 2 * 6)
    for path in records:
        content = json.loads(path.read_text())
        schemas["eval"].validate(content)
        assert content["source_metadata"]["source_organization_name"] == "us"
        assert path.with_name(f"{path.stem}_samples.jsonl") == (
            out / content["detailed_evaluation_results"]["file_path"]
        )
    for line in lines:
        schemas["instance_level_eval"].validate(json.loads(line))
    own = next(path for path in records if path.parent.name == "m 1")
    assert own.parent.parent.name == "org"
    numbers = json.loads(own.read_text())["evaluation_results"]
    assert [one["score_details"]["score"] for one in numbers] == [0.25, 1.2345678901234567]
    assert [one["metric_config"]["max_score"] for one in numbers] == [1.0, "Infinity"]


def test_no_text_of_the_csv_is_a_formula():
    rows = [row("=cmd|' /C calc'!A0", 0.5, "@SUM(A1)", note="-2+3\u202e", runs=("+a", "b"))]
    (shown,) = csv.DictReader(io.StringIO(csv_bytes(rows).decode()))
    assert shown["model"] == "'=cmd|' /C calc'!A0"
    assert (shown["language"], shown["runs"]) == ("'@SUM(A1)", "'+a b")
    assert shown["note"] == "'-2+3<U+202E>"
    assert shown["value"] == "0.5"


def test_csv_has_every_column_and_unrounded_numbers(tmp_path):
    runs = own_store(tmp_path)
    out = export(runs, "csv", tmp_path / "out")
    with (out / "scores.csv").open(newline="") as file:
        shown = list(csv.DictReader(file))
    rows = all_rows(load(runs))
    assert tuple(shown[0]) == ScoreRow.__struct_fields__
    assert [float(one["value"]) for one in shown] == [row.value for row in rows]
    assert float(shown[0]["low"]) == rows[0].low == 1 / 3 - 0.3
    assert (shown[1]["low"], shown[1]["higher_is_better"]) == ("", "false")


def hub_store(tmp_path, value=0.4123456789):
    cells = (cell(task="gsm8k", language="", value=value), cell(task="mgsm", language="zh"))
    protocols = {"gsm8k": 'lm-eval: 5-shot"\n- evil: 1', "mgsm": "direct"}
    return own_store(tmp_path, cells=cells, protocols=protocols, task_versions={"gsm8k": "3"})


def test_results_for_the_hub_are_read_by_its_own_library(tmp_path, capsys):
    from huggingface_hub import parse_eval_result_entries

    out = export(hub_store(tmp_path), "hub", tmp_path / "out", "--source-url", "https://a.b/c")
    (path,) = out.rglob("*.yaml")
    assert path == out / ".eval_results" / "gsm8k.yaml"
    (entry,) = parse_eval_result_entries(yaml.safe_load(path.read_text()))
    assert (entry.dataset_id, entry.task_id) == ("openai/gsm8k", "gsm8k")
    assert math.isclose(entry.value, 41.23456789)
    assert (entry.date, entry.source_url) == ("2026-01-02T03:04:05Z", "https://a.b/c")
    assert '5-shot"\n- evil: 1' in entry.notes
    said = " ".join(capsys.readouterr().err.split())
    assert "mgsm_zh: no dataset of the Hub is known as its benchmark" in said


def test_a_dataset_that_the_user_names_is_taken(tmp_path):
    named = ("--hub-dataset", "mgsm_zh=my-org/mgsm:chinese")
    out = export(hub_store(tmp_path), "hub", tmp_path / "out", *named)
    content = yaml.safe_load((out / ".eval_results" / "mgsm-zh.yaml").read_text())
    assert content[0]["dataset"] == {"id": "my-org/mgsm", "task_id": "chinese"}


def test_a_dry_run_shows_every_byte_and_sends_nothing(tmp_path, capsys, monkeypatch):
    import socket

    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    pushed = ("--push", "me/model", "--dry-run")
    out = export(hub_store(tmp_path), "hub", tmp_path / "out", *pushed)
    shown = capsys.readouterr()
    assert "nothing was sent; to huggingface.co/me/model would go:" in shown.out
    for line in (out / ".eval_results" / "gsm8k.yaml").read_text().splitlines():
        assert line in shown.out
    assert "hf_secret" not in shown.out + shown.err


def refused(capsys, runs, *options):
    code = main(["leaderboard", "export", "--runs", str(runs), *map(str, options)])
    said = " ".join(capsys.readouterr().err.split())
    assert "Traceback" not in said
    return code, said


def test_what_cannot_be_exported_is_refused_and_leaves_nothing(tmp_path, capsys):
    runs, out = own_store(tmp_path), tmp_path / "out"
    for options, said in [
        (("hub",), "no number for the Hub: mgsm_zh: no dataset of the Hub"),
        (("csv", "--run", "none"), "unknown run 'none'"),
        (("csv", "--push", "a/b"), "--push is for --format hub"),
        (("hub", "--push", "a/b"), "sends nothing: --push needs --dry-run"),
        (("hub", "--push", "a/../b", "--dry-run"), "is no repository"),
        (("hub", "--hub-dataset", "mgsm=x"), "is not NAME=OWNER/DATASET:TASK"),
        (("hub", "--dry-run"), "--dry-run shows a push"),
    ]:
        form, *rest = options
        code, error = refused(capsys, runs, "--format", form, "-o", out, *rest)
        assert code == 2
        assert said in error
        assert not out.exists()
    out.mkdir()
    (out / "mine").write_text("x")
    assert refused(capsys, runs, "--format", "csv", "-o", out)[0] == 2
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_a_damaged_sample_is_named_with_its_line(tmp_path, capsys):
    runs = own_store(tmp_path)
    path = runs / "reports" / "own" / "samples" / "mgsm_zh.jsonl"
    path.write_text(path.read_text().replace('"index":0', '"index":"0"', 1))
    code, said = refused(capsys, runs, "--format", "eee", "-o", tmp_path / "out")
    assert code == 3
    assert "mgsm_zh.jsonl:1: Expected `int`, got `str` - at field `index`" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", ["lm-eval", "eee", "csv"])
def test_names_of_models_and_tasks_choose_no_path(tmp_path, form):
    evil = "../../../evil"
    folder = tmp_path / "store"
    runs = own_store(folder, model=f"{evil}/..", protocols={}, task_versions={})
    path = runs / "reports" / "own" / "run.json"
    path.write_text(path.read_text().replace('"task": "mgsm"', f'"task": "{evil}"'))
    out = export(runs, form, tmp_path / "a" / "b" / "c" / "d" / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"store", "a"}
    assert [path.name for path in (tmp_path / "a" / "b" / "c" / "d").iterdir()] == ["out"]
    assert all(".." not in path.parts for path in out.rglob("*"))
