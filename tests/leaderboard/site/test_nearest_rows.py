"""Training rows that are most like a problem, of the dataset that a run was trained on."""

import pytest
from sample_stores import sample, write_run

from leaderboard.collection import load
from leaderboard.site import nearest_rows
from leaderboard.site.nearest_rows import shared_words
from leaderboard.site.samples_page import write_samples
from leaderboard.site.shards import ShardFolder
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.store import dataset

QUESTIONS = {
    "ducks": "Janet's ducks lay sixteen eggs per day and she eats three for breakfast.",
    "paint": "A painter needs four buckets of white paint for every wall of the old school.",
    "train": "Two trains leave Madrid at noon and travel towards Seville at eighty kilometres.",
    "zh": "一辆火车从北京开往上海，每小时行驶三百公里。",
}


def row(name, question, language="en"):
    return Dialogue(
        id=name,
        language=language,
        kind="math",
        turns=(question, "The answer is 7."),
        provenance=Provenance(source_id=name),
    )


@pytest.fixture
def store(tmp_path):
    rows = [row(name, text, "zh" if name == "zh" else "en") for name, text in QUESTIONS.items()]
    rows += [row(f"filler{n}", f"Filler number {n} about topic {n * 37}.") for n in range(600)]
    fingerprint = dataset.write(
        tmp_path / "datasets" / "one", rows, recipe="test", parents=(), dropped={}
    ).fingerprint
    asked = {
        "d": "Think well. How many eggs do Janet's ducks lay per day?",
        "p": "Think well. How much white paint does every wall of the school need?",
        "z": "Think well. 火车从北京开往上海需要多少小时？",
        "x": "Think well. Quantum chromodynamics?",
    }
    prompts = [sample(name, prompt=text) for name, text in asked.items()]
    write_run(
        tmp_path,
        "one",
        {("samples", "starter_math", "zh"): prompts},
        dataset_fingerprint=fingerprint,
    )
    return tmp_path


def hits(store, site, most):
    write_samples(load(store), site, nearest=most)
    shards = ShardFolder(site)
    head = shards.read("samples")
    found = {}
    for one in head["nearest"]:
        for shard in range(len(one["prompts"])):
            for prompt, rows in shards.read(f"n{one['first'] + shard}"):
                found[shards.read("q0")[prompt]] = rows
    return list(found.values())


def test_the_nearest_question_comes_first_and_what_it_shares_is_named(store, tmp_path):
    ducks, paint, train, none = hits(store, tmp_path / "site", 2)
    assert ducks[0][1:4] == ["ducks", "en", "math"]
    assert ducks[0][4] == QUESTIONS["ducks"]
    assert {"ducks", "lay", "eggs"} <= set(ducks[0][5])
    assert paint[0][1] == "paint"
    assert paint[0][6] == "every wall of the"
    assert train[0][1:3] == ["zh", "zh"]
    assert "从北京开往上海" in train[0][6]
    assert all(len(rows) <= 2 for rows in (ducks, paint, train))
    likeness = [row[0] for row in ducks]
    assert likeness == sorted(likeness, reverse=True)
    assert 0 < likeness[0] <= 1
    # What all prompts say ("Think well") makes none of them alike to anything.
    assert none == []


def test_the_result_is_the_same_whatever_a_batch_holds(store, tmp_path, monkeypatch):
    whole = hits(store, tmp_path / "one", 3)
    monkeypatch.setattr(nearest_rows, "_BATCH", 7)
    assert hits(store, tmp_path / "two", 3) == whole


def test_none_are_looked_for_with_0_or_without_the_dataset(store, tmp_path):
    assert hits(store, tmp_path / "one", 0) == []
    (store / "datasets" / "one" / "manifest.json").unlink()
    assert hits(store, tmp_path / "two", 3) == []


@pytest.mark.parametrize(
    ("one", "two", "words", "run"),
    [
        ("The red house", "a RED house!", ["house", "red"], "red house"),
        ("nothing", "common", [], ""),
        ("北京大学", "在北京", ["京", "北"], "北京"),
        ("Ｒｅｄ", "red", ["red"], ""),
        ("بيت أحمر كبير", "بيت أحمر", ["أحمر", "بيت"], "بيت أحمر"),
    ],
)
def test_shared_words_in_every_script(one, two, words, run):
    assert shared_words(one, two, lambda word: 1.0) == (words, run)
