"""The gate's acceptance: a draw that was made is found again, and a wrong answer shows."""

import random

import pytest

from benchmarks import gate_acceptance
from benchmarks.gate_acceptance import bounded, draw_of, table
from benchmarks.gate_trained_draws import HARMLESS
from benchmarks.planted_changes import Planted, planted, read_rows, write_rows
from harness.gate.checking import check_change, row_reasons
from harness.gate.gate_config import GateLimits
from harness.progress.display import QUIET
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

AGAINST = ("humaneval",)
BY_NAME = {change.name: change for change in planted({})}


def nothing(rows, draw):
    pass


CHANGES = (
    BY_NAME["a language halved"],
    Planted("nothing at all", nothing, ("lost",), "zh_math"),
    BY_NAME["line ends added"],
)


def test_a_draw_is_made_once_and_found_again(tmp_path, monkeypatch, capsys):
    found = draw_of(1, 1, CHANGES, None, tmp_path, AGAINST)
    assert [one.right for one in found] == [True, False, True]
    assert found[0].reasons == ("zh_math lost",)
    assert "draw 1: 2 of 3 right\n  nothing at all: passed\n" in capsys.readouterr().err
    monkeypatch.setattr(gate_acceptance, "check_change", None)
    assert draw_of(1, 1, CHANGES, None, tmp_path, AGAINST) == found
    assert "2 of 3 right, made before" in capsys.readouterr().err
    with pytest.raises(TypeError):
        draw_of(1, 1, CHANGES[:2], None, tmp_path, AGAINST)  # of other changes: made anew


def test_the_table_counts_the_draws_and_bounds_the_worst_change(tmp_path):
    found = [draw_of(1, 1, CHANGES, None, tmp_path, AGAINST)] * 20
    lines = table(found)
    assert lines[1].split() == ["a", "language", "halved", "20", "20"]
    assert lines[2].split() == ["nothing", "at", "all", "0", "0"]
    assert lines[3].split() == ["line", "ends", "added", "0", "-"]
    assert lines[4].startswith("stopped and named: 20 of 40; the worst change in 0 of 20 draws")
    assert lines[5].endswith("0 of 20; the worst change in 0 of 20 draws (at most 14 %)")


@pytest.mark.parametrize(
    ("count", "least", "said"),
    [
        (20, True, "at least 86 %"),  # 0.05 ** (1 / 20)
        (19, True, "at least 78 %"),
        (0, True, "at least 0 %"),
        (0, False, "at most 14 %"),
        (1, False, "at most 22 %"),
        (20, False, "at most 100 %"),
    ],
)
def test_bounds_are_those_of_clopper_and_pearson(count, least, said):
    assert said in bounded(count, 20, least=least)


@pytest.mark.parametrize("name", HARMLESS)
def test_rows_of_a_trained_draw_are_at_no_fault(name, tmp_path):
    dataset.write(tmp_path / "old", starter_dialogues(1, 2), recipe="starter")
    rows = read_rows(tmp_path / "old")
    HARMLESS[name](rows, random.Random(1))
    write_rows(rows, tmp_path / "new")
    checked = check_change(tmp_path / "old", tmp_path / "new", (), None, QUIET)
    assert not checked.changes.none
    assert row_reasons(checked, GateLimits()) == ()
