"""The command line: what works, and two lines for what a user can mend."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from command_line import TINY
from small_disk import mounted

from harness import cli
from harness.commands.eval_options import eval_config
from harness.engine.jobs import external
from harness.engine.provenance import ModelProvenance, read_provenance
from harness.engine.source_hash import ROOT
from harness.engine.stages import RESULT_FILE
from harness.options.parser import parser
from leaderboard.records import encode, read_record
from tasks import index
from train.token_account import TokenAccount
from ultralink_data.store import dataset

REPORT = Path("runs/reports/prune-tiny/records")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder, without benchmark files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    return tmp_path


@pytest.fixture
def command(here, capsys):
    """Runs a command in this process: exit code, standard output, standard error."""

    def run(*words):
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def refused(command, here):
    """Runs a command that must fail with two lines and leave nothing behind."""

    def run(code, *words, keeps=()):
        before = set(here.rglob("*"))
        found, _, err = command(*words)
        lines = err.splitlines()
        assert found == code, err
        assert len(lines) == 2, err
        assert lines[0].startswith("error: ")
        assert lines[1].startswith("  ")
        assert lines[1].strip()
        new = {path.relative_to(here).as_posix() for path in set(here.rglob("*")) - before}
        assert {name for name in new if name.split("/")[0] not in keeps} == set()
        return lines

    return run


@pytest.fixture
def release(here):
    """A folder of release files in English and Chinese, and a way to add a file."""
    folder = here / "release"
    folder.mkdir()

    def add(name, content):
        (folder / name).write_bytes(content)

    for code in ("en", "zh"):
        rows = [b'{"id":"%d","data":["2 + %d?","%d"]}\n' % (n, n, n + 2) for n in range(40)]
        add(f"{code}_math.jsonl", b"".join(rows))
    return folder, add


# Wrong words


def joined(value):
    """The name of a case: the command, without what is expected."""
    return " ".join(value) if isinstance(value, list) else "_"


def run_with(**options):
    words = {"ablation": "prune", "profile": "tiny"} | options
    return ["run", *(w for name, value in words.items() for w in (f"--{name}", value))]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (run_with(ablation="prun"), "unknown ablation 'prun'", "did you mean 'prune'?"),
        (run_with(profile="tinny"), "unknown profile 'tinny'", "did you mean 'tiny'?"),
        (run_with(variants="keep-al"), "unknown variant of prune 'keep-al'", "'keep-all'"),
        (run_with(tasks="starter_maths"), "'starter_maths'", "did you mean 'starter_math'?"),
        (run_with(languages="en,zhh"), "unknown language 'zhh'", "did you mean 'zh'?"),
        (run_with(languages="de"), "task starter_math has none of the languages de", "en, zh"),
        (run_with(seeds="1,1"), "argument --seeds: 1 is given twice", "run --help"),
        (run_with(seeds="-1"), "a seed must be from 0 to 4294967295, got -1", "--seeds 0,1,2"),
        (run_with(seeds="4294967296"), "a seed must be from 0", "--seeds 0,1,2"),
        (run_with(languages="en,en"), "argument --languages: en is given twice", "run --help"),
        (run_with(tasks="mgsm,mgsm"), "argument --tasks: mgsm is given twice", "run --help"),
        (run_with(set="eval.runs=[]"), "nothing is left to evaluate", "--tasks"),
        (run_with(set="model.base_seed=-1"), "a seed must be from 0", ""),
        (run_with(set="profile=starter"), "--set profile=starter", "choose a profile with"),
        (
            run_with(set="data.prune.keep=2k"),
            "--set data.prune.keep=2k: every variant of prune sets this itself",
            "--variants",
        ),
        (
            ["train", "--data", "d", "--model", "m", "-o", "o", "--seed", "-1"],
            "a seed must be from 0 to 4294967295, got -1",
            "see `ultralink-bench train --help`",
        ),
        (
            ["train", "--data", "d", "--model", "m", "-o", "o", "--weight-decay", "nan"],
            "argument --weight-decay: 'nan' is not a finite number",
            "--help",
        ),
        (["eval", "--model", "m", "--languages", "en,en"], "en is given twice", "--help"),
        (
            ["eval", "--model", "m", "--languages", "Spanish"],
            "is no code; did you mean es?",
            "--help",
        ),
        (
            ["eval", "--model", "m", "--temperature", "nan"],
            "'nan' is not a finite number",
            "--help",
        ),
        (
            ["eval", "--model", "m", "--temperature", "inf"],
            "'inf' is not a finite number",
            "--help",
        ),
        (["eval", "--model", "m", "--dtype", "int8"], "dtype must be one of float32", "--help"),
        (["eval", "--model", "m", "--max-length", "-1"], "max_length must be >= 1", "--help"),
        (["eval", "--model", "m", "--threads", "0"], "threads must be >= 1, got 0", "--help"),
        (run_with(set="train.stepz=3"), "unknown config field 'train.stepz'", "'train.steps'"),
        (run_with(set="train.steps=x"), "train.steps=x: Expected `int", "a value is JSON"),
        (run_with(set="train.steps=0"), "steps must be >= 1, got 0", ""),
        (run_with(set="train.steps"), "has no value", "field=value"),
        (run_with(set='languages=["en","x"]'), "unknown language 'x'", "known: "),
        (run_with(profile="small"), "this profile needs a pretrained model", "model.path"),
        (["tasks", "show", "mgms"], "unknown task 'mgms'", "did you mean 'mgsm'?"),
        (["tasks", "show", "mgsm", "--languages", "xx"], "unknown language of mgsm 'xx'", "zh"),
        (["tasks", "show", "mgsm", "--protocol", "dirct"], "'dirct'", "did you mean 'direct'"),
        (["tasks", "show", "starter_math", "--problem", "-1"], "--problem -1", "choose 0 to"),
        (["eval", "--model", "m", "--tasks", "mgms"], "unknown task 'mgms'", "'mgsm'"),
        (["eval", "--model", "m", "--languages", "xx"], "unknown language of humaneval 'xx'", "zh"),
        (
            ["eval", "--model", "m", "--protocol", "mgsm"],
            "unknown protocol of these tasks",
            "direct",
        ),
        (["eval", "--model", "m", "--protocol", "x=y"], "unknown task of this", "known"),
        (["eval", "--model", "m", "--protocol", "mgsm=y"], "unknown protocol of mgsm", "direct"),
        (
            ["eval", "--model", "m", "--repairs", "newline"],
            "repair of humaneval 'newline'",
            "known",
        ),
        (
            ["eval", "--model", "m", "--tasks", "mgsm", "--repairs", "final_newline"],
            "unknown repair of these tasks 'final_newline'",
            "no repair",
        ),
        (
            ["eval", "--model", "m", "--limit", "-1"],
            "argument --limit: must be 1 or more, got -1",
            "--help",
        ),
        (["eval", "--model", "m", "--limit", "0"], "must be 1 or more, got 0", "--help"),
        (["eval", "--model", "m", "--tasks", ","], "argument --tasks: ',' names nothing", "--help"),
        (["eval", "--model", "m", "--languages", ","], "',' names nothing", "--help"),
        (["eval", "--model", "m", "--batch-size", "0"], "batch_size must be >= 1", "--help"),
        (["store", "gc", "--older-than", "-1"], "--older-than -1", "0 or more"),
        (["store", "gc", "--older-than", "nan"], "'nan' is not a finite", "--help"),
        (
            ["data", "starter", "-o", "d", "--per-template", "500"],
            "cannot give 500 problems with different numbers",
            "fewer problems per template",
        ),
        (
            ["data", "starter", "-o", "d", "--per-template", "0"],
            "per_template must be >= 1",
            "see `ultralink-bench data starter --help`",
        ),
    ],
    ids=joined,
)
def test_a_wrong_word_is_named_and_the_nearest_offered(refused, words, message, hint):
    lines = refused(2, *words)
    assert message in lines[0]
    assert hint in lines[1]


def test_a_benchmark_file_that_the_parser_cannot_read_is_two_lines(command, here, monkeypatch):
    bad = here / "bad.py"
    bad.write_text('class Bad:\n    name: ClassVar[str] = "b" + "ad"\n\nBENCHMARK = Bad()\n')
    monkeypatch.setattr(index, "exporting", lambda: [bad])
    index.entries.cache_clear()
    try:
        code, _, err = command("grade", "mgsm", "outputs.jsonl")
    finally:
        index.entries.cache_clear()
    assert code == 2
    assert err.startswith(f"error: {bad}: `name` must be a literal")
    assert len(err.splitlines()) == 2


def test_a_usage_error_of_the_parser_exits_with_two(command):
    code, _, err = command("run", "--ablation", "prune", "--seeds", "x")
    assert code == 2
    assert "--seeds" in err


@pytest.mark.parametrize(
    ("words", "repairs"),
    [
        ([], None),
        (["--repairs", "none"], ()),
        (["--repairs", "indentation,final_newline"], ("final_newline", "indentation")),
    ],
    ids=joined,
)
def test_repairs_are_part_of_an_evaluation(words, repairs):
    arguments = parser().parse_args(["eval", "--model", "m", *words])
    runs = {run.task: run for run in eval_config(arguments, "m").runs}
    assert runs["humaneval"].repairs == repairs
    assert runs["mgsm"].repairs is None  # it has none: its key must not change


# Missing or bad files


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["eval", "--model", "nowhere", "--tasks", "starter_math"],
            "no model at nowhere",
            "config",
        ),
        (run_with(set="model.path=nowhere"), "no model at nowhere", "config.json"),
        (run_with(set="data.folder=nowhere"), "data.folder: no folder nowhere", ".jsonl"),
        (["data", "stats", "nowhere"], "cannot read nowhere", "check the path"),
        (["data", "convert", "x/en_math.jsonl", "-o", "d"], "cannot read x/en_math.jsonl", "path"),
        (["data", "convert", "x/math.jsonl", "-o", "d"], "cannot read x/math.jsonl", "path"),
        (["data", "prune", "nowhere", "--keep", "1/8", "-o", "d"], "is not a dataset", "convert"),
        (["train", "--data", "nowhere", "--model", "m", "-o", "d"], "nowhere has no", "make"),
        (["compare", "a.json", "b.json"], "cannot read a.json", "a side is a run record"),
        (["compare", "a"], "cannot read a", "a side is a run record"),
    ],
    ids=joined,
)
def test_a_missing_file_is_named(refused, words, message, hint):
    found = refused(3, *words)
    assert message in found[0]
    assert hint in found[1]


def test_a_missing_benchmark_file_says_which_where_and_how(refused, here):
    (here / "model").mkdir()
    (here / "files").mkdir()
    (here / "model" / "config.json").write_text("{}")
    for words in (
        ("eval", "--model", "model", "--tasks", "mgsm", "--languages", "zh"),
        ("tasks", "show", "mgsm", "--languages", "zh"),
    ):
        lines = refused(3, *words, "--benchmarks", here / "files")
        assert "benchmark file mgsm/mgsm_zh.tsv not found" in lines[0]
        assert (
            f"looked in --benchmarks={here / 'files'}, $ULTRALINK_BENCHMARKS (not given)"
            in lines[0]
        )
        assert "get it from" in lines[1]
        assert "--benchmarks DIR or $ULTRALINK_BENCHMARKS" in lines[1]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b'{"id":"b","data":["q","a"]', "truncated"),
        (b'{"id":"b","data":["q","a","q"]}', "field `data` has 3 turns"),
        (b'{"id":"b","data":["q",""]}', "field `data[1]` is empty"),
        (b'{"id":[7],"data":["q","a"]}', "at field `id`"),
        (b'{"id":"b","data":["q","\xff"]}', "byte 23 is not UTF-8"),
        (b'{"id":"b"}', "missing required field `data`"),
        (b'{"id":"b","data":["q","a"],"x":1}', "unknown field `x`"),
        (b'{"id":"b","data":["q","a"],"\\u001b[2J\\n":1}', "unknown field `<U+001B>[2J"),
        (b'{"id":"0","data":["q","a"]}', "id '0' stands already in line 1"),
    ],
)
def test_a_bad_line_is_named_and_no_dataset_is_left(refused, release, line, complaint):
    folder, add = release
    add("fr_math.jsonl", b'{"id":"0","data":["q","a"]}\n' + line + b"\n")
    lines = refused(3, "data", "convert", folder, "-o", "out")
    assert lines[0].startswith(f"error: {folder / 'fr_math.jsonl'}:2: ")
    assert complaint in lines[0]


def test_a_bad_line_stops_a_run_before_anything_is_trained(command, release, here):
    folder, add = release
    add("fr_math.jsonl", b"{}\n")
    code, _, err = command(*TINY, "--set", f"data.folder={folder}")
    assert code == 3
    assert err.splitlines()[0].startswith(f"error: {folder / 'fr_math.jsonl'}:1: ")
    assert len(err.splitlines()) == 2
    assert list((here / "runs" / "datasets").iterdir()) == []


def test_an_unknown_language_of_a_file_is_refused(refused, release):
    folder, add = release
    add("eng_math.jsonl", b'{"id":"0","data":["q","a"]}\n')
    assert "unknown language 'eng'" in refused(2, "data", "convert", folder, "-o", "out")[0]


def test_language_without_kind_is_refused(refused, release):
    folder, _ = release
    words = ("data", "convert", folder / "en_math.jsonl", "--languages", "en", "-o", "out")
    assert "go together" in refused(2, *words)[0]


def test_another_file_name_is_refused(refused, here):
    (here / "math.jsonl").touch()
    assert "not named" in refused(3, "data", "convert", "math.jsonl", "-o", "out")[0]


@pytest.mark.parametrize("content", [None, b""])
def test_a_folder_or_file_without_a_row_is_refused(refused, here, content):
    (here / "empty").mkdir()
    if content is not None:
        (here / "empty" / "en_math.jsonl").write_bytes(content)
    lines = refused(2 if content is None else 3, "data", "convert", "empty", "-o", "out")
    assert "holds no" in lines[0] or "has no row" in lines[0]


def test_a_language_without_a_row_is_named_by_train(refused, release, here):
    folder, _ = release
    (here / "model").mkdir()
    (here / "model" / "config.json").write_text("{}")
    words = ("train", "--data", folder, "--model", "model", "-o", "tuned")
    lines = refused(3, *words, "--languages", "en,fr", keeps=("runs",))
    assert f"{folder} has no row in fr" in lines[0]
    assert "it has en, zh" in lines[1]


def test_a_language_without_a_row_is_named_by_run(command, release):
    folder, _ = release
    code, _, err = command(*TINY, "--languages", "en,zh,fr", "--set", f"data.folder={folder}")
    assert code == 3
    assert f"error: {folder} has no row in fr" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("data", "starter", "-o", "there"),
        ("data", "convert", "release", "-o", "there"),
        ("data", "prune", "release", "--keep", "0", "-o", "there"),
        ("train", "--data", "release", "--model", "m", "-o", "there"),
    ],
    ids=" ".join,
)
def test_nothing_is_written_over_what_is_there(refused, release, here, words):
    (here / "there").mkdir()
    assert "there exists" in refused(2, *words)[0]


# Where nothing can be written


@pytest.mark.parametrize("where", ["full", "read-only", "a file"])
def test_runs_that_cannot_be_written_end_in_two_lines(command, here, where):
    def two_lines(runs, why):
        code, _, err = command(*TINY, "--runs", runs)
        lines = err.splitlines()
        assert code == 3, err
        assert len(lines) == 2, err
        assert lines[0].startswith("error: cannot write ")
        assert why in lines[0]

    if where == "a file":
        (here / "file").touch()
        two_lines("file/runs", "Not a directory")
        return
    options, why = {"full": ("size=16k", "No space left"), "read-only": ("ro", "Read-only")}[where]
    with mounted(here / "disk", options) as disk:
        two_lines(disk / "runs", why)
        assert not list(disk.glob("runs/*/*/artefact.json"))


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_runs_without_permission_end_in_two_lines(command, here):
    (here / "locked").mkdir(mode=0o555)
    code, _, err = command(*TINY, "--runs", "locked/runs")
    assert code == 3
    assert len(err.splitlines()) == 2
    assert "Permission denied" in err


@pytest.mark.parametrize("size", ["600k", "1400k", "2200k"])
def test_a_disk_that_fills_up_half_way_leaves_whole_artefacts_only(bench, size):
    with mounted(bench.home / "disk", f"size={size}") as disk:
        done = bench(*TINY, "--runs", disk / "runs")
        assert done.code == 3, done.err
        assert len(done.complaint) == 2, done.err
        assert done.complaint[0].startswith("error: cannot write ")
        assert "No space left" in done.complaint[0]
        assert bench("store", "verify", "--runs", disk / "runs").code == 0


def test_a_report_that_cannot_be_written_is_two_lines(finished):
    (finished.home / "file").touch()
    done = finished(*TINY, "--out", "file")
    assert done.code == 2
    assert done.complaint == ["error: --out file is a file", "  name a folder"]


# Records against each other


@pytest.fixture
def records(finished, monkeypatch):
    monkeypatch.chdir(finished.home)
    return [REPORT / "keep-all_seed0.json", REPORT / "keep-0_seed0.json"]


def edited(path, **changes):
    record = read_record(path)
    target = path.with_name("edited.json")
    target.write_bytes(encode(msgspec.structs.replace(record, **changes)))
    return target


def test_two_records_are_compared_as_what_they_are(records, capsys):
    assert cli.main(["compare", *map(str, records)]) == 0
    out = capsys.readouterr().out
    assert "keep-0" in out
    assert "these models on problems like these" in out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"protocols": {"starter_math": "other"}}, "protocol 'chat' in one and 'other'"),
        ({"task_versions": {"starter_math": "0"}}, "in one and '0' in the other"),
        ({"profile": "starter"}, "profile tiny, another of profile starter"),
        ({"profile": None}, "profile tiny, another of an `eval`, without a profile"),
        ({"cells": ()}, "share no task"),
    ],
)
def test_unlike_records_are_not_compared(records, capsys, changes, message):
    other = edited(records[1], **changes)
    assert cli.main(["compare", str(records[0]), str(other)]) == 3
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 2


def test_what_one_folder_has_and_the_other_lacks_is_told(records, capsys):
    assert cli.main(["compare", str(REPORT), str(records[0])]) == 0
    assert f"left out: keep-0 of {REPORT}" in " ".join(capsys.readouterr().out.split())


def test_folders_of_three_seeds_are_compared_with_a_verdict(records, capsys):
    for name, path in zip("ab", records, strict=True):
        for seed in range(3):
            target = REPORT.with_name(name) / f"{seed}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            record = msgspec.structs.replace(read_record(path), seed=seed)
            target.write_bytes(encode(record))
    sides = [str(REPORT.with_name(name)) for name in "ab"]
    assert cli.main(["compare", *sides]) == 0
    out = capsys.readouterr().out
    assert "single seed" not in out
    assert "better" in out or "worse" in out


# What works


def test_the_starter_set_is_made_counted_pruned_and_converted(command, here):
    assert command("data", "starter", "--per-template", "1", "-o", "s")[0] == 0
    print_ = dataset.read_manifest(here / "s").fingerprint
    code, out, _ = command("data", "stats", "s")
    assert code == 0
    assert print_ in out
    code, out, _ = command("data", "prune", "s", "--keep", "1/8", "-o", "p")
    assert code == 0
    assert "rows dropped: pruned" in out
    assert dataset.read_manifest(here / "p").parents == (print_,)
    assert command("data", "convert", "s", "-o", "c")[0] == 0
    assert dataset.read_manifest(here / "c").fingerprint == print_


def test_a_real_released_file_is_converted(command, here, benchmarks):
    path = benchmarks / "ultralink" / "ultralink_readme_examples.jsonl"
    words = ("data", "convert", path, "--languages", "zh", "--kind", "chat_specific", "-o", "d")
    assert command(*words)[0] == 0
    assert dataset.read_manifest(here / "d").counts[0].rows == 4


@pytest.mark.parametrize("task", ["starter_math", "starter_code"])
def test_tasks_are_listed_and_shown(command, task):
    assert task in command("tasks", "list")[1]
    code, out, _ = command("tasks", "show", task, "--languages", "zh")
    assert code == 0
    assert "prompt" in out


def test_a_task_of_a_file_is_shown_from_the_folder_named(command, ours):
    code, out, _ = command("tasks", "show", "mgsm", "--benchmarks", ours)
    assert code == 0
    assert "en + 0 = ?" in out


@pytest.mark.parametrize("what", ["ls", "verify", "gc"])
def test_a_store_that_is_not_there_is_no_empty_one(refused, here, what):
    assert refused(3, "store", what, "--runs", "rnus")[0] == "error: no store at rnus"


def test_doctor_names_every_part(command):
    code, out, _ = command("doctor")
    assert code in (0, 3)
    assert (code == 3) == ("BROKEN" in out)
    for part in ("packages", "store", "sandbox", "benchmark files", "accelerator", "latex"):
        assert part in out


def test_doctor_tells_benchmark_files_that_are_here_from_those_that_are_not(command):
    _, out, _ = command("doctor")  # in a folder without benchmark files
    said = " ".join(out.split())
    here, _, absent = said.partition("; not here: ")
    assert "starter_math (en zh es fr ru)" in here
    assert "mgsm (none)" in here
    assert "starter_math" not in absent
    assert "mgsm (en bn de" in absent


def test_doctor_says_that_a_store_cannot_be_written(command, here):
    with mounted(here / "disk", "ro") as disk:
        code, out, _ = command("doctor", "--runs", disk / "runs")
    assert code == 3
    assert "BROKEN" in out
    assert "not writable" in out


def test_a_stored_model_is_evaluated_planned_and_tuned(finished):
    from harness.engine.artefact_store import Store

    store = Store(finished.home / "runs")
    found = [(s, k) for s, k in store.all_keys() if store.marker(s, k).stage == "base"]
    model = store.path(*found[0])
    dataset_folder = finished.home / "rows"
    finished("data", "starter", "--per-template", "1", "-o", dataset_folder).ok()
    words = ("train", "--data", dataset_folder, "--model", model, "-o", "tuned")
    settings = ("steps=1", "sequences_per_step=2", "max_tokens=256")
    small = [word for setting in settings for word in ("--set", setting)]
    plan = finished(*words, *small, "--dry-run").ok()
    assert "1 optimiser steps" in plan.out
    assert "over 256 tokens (--overlong split)" in plan.out
    assert "Memory of a training step" in plan.out
    assert "it fits: " in plan.out
    small_device = finished(*words, *small, "--dry-run", "--device-memory", "0.0001").ok()
    assert "it does NOT fit" in small_device.out
    assert not (finished.home / "tuned").exists()
    trained = finished(*words, *small).ok()
    assert trained.made == {"train"}
    assert (finished.home / "tuned" / "config.json").is_file()
    result = msgspec.json.decode((finished.home / "tuned" / RESULT_FILE).read_bytes())
    account = msgspec.convert(result["account"], TokenAccount)
    assert account.learned + account.masked == result["tokens"]
    assert [line.strip() for line in trained.out.splitlines()[-4:-2]] == [*account.texts()]
    told = read_provenance(finished.home / "tuned")
    assert sum(cell.over for cell in told.dataset.cells) > 0
    assert sum(cell.dropped_tokens for cell in told.dataset.cells) == account.dropped
    assert (told.seed, told.steps, told.recipe.max_tokens) == (0, 1, 256)
    assert told.base.path == str(model)
    assert told.base.fingerprint == store.marker(*found[0]).fingerprint
    assert told.dataset.path == str(dataset_folder)
    assert told.dataset.fingerprint == dataset.read_manifest(dataset_folder).fingerprint
    assert told.fingerprint == external(finished.home / "tuned").fingerprint
    assert told.made.command[:2] == ("ultralink-bench", "train")
    assert set(told.dataset.languages) == {"en", "zh", "es", "fr", "ru"}
    assert sum(cell.rows for cell in told.dataset.cells) == 2
    assert "torch" in told.made.packages
    evaluate = ("eval", "--model", "tuned", "--tasks", "starter_math", "--limit", "2")
    first = finished(*evaluate, "--out", "records").ok()
    assert "evaluating tuned" in first.err
    assert "bpb" in first.out
    (record,) = (finished.home / "records").glob("*.json")
    kept = read_record(record)
    assert (kept.model, kept.seed, kept.steps) == ("tuned", 0, 1)
    assert kept.dataset_fingerprint == told.dataset.fingerprint
    assert sum(count.rows for count in kept.trained) == 2
    assert msgspec.convert(kept.config["provenance"], ModelProvenance) == told
    again = finished(*evaluate, "--out", "records").ok()
    assert again.err == "cached: tuned\n"


# Ours


def test_a_bug_of_ours_shows_a_traceback_and_is_no_answer(command, monkeypatch):
    from harness.commands import tasks

    monkeypatch.setattr(tasks, "list_tasks", lambda arguments: 1 // 0)
    code, _, err = command("tasks", "list")
    assert code == cli.BUG
    assert "ZeroDivisionError" in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "runs/x"), 3),
        (OSError(errno.EIO, "Input/output error", b"runs/x"), 3),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "runs/x"), cli.BUG),
        (OSError(errno.ENOSPC, "No space left on device"), cli.BUG),
    ],
)
def test_what_the_system_refuses_is_no_bug_of_ours(command, monkeypatch, error, code):
    from harness.commands import tasks

    def refuse(arguments):
        raise error

    monkeypatch.setattr(tasks, "list_tasks", refuse)
    found, _, err = command("tasks", "list")
    assert found == code
    assert ("Traceback" in err) == (code == cli.BUG)
    if code == 3:
        assert f"error: cannot use runs/x: {error.strerror}" in err.splitlines()[0]
        assert len(err.splitlines()) == 2


def test_what_cannot_be_read_is_no_empty_folder(command, finished):
    locked = [finished.home / "runs/evals", finished.home / "runs/reports/prune-tiny/records"]
    try:
        for folder in locked:
            folder.chmod(0)
        if os.access(locked[0], os.R_OK):
            pytest.skip("this user may read everything")
        for words in (("store", "verify"), ("store", "ls"), ("compare", locked[1])):
            code, _, err = command(*words, *(("--runs", "runs") if words[0] == "store" else ()))
            assert code == 3
            assert "Permission denied" in err
    finally:
        for folder in locked:
            folder.chmod(0o755)


@pytest.mark.parametrize("words", [("store", "verify"), ("store", "ls")])
def test_a_shelf_that_nobody_can_read_is_no_empty_one(command, here, words):
    (here / "runs").mkdir()
    (here / "runs/evals").symlink_to("evals")
    code, _, err = command(*words, "--runs", "runs")
    assert code == 3
    assert "runs/evals" in err
    assert len(err.splitlines()) == 2


def test_foreign_packages_of_the_same_name_are_named(here):
    (here / "train.py").write_text("raise SystemExit('foreign code ran')\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "doctor"],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"error: {here / 'train.py'} stands in the way" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_reader_that_goes_away_is_no_error(here):
    words = [sys.executable, "-m", "harness.cli", "tasks", "list"]
    process = subprocess.Popen(
        words,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    assert process.wait() == 0  # 1 would say that the answer is no


def test_help_lists_every_command(here):
    shown = subprocess.run(
        [sys.executable, "-m", "harness.cli", "--help"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=here,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in ("run", "eval", "train", "data", "tasks", "compare", "store", "doctor"):
        assert f"\n    {name} " in shown


def test_the_console_script_is_the_same_command():
    script = Path(sys.executable).with_name("ultralink-bench")
    if not script.is_file():
        pytest.skip("the project is not installed beside this interpreter")
    done = subprocess.run([script, "--help"], capture_output=True, check=True)
    assert done.stdout.startswith(b"usage: ultralink-bench")


# An interrupt

_GOES_ON = "what was finished is kept. The same command goes on from there:"
_STARTS_AGAIN = "the same command starts again:"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--ablation", "prune"], _GOES_ON),
        (["eval", "--model", "m"], _GOES_ON),
        (["train", "--data", "d", "--model", "m", "-o", "o"], _GOES_ON),
        (["data", "build", "--recipe", "r.toml", "-o", "o"], _GOES_ON),
        (["data", "extract", "dump.xml", "--languages", "es", "-o", "o"], _GOES_ON),
        (["data", "filter", "rows.jsonl", "-o", "o", "--keywords-only"], _GOES_ON),
        (["tasks", "fetch"], _GOES_ON),
        (["tasks", "list"], _STARTS_AGAIN),
        (["tasks", "audit", "humaneval"], _STARTS_AGAIN),
        (["data", "stats", "d"], _STARTS_AGAIN),
        (["data", "diff", "a", "b"], _STARTS_AGAIN),
        (["data", "check", "d"], _STARTS_AGAIN),
        (["data", "prune", "d", "--keep", "2k", "-o", "o"], _STARTS_AGAIN),
        (["grade", "mgsm", "o.jsonl"], _STARTS_AGAIN),
        (["regrade", "runs"], _STARTS_AGAIN),
        (["compare", "a", "b"], _STARTS_AGAIN),
        (["store", "verify"], _STARTS_AGAIN),
    ],
    ids=joined,
)
def test_an_interrupt_says_that_work_is_kept_only_where_it_is(command, monkeypatch, words, said):
    def interrupted(namespace):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "handler", lambda namespace: interrupted)
    code, _, err = command(*words)
    assert code == cli.INTERRUPTED
    assert err.splitlines() == ["", f"interrupted; {said}", f"  ultralink-bench {' '.join(words)}"]
