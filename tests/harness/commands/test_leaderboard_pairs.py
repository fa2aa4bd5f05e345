"""`leaderboard show --matrix`: the pairs in the terminal and in every form."""

import json

import pytest
from comparing_examples import RecordStore

from harness.cli import main


@pytest.fixture
def shown(tmp_path, capsys):
    store = RecordStore(tmp_path)

    def run(*options):
        code = main(["leaderboard", "show", "--matrix", "--runs", str(store.root), *options])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_a_matrix_for_each_metric_without_languages_and_of_those_that_are_named(shown):
    code, out, _ = shown("--metric", "exact_match", "--format", "md")
    assert code == 0
    assert out.count("pairs: mgsm, exact_match") == 1
    assert "average over the languages but English" in out
    assert "keep-0" in out
    _, out, _ = shown("--metric", "exact_match", "--languages", "en,fr", "--format", "md")
    assert out.count("pairs: mgsm, exact_match") == 2


def test_json_has_the_numbers_unrounded(shown):
    _, out, _ = shown("--metric", "exact_match", "--languages", "fr", "--format", "json")
    (matrix,) = json.loads(out)
    (pair,) = matrix["effects"]
    assert (pair["variant"], pair["reference"]) == ("keep-all", "keep-0")
    assert pair["effect"] == pytest.approx(24 / 40)
    assert pair["p_holm"] == pair["p_value"]  # of one pair


def test_forms_go_to_files(shown, tmp_path):
    code, _, _ = shown("--csv", str(tmp_path / "a.csv"), "--latex", str(tmp_path / "a.tex"))
    assert code == 0
    assert "keep-all" in (tmp_path / "a.csv").read_text()
    assert "\\begin{tabular}" in (tmp_path / "a.tex").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "x"), "--model is of rankings"),
        (("--sort", "en"), "--sort is of rankings"),
        (("--metric", "exact_mach"), "exact_match"),
        (("--profile", "small"), "unknown profile 'small'"),
    ],
)
def test_what_does_not_fit_is_an_error_of_two_lines(shown, options, said):
    code, out, err = shown(*options)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 2
