"""The noise floor and what cannot tell variants apart, in the tables of a run."""

import msgspec
import pytest
from report_examples import effect, report

from leaderboard.noise import NoiseBand, NoiseFloor
from leaderboard.records import ExperimentReport, encode, read_report
from leaderboard.render import to_markdown
from leaderboard.report_tables import report_tables, results_table
from leaderboard.signals import QUIET_MARK, Signal


def band(**changes):
    fields = {
        "task": "starter_math",
        "language": "zh",
        "metric": "exact_match",
        "unit": "points",
        "half": 0.03,
        "difference": -0.012,
    }
    return NoiseBand(**(fields | changes))


def signal(**changes):
    fields = {
        "task": "starter_math",
        "language": "zh",
        "metric": "exact_match",
        "primary": False,
        "unit": "points",
        "variants": 2,
        "seeds": 3,
        "spread": 0.01,
        "noise": 0.02,
        "ratio": 0.0,
        "low": 0.0,
        "high": 1.2,
        "p_value": 0.6,
    }
    return Signal(**(fields | changes))


def shown(**changes) -> ExperimentReport:
    own = effect(variant="0", effect=-0.02, low=-0.05, high=0.01, verdict="inconclusive")
    return report(effects=(own,), **changes)


def table_of(made: ExperimentReport):
    return next(t for t in report_tables(made) if "starter_math, exact_match" in t.title)


def column(table, name):
    place = [c.name for c in table.columns].index(name)
    return [row.cells[place] for row in table.rows]


def test_a_band_stands_behind_its_difference_and_marks_one_within_it():
    floor = NoiseFloor(seeds=(3, 4), records=("a", "b"), bands=(band(),))
    table = table_of(shown(noise=floor))
    assert "3.0 ~" in [cell.text for cell in column(table, "Noise")]
    assert any("its seeds 3, 4 differed from its own by zh -1.2" in n for n in table.notes)
    narrow = NoiseFloor(seeds=(3, 4), records=("a", "b"), bands=(band(half=0.01),))
    assert "1.0" in [cell.text for cell in column(table_of(shown(noise=narrow)), "Noise")]


def test_without_a_noise_floor_there_is_no_column():
    assert "Noise" not in [c.name for c in table_of(shown()).columns]


def test_the_file_of_all_numbers_has_the_band_and_the_signal():
    floor = NoiseFloor(seeds=(3, 4), records=("a", "b"), bands=(band(),))
    table = results_table(shown(noise=floor, signals=(signal(ratio=0.7),)))
    assert {cell.raw for cell in column(table, "noise")} == {None, 0.03}
    assert {cell.raw for cell in column(table, "signal_to_noise")} == {None, 0.7}


def test_what_cannot_tell_variants_apart_is_greyed_and_marked_in_text():
    table = table_of(shown(signals=(signal(),)))
    rows = [row for row in table.rows if row.cells[0].text.startswith("zh")]
    assert rows
    assert all(row.cells[0].text.endswith(QUIET_MARK) for row in rows)
    assert all(cell.emphasis == "muted" for row in rows for cell in row.cells)
    assert "signal to noise zh 0.0 [0.0, 1.2]" in to_markdown(table)


@pytest.mark.parametrize("changes", [{"p_value": 0.04}, {"language": "fr"}])
def test_other_signals_grey_nothing(changes):
    table = table_of(shown(signals=(signal(**changes),)))
    assert QUIET_MARK not in to_markdown(table)


def test_a_proven_difference_is_never_greyed():
    proven = effect(variant="0", effect=-0.02, low=-0.03, high=-0.01, verdict="worse")
    made = report(effects=(proven,), signals=(signal(),))
    assert QUIET_MARK not in to_markdown(table_of(made))


def test_a_report_with_both_is_read_back_and_one_without_too(tmp_path):
    made = shown(noise=NoiseFloor(seeds=(3,), records=("a",), bands=(band(),)), signals=(signal(),))
    path = tmp_path / "report.json"
    path.write_bytes(encode(made))
    assert read_report(path) == made
    older = {k: v for k, v in msgspec.to_builtins(shown()).items() if k not in ("noise", "signals")}
    path.write_bytes(msgspec.json.encode(older))
    assert read_report(path) == shown()


def test_a_band_without_width_is_refused():
    with pytest.raises(ValueError, match="half must be > 0"):
        band(half=0.0)
