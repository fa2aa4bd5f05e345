"""`leaderboard show`: filters, forms, files, and records that cannot be read."""

import csv
import io
import json

import pytest
from stored_examples import sample, store_run

from harness import cli


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    right, wrong = sample("m1", "correct"), sample("m2")
    store_run(root, "good", {("mgsm", "zh"): [right, right], ("mgsm", "en"): [right, wrong]})
    store_run(root, "poor", {("mgsm", "zh"): [wrong, wrong], ("mgsm", "en"): [right, wrong]})
    (root / "reports" / "broken.json").write_text('{"schema": 2, "kind": "eval"}')
    return root


def show(store, *words):
    return cli.main(["leaderboard", "show", "--runs", str(store), "--origin", "own", *words])


def test_a_ranking_has_scores_intervals_and_drawings(store, capsys):
    assert show(store) == 0
    out, err = capsys.readouterr()
    lines = [line.split() for line in out.splitlines() if line[:1].isdigit()]
    assert [line[:3] for line in lines] == [["1", "good", "75.0"], ["2", "poor", "25.0"]]
    assert "mgsm: exact_match, full scale, protocol direct" in out
    first, second = err.splitlines()
    assert first.startswith("warning: left out: ")
    assert "broken.json" in first
    assert second.startswith("  write it again")


def test_drawings_are_ascii_where_the_encoding_has_no_braille(store, capsys, monkeypatch):
    assert show(store, "--languages", "en") == 0
    assert "\u2847" in capsys.readouterr().out.translate(
        dict.fromkeys(range(0x2801, 0x2900), 0x2847)
    )
    ascii_out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", ascii_out)
    assert show(store, "--languages", "en") == 0
    ascii_out.flush()
    drawn = ascii_out.buffer.getvalue().decode("ascii")
    assert "|---" in drawn


def test_options_filter_as_the_words_of_the_pages_do(store, capsys):
    assert show(store, "--languages", "zh", "--model", "GOO", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["model"], row["language"], row["value"]) for row in rows] == [
        ("good", "zh", "1.0")
    ]


def test_json_is_every_ranking_in_full(store, capsys):
    assert show(store, "--tasks", "mgsm", "--format", "json") == 0
    (ranking,) = json.loads(capsys.readouterr().out)
    assert [(m["place"], m["model"]) for m in ranking["models"]] == [(1, "good"), (2, "poor")]
    assert ranking["models"][0]["by_language"]["en"]["value"] == 0.5


@pytest.mark.parametrize(("form", "start"), [("md", "### mgsm: "), ("latex", "% needs ")])
def test_text_has_no_drawing(store, capsys, form, start):
    assert show(store, "--format", form) == 0
    out = capsys.readouterr().out
    assert out.startswith(start)
    assert "95" not in out


def test_files_are_of_the_form_that_their_names_say(store, capsys, tmp_path):
    names = [tmp_path / f"r.{end}" for end in ("json", "csv", "md", "tex")]
    assert show(store, *(word for name in names for word in ("-o", str(name)))) == 0
    out = capsys.readouterr().out
    assert out.startswith("written:")
    assert len(out.splitlines()) == 5
    assert json.loads(names[0].read_text())[0]["task"] == "mgsm"
    assert names[1].read_text().startswith("place,origin,")
    assert names[2].read_text().startswith("### mgsm")
    assert "\\toprule" in names[3].read_text()


def test_columns_and_order_are_chosen(store, capsys):
    assert show(store, "--sort", "model", "--columns", "model,en", "--format", "md") == 0
    lines = capsys.readouterr().out.splitlines()
    assert "| Model | en |" in lines
    assert lines.index("| good | 50.0 |") < lines.index("| poor | 50.0 |")


def test_filters_that_leave_nothing_say_so(store, capsys):
    assert show(store, "--model", "nobody") == 0
    assert "no score is left" in capsys.readouterr().err


def test_published_scores_stand_beside_own_ones(tmp_path, capsys):
    (tmp_path / "reports").mkdir()
    words = ["leaderboard", "show", "--runs", str(tmp_path), "--tasks", "mgsm", "--format", "csv"]
    assert cli.main(words) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["origin"] for row in rows} == {"published"}
    assert all(row["low"] == row["high"] == "" for row in rows)
