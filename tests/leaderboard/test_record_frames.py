"""Frames: their columns and types are those of the page, and what is missing stays missing."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from report_examples import cell, record, report
from stored_examples import sample, store_run

import leaderboard as lb
from leaderboard.frame_columns import EFFECTS, SAMPLES, SCORES, markdown_rows
from leaderboard.records import write_record
from ultralink_data.errors import ConfigError

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "python_api.md"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    rows = [sample("m1", "correct"), sample("m2", "no_answer", extracted=None, generation="")]
    store_run(root, "a", {("mgsm", "zh"): rows, ("mgsm", "en"): rows[:1]}, seed=None)
    store_run(root, "b", {("humaneval", "en"): [sample("h/1", extracted="")]})
    empty = cell(value=None, n=0, n_clusters=0, interval=None, standard_error=None)
    write_record(root / "reports" / "y" / "records" / "c.json", record(run_id="c", cells=(empty,)))
    write_record(root / "reports" / "y" / "report.json", report())
    return lb.load(root)


@pytest.fixture
def nothing(tmp_path):
    return lb.load(tmp_path)


FRAMES = {"scores": SCORES, "effects": EFFECTS, "samples": SAMPLES}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("filled", [True, False])
def test_columns_and_types_are_as_documented_with_and_without_rows(name, filled, request):
    collection = request.getfixturevalue("runs" if filled else "nothing")
    frame = getattr(collection, name)()
    assert bool(len(frame)) is filled
    found = [(column, str(frame.dtypes[column])) for column in frame.columns]
    assert found == [(one.name, one.dtype) for one in FRAMES[name]]
    page = PAGE.read_text("utf-8")
    heading = f"### `Collection.{name}("
    section = page.partition(heading)[2].partition("\n#")[0]
    assert [x for x in section.splitlines() if x.startswith("| `")] == markdown_rows(FRAMES[name])


def test_a_score_is_a_row_and_what_nobody_knows_is_missing(runs):
    frame = runs.scores().set_index(["source", "task", "language"])
    assert len(frame) == 4
    known = frame.loc[("x/a", "mgsm", "zh")]
    assert (known["value"], known["n"], known["protocol"]) == (0.5, 2, "direct")
    for name in ("seed", "profile", "experiment", "judge", "note", "parameters"):
        assert pd.isna(known[name])
    unscored = frame.loc[("y/c", "starter_math", "zh")]
    assert unscored["n"] == 0
    for name in ("value", "standard_error", "low", "high"):
        assert unscored[name] is pd.NA


def test_no_text_stands_for_something_missing(runs):
    for frame in (runs.scores(published=True), runs.effects(), runs.samples()):
        for column in frame.columns:
            texts = frame[column].dropna().astype(str).str.lower()
            assert not texts.isin(["nan", "none", "<na>"]).any(), column
    assert not (runs.scores(published=True)["note"] == "").any()


def test_published_scores_are_added_and_filters_are_those_of_the_command(runs):
    both = runs.scores(published=True)
    assert set(both["origin"]) == {"own", "published"}
    assert both.loc[both["origin"] == "published", "standard_error"].isna().all()
    zh = runs.scores(where={"task": "mgsm", "language": ["zh"]})
    assert list(zh["source"]) == ["x/a"]
    with pytest.raises(ConfigError, match="unknown task 'mgsn'") as caught:
        runs.scores(where="task=mgsn")
    assert caught.value.__notes__ == [caught.value.hint]
    assert "'mgsm'" in caught.value.hint


def test_languages_are_ordered_as_in_all_tables(runs):
    found = runs.scores(published=True)["language"].cat.categories
    assert list(found[:2]) == ["all", "en"]
    assert list(found[2:]) == sorted(found[2:])


def test_every_effect_of_every_report_is_a_row(runs):
    frame = runs.effects()
    effects = runs.reports[0].report.effects
    assert list(frame["effect"]) == [one.effect for one in effects]
    assert set(frame["report"]) == {"y"}
    assert frame["variant_low"].isna().tolist() == [e.variant_interval is None for e in effects]
    assert frame["p_holm"].isna().tolist() == [e.p_holm is None for e in effects]


def test_samples_of_one_run_and_of_all(runs):
    every = runs.samples()
    assert list(zip(every["run"], every["problem_id"], strict=True)) == [
        ("x/a", "m1"),
        ("x/a", "m2"),
        ("x/a", "m1"),
        ("x/b", "h/1"),
    ]
    (one,) = runs.samples("a", where="outcome=no_answer").itertuples()
    assert (one.generation, one.extracted, one.detail) == ("", pd.NA, pd.NA)
    assert runs.samples("b")["extracted"].tolist() == [""]
    assert runs.samples(where="task=humaneval")["run"].tolist() == ["x/b"]
    with pytest.raises(ConfigError, match="unknown task 'humanevil'"):
        runs.samples(where="task=humanevil")
    with pytest.raises(ConfigError, match="unknown run 'x/bb'"):
        runs.samples("x/bb")


def test_a_pivot_keeps_the_order_of_languages(runs):
    table = runs.scores().pivot_table(
        index="model", columns="language", values="value", observed=True
    )
    assert list(table.columns) == ["en", "zh"]
    assert table.loc["a", "zh"] == 0.5


def test_importing_the_package_loads_nothing_heavy():
    script = (
        "import json, sys, leaderboard, harness; dir(leaderboard)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"pandas", "numpy", "msgspec", "rich", "matplotlib", "torch"}


def test_every_public_name_is_there_and_an_unknown_one_is_an_error():
    for name in lb.__all__:
        assert getattr(lb, name).__name__ == name
        assert name in dir(lb)
    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        _ = lb.laod
