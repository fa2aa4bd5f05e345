"""`run --data`: names of variants, languages of one side only, and what is refused."""

import shutil

import pytest
from experiment.own_ablations import write_rows

from harness.experiment import profiles
from harness.experiment.dataset_variants import (
    dataset_ablation,
    missing_languages,
    with_datasets,
)
from harness.experiment.folder_names import variant_names
from leaderboard.records import read_record, read_report
from ultralink_data.errors import BenchError, ConfigError, DataError, PrerequisiteError
from ultralink_data.store import dataset


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (("old", "new"), ("old", "new")),
        (("/x/old/", "/y/../new"), ("old", "new")),
        (("v1/data", "v2/data", "v3"), ("v1-data", "v2-data", "v3")),
        (("/a/x/data", "/b/x/data"), ("a-x-data", "b-x-data")),
        (("my set (1)", "-x"), ("my-set-1", "x")),
        (("/s/all", "/s/other"), ("all-1", "other")),
        (("/\u4e00", "/\u4e01"), ("dataset-1", "dataset-2")),
        (("/a b", "/a-b"), ("a-b", "a-b-2")),
    ],
)
def test_names_are_those_of_the_folders_and_never_the_same(folders, names):
    assert variant_names(folders) == names


def test_a_long_name_is_cut_and_stays_one():
    (first, second) = variant_names((f"/{'a' * 90}1", f"/{'a' * 90}2"))
    assert len(first) == 40
    assert first != second


@pytest.mark.parametrize(
    ("folders", "kind", "said"),
    [
        (("one",), ConfigError, "got only one"),
        (("one", "nowhere"), PrerequisiteError, "no folder nowhere"),
        (("one", "two/../one"), ConfigError, "again"),
        (("one",) * 2, ConfigError, "again"),  # the very same text
        (("one", "one/README.md"), ConfigError, "is a file"),
        (("one", "empty"), BenchError, "empty has no"),
    ],
)
def test_what_is_no_pair_of_datasets_is_refused_at_once(tmp_path, monkeypatch, folders, kind, said):
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        write_rows(tmp_path / name)
    (tmp_path / "empty").mkdir()
    with pytest.raises(kind, match=said):
        dataset_ablation(folders)


def test_rows_in_a_folder_below_are_refused_and_not_passed_over(tmp_path):
    for name in ("old", "new", "new/sub", "new/.cache", "new/provenance", "new/earlier"):
        write_rows(tmp_path / name)
        (tmp_path / name / dataset.MANIFEST).unlink()
    write_rows(tmp_path / "new" / "made")
    asked = [str(tmp_path / name) for name in ("old", "new", "new/earlier")]
    with pytest.raises(DataError, match=r"--data: .*sub/\w+.jsonl is in a folder below .*new,"):
        dataset_ablation(asked)
    shutil.rmtree(tmp_path / "new" / "sub")
    assert len(dataset_ablation(asked).variants) == 3
    shutil.rmtree(tmp_path / "new" / "provenance")
    with pytest.raises(DataError, match=r"earlier/\w+.jsonl is in a folder below"):
        dataset_ablation(asked[:2])


@pytest.mark.parametrize("name", ["de_math.jsonl.gz", "de_code.parquet", "de_chat_specific.JSONL"])
def test_rows_in_a_form_that_is_not_read_are_refused_and_not_passed_over(tmp_path, name):
    for side in ("old", "new"):
        write_rows(tmp_path / side)
    asked = [str(tmp_path / "old"), str(tmp_path / "new")]
    for harmless in ("en_notes.json", "README.md", "math.parquet"):
        (tmp_path / "new" / harmless).write_text("")
    (tmp_path / "new" / name).write_bytes(b"")
    with pytest.raises(DataError, match=rf"--data: .*new/{name} has the name of a file of rows"):
        dataset_ablation(asked)
    (tmp_path / "new" / f"{name.partition('.')[0]}.jsonl").write_text("{}\n")
    assert len(dataset_ablation(asked).variants) == 2  # a copy in another form


