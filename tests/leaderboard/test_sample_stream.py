"""Samples of a run, filtered, one after the other."""

import tracemalloc

import pytest
from stored_examples import sample, store_run

from leaderboard.collection import load
from leaderboard.sample_filters import sample_conditions
from leaderboard.sample_stream import run_samples
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError

ROWS = {
    ("mgsm", "zh"): [
        sample("m1", "correct", generation="x" * 600),
        sample("m2", prompt="Wie viele Äpfel?"),
        sample("m3", "error", detail="not answered: too long"),
    ],
    ("mgsm", "en"): [sample("m1", extracted=None, outcome="no_answer")],
    ("humaneval", "en"): [sample("h/1", "correct"), sample("h/1", index=1, extracted="pass")],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    store_run(root, "a", ROWS)
    return root


def found(store, words):
    asked = sample_conditions(words)
    samples = run_samples(load(store).run("a"), asked)
    return [f"{task} {x.language} {x.problem_id} {x.index}" for task, x in samples]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("outcome=correct", ["mgsm zh m1 0", "humaneval en h/1 0"]),
        ("outcome=correct,language=zh", ["mgsm zh m1 0"]),
        ("outcome=wrong,error,task=mgsm", ["mgsm zh m2 0", "mgsm zh m3 0"]),
        ("task!=mgsm", ["humaneval en h/1 0", "humaneval en h/1 1"]),
        ("length>=500", ["mgsm zh m1 0"]),
        ("text=äpfel", ["mgsm zh m2 0"]),
        ("text=TOO LONG", ["mgsm zh m3 0"]),
        ("text=pass", ["humaneval en h/1 1"]),
        ("problem=H/1,language=en", ["humaneval en h/1 0", "humaneval en h/1 1"]),
        (["problem=m1", "language=en"], ["mgsm en m1 0"]),
        ("length<1", []),
    ],
)
def test_samples_that_are_asked_for(store, words, left):
    assert found(store, words) == left


def test_all_samples_come_in_the_order_of_the_files(store):
    assert found(store, None) == [
        *("mgsm zh m1 0", "mgsm zh m2 0", "mgsm zh m3 0", "mgsm en m1 0"),
        *("humaneval en h/1 0", "humaneval en h/1 1"),
    ]


@pytest.mark.parametrize(
    ("words", "said", "near"),
    [
        ("outcome=rong", "unknown outcome 'rong'", "'wrong'"),
        ("task=mgsn", "unknown task 'mgsn'", "'mgsm'"),
        ("language=zhh", "unknown language 'zhh'", "'zh'"),
        ("problm=m1", "unknown filter word 'problm'", "'problem'"),
    ],
)
def test_unknown_names_are_errors_with_the_nearest(store, words, said, near):
    with pytest.raises(ConfigError) as caught:
        found(store, words)
    assert caught.value.message == said
    assert f"did you mean {near}?" in caught.value.hint


def test_a_damaged_line_is_named_after_the_whole_ones_before_it(tmp_path):
    store_run(tmp_path, "a", {("mgsm", "zh"): [sample("m1"), sample("m2")]})
    path = tmp_path / "evals" / "a" / "samples" / "mgsm_zh.jsonl"
    path.write_text(path.read_text("utf-8").replace('"problem_id": "m2"', '"problem_id": [2]'))
    samples = run_samples(load(tmp_path).run("a"))
    assert next(samples).sample.problem_id == "m1"
    with pytest.raises(DataError, match=r"mgsm_zh\.jsonl:2"):
        next(samples)


def test_samples_that_are_gone_are_an_error_that_names_them(tmp_path):
    store_run(tmp_path, "a", {("mgsm", "zh"): [sample("m1")]})
    (tmp_path / "evals" / "a" / "samples" / "mgsm_zh.jsonl").unlink()
    with pytest.raises(PrerequisiteError, match=r"x/a: its samples .*mgsm_zh\.jsonl are not there"):
        next(run_samples(load(tmp_path).run("a")))


def test_memory_does_not_grow_with_the_number_of_samples(tmp_path):
    """Only one sample is held: a hundred times as many take no more."""

    def peak(name, count):
        lines = [sample(f"m{number}", generation="x" * 300) for number in range(count)]
        store_run(tmp_path, name, {("mgsm", "zh"): lines})
        samples = run_samples(load(tmp_path).run(name), sample_conditions("outcome=wrong"))
        next(samples)
        tracemalloc.start()
        assert sum(1 for _ in samples) == count - 1
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak("many", 5000) < 2 * peak("few", 50)
