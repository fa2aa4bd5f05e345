"""`eval --baseline`: checked before the evaluation, compared after it."""

import pytest
from comparing_examples import RecordStore, jsonl, scored

from harness.commands.against_baseline import against_baseline, check_baseline
from harness.options.parser import parser
from ultralink_data.errors import BenchError


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return RecordStore(tmp_path)


def arguments(*words):
    return parser().parse_args(["eval", "--model", "m", *map(str, words)])


def record_of(store, variant):
    return store.out / "records" / f"{variant}0.json"


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("keep-all", "keep-0", 1, "--fail-on worse: exit 1, decided by keep-0"),
        ("keep-0", "keep-all", 0, "--fail-on worse: exit 0, none of 3 cells"),
    ],
)
def test_a_new_record_is_compared_with_the_baseline(store, capsys, old, new, code, said):
    asked = arguments("--baseline", record_of(store, old), "--fail-on", "worse")
    check_baseline(asked, models=1)
    assert against_baseline(asked, [record_of(store, new)]) == code
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("Model B against model A")
    assert said in out
    assert "--margin" not in out


def test_without_a_baseline_the_first_of_several_models_is_the_reference(store, capsys):
    asked = arguments("--fail-on", "worse")
    check_baseline(asked, models=2)
    records = [record_of(store, name) for name in ("keep-all", "keep-0")]
    assert against_baseline(asked, records) == 1
    assert "A: keep-all" in capsys.readouterr().out


def test_nothing_is_compared_where_nothing_asks_for_it(store, capsys):
    check_baseline(arguments(), models=1)
    assert against_baseline(arguments(), [record_of(store, "keep-0")]) == 0
    assert capsys.readouterr().out == ""


def test_what_cannot_be_compared_is_told_before_the_evaluation(store, tmp_path):
    bare = jsonl(tmp_path / "a.jsonl", scored(3))
    for words, said in (
        (("--fail-on", "worse"), "--fail-on with one model and nothing to compare it with"),
        (("--baseline", store.out), "is 2 sides of run records (keep-all, keep-0)"),
        (("--baseline", bare), "is 1 sides of bare samples"),
        (("--baseline", "none"), "cannot read none"),
        (("--baseline", store.out, "--policy", "none.toml"), "no policy at none.toml"),
    ):
        with pytest.raises(BenchError) as error:
            check_baseline(arguments(*words), models=1)
        assert said in error.value.message
