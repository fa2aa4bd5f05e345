"""Samples under the names of variants and seeds."""

from types import SimpleNamespace

import pytest

from harness.experiment.sample_links import link_samples


@pytest.fixture
def linked(tmp_path):
    """Links the samples of these runs (`variant/seed`) and says what stands in the folder."""
    out = tmp_path / "out"

    def link(*runs):
        names = dict.fromkeys(run.partition("/")[0] for run in runs)
        seeds = tuple(dict.fromkeys(int(run.partition("/")[2]) for run in runs))
        experiment = SimpleNamespace(
            variants=[SimpleNamespace(name=name) for name in names],
            config=SimpleNamespace(seeds=seeds),
        )
        made = {}
        for run in runs:
            path = tmp_path / "store" / run.replace("/", "-")
            if not run.startswith("bare"):
                (path / "samples").mkdir(parents=True, exist_ok=True)
                (path / "samples/x.jsonl").write_text(run)
            made[f"eval/{run}"] = SimpleNamespace(path=path)
        where = link_samples(experiment, made, out)
        folder = out / "samples"
        texts = {}
        if folder.is_dir():
            texts = {p.name: (p / "x.jsonl").read_text() for p in folder.iterdir()}
        return where, texts

    link.out = out
    return link


def test_each_run_is_a_name_that_leads_to_its_samples(linked):
    where, found = linked("a/0", "a/1", "b/0", "b/1")
    assert where == linked.out / "samples"
    assert found == {"a_seed0": "a/0", "a_seed1": "a/1", "b_seed0": "b/0", "b_seed1": "b/1"}


def test_links_of_an_earlier_report_go_and_what_is_no_link_stays(linked):
    linked("a/0", "b/0")
    own = linked.out / "samples/notes"
    own.mkdir()
    (own / "x.jsonl").write_text("mine")
    assert linked("a/5")[1] == {"a_seed5": "a/5", "notes": "mine"}


def test_without_samples_there_is_no_folder(linked):
    assert linked("bare/0") == (None, {})


def test_where_no_link_can_be_made_a_list_names_the_folders(linked, monkeypatch):
    def refuse(*_, **__):
        raise OSError("no links here")

    monkeypatch.setattr("pathlib.Path.symlink_to", refuse)
    where, _ = linked("a/0", "b/0")
    lines = where.read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["a_seed0", "b_seed0"]
    assert lines[0].endswith("store/a-0/samples")
