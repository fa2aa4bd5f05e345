"""`samples show`: what is printed of samples, of two runs, and in JSON and Markdown."""

import json
import shlex

import pytest
from stored_examples import sample, store_judged, store_run

from harness import cli

HOSTILE = "\x1b]0;owned\x07 \u202edlrow [bold red]x[/] <script>"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    first = [sample("m1", "correct"), sample("m2", generation=HOSTILE), sample("m3")]
    second = [sample("m1"), sample("m2", generation=HOSTILE), sample("m3", extracted="9")]
    store_run(root, "a", {("mgsm", "zh"): first})
    store_run(root, "b", {("mgsm", "zh"): second})
    verdict = {"problem_id": "q1", "language": "zh", "result": "win", "model_first": True}
    lost = verdict | {"result": "loss", "model_first": False, "reply": f"B. {HOSTILE}"}
    store_judged(root, "omgeval-a", "a", [verdict | {"reply": "A\nis longer"}, lost])
    return root


def run(store, line):
    return cli.main(["samples", "show", *shlex.split(line), "--runs", str(store)])


def test_samples_are_printed_with_hostile_text_made_visible(store, capsys):
    assert run(store, "a --where outcome=wrong") == 0
    out = capsys.readouterr().out
    assert "<U+001B>]0;owned<U+0007> <U+202E>dlrow [bold red]x[/] <script>" in out
    assert "mgsm zh m3 #0: wrong" in out
    assert "m1" not in out
    assert out.splitlines()[-1] == "2 of 2 samples of x/a"


def test_the_rest_is_counted(store, capsys):
    assert run(store, "a --limit 1") == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("1 of 3 samples of x/a; --limit N shows more")


def test_only_differing_samples_of_two_runs_stand_side_by_side(store, capsys):
    assert run(store, "a --diff b") == 0
    out = capsys.readouterr().out
    assert "mgsm zh m1 #0: correct / wrong" in out
    assert "mgsm zh m3 #0: wrong / wrong" in out
    assert "m2" not in out
    assert out.splitlines()[-1] == "2 of 2 samples that differ, of 3 in both"


def test_json_is_one_array_and_nothing_else(store, capsys):
    assert run(store, "a --diff b --format json") == 0
    out, err = capsys.readouterr()
    assert [(x["first"]["sample"]["extracted"], x["second"]["run"]) for x in json.loads(out)] == [
        ("m1", "x/b"),
        ("m3", "x/b"),
    ]
    assert err == "2 of 2 samples that differ, of 3 in both\n"
    assert run(store, "a --where text=nowhere --format json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_markdown_has_a_table_for_each_sample(store, capsys):
    assert run(store, "a --where problem=m2 --format md") == 0
    out = capsys.readouterr().out
    assert out.count("### ") == 1
    assert "&lt;script&gt;" in out


def test_a_judged_comparison_shows_its_verdicts_and_the_judges_replies(store, capsys):
    assert run(store, "omgeval-a") == 0
    out = capsys.readouterr().out
    assert "omgeval zh q1: win" in out
    assert "is longer" in out
    assert "B. <U+001B>]0;owned<U+0007>" in out
    assert out.splitlines()[-1] == "2 of 2 verdicts of omgeval-a"
    assert run(store, "omgeval-a --where outcome=loss,language=zh --format json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["verdict"]["reply"] == f"B. {HOSTILE}"


def test_a_judged_comparison_is_no_side_of_a_difference(store, capsys):
    assert run(store, "omgeval-a --diff b") == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "omgeval-a is a judged comparison" in first
    assert "name two runs" in second