def languages_of(tmp_path, **files):
    """The languages of a starter run on folders with release files in these languages."""
    for name, languages in files.items():
        (tmp_path / name).mkdir()
        for language in languages.split():
            (tmp_path / name / f"{language}_math.jsonl").write_text("{}\n")
    said: list[str] = []
    folders = [str(tmp_path / name) for name in files]
    config = with_datasets(profiles.starter(), folders, said.append, chosen=False)
    return config, said


def test_a_language_of_one_side_stays_and_one_of_none_is_left_out_with_a_word(tmp_path):
    config, said = languages_of(tmp_path, a="en es fr", b="en es de")
    assert config.languages == ("en", "es", "fr")
    assert config.data.folder == str(tmp_path / "a")
    assert config.eval.runs[0].languages == ("en", "es", "fr")
    assert len(said) == 2
    assert said[0].startswith("de: rows in these languages are not trained on")
    assert said[1] == "zh, ru: no dataset has a row, left out"


def test_a_task_without_a_language_is_left_out_with_a_word(tmp_path):
    config, said = languages_of(tmp_path, a="es", b="es fr")
    assert [run.task for run in config.eval.runs] == ["starter_math", "starter_code"]
    assert said == ["en, zh, ru: no dataset has a row, left out, so humaneval is not asked"]


def test_what_is_not_asked_names_the_option_or_the_field_of_the_file_that_chose_it(tmp_path):
    languages_of(tmp_path, a="en de", b="en")
    folders, said = [str(tmp_path / name) for name in "ab"], list[str]()
    config = profiles.with_languages(profiles.starter(), ("en",))
    with_datasets(config, folders, said.append, chosen=True)
    with_datasets(config, folders, said.append, chosen=True, settings="gate.toml")
    assert [text.rpartition("(")[2] for text in said] == ["--languages)", "languages in gate.toml)"]


def test_datasets_that_no_task_asks_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="the datasets have de"):
        languages_of(tmp_path, a="de", b="de")


def test_a_language_of_one_side_is_missing_on_the_other_and_says_how_many_rows():
    rows = {"old": {"en": 4, "fr": 7}, "new": {"en": 4}, "wide": {"en": 1, "fr": 1, "es": 9}}
    found = missing_languages(rows, "old", ("en", "es", "fr", "zh"))
    assert [(gap.variant, gap.language) for gap in found] == [("wide", "es"), ("new", "fr")]
    assert found[0].text.startswith("MISSING in old: no row to train on (9 in wide)")
    assert found[1].text.startswith("MISSING in new: no row to train on (7 in old)")


def test_two_folders_are_compared_and_a_missing_language_stands_in_plan_and_table(finished):
    home = finished.home
    prints = {name: write_rows(home / name / "data", seed=n) for n, name in enumerate("ab", 1)}
    shutil.copytree(home / "a/data", home / "no-zh")
    for file in (*(home / "no-zh").glob("zh_*.jsonl"), home / "no-zh/manifest.json"):
        file.unlink()
    words = ("run", "--profile", "tiny", "--data", "a/data")
    done = finished(*words, "b/data", "no-zh").ok()
    for said in ("rows in these languages are not trained on", "zh MISSING in no-zh: no row"):
        assert said in done.out + done.err
    folder = home / "runs/reports/data-a-data-b-data-no-zh-tiny"
    report = read_report(folder / "report.json")
    assert report.reference == "a-data"
    assert {v.name: v.label for v in report.variants}["b-data"] == "b/data"
    assert {(gap.variant, gap.language) for gap in report.gaps} == {("no-zh", "zh")}
    assert "MISSING (no margin)" in (folder / "table.md").read_text()
    for name in "ab":
        record = read_record(folder / f"records/{name}-data_seed0.json")
        assert record.dataset_fingerprint == prints[name]
        assert record.config["data"]["folder"] == f"{name}/data"

    # The reference is trained once, whatever it is compared with.
    again = finished(*words, "no-zh").ok()
    assert not {name for name in again.made if name.startswith(("base", "train"))}
    same = finished(*words, "a/../b/data", "b/data")
    assert same.code == 2
    shutil.copytree(home / "a/data", home / "copy")
    same = finished(*words, "copy")
    assert same.code == 2
    assert "variants data and copy of data-data-copy would train the same model" in same.err
    assert not {name for name in same.made if name.startswith(("base", "train"))}
