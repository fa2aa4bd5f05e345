"""Figures for print: the same bytes, fonts that can be embedded, texts that are only texts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from paper_examples import HOSTILE_NAMES, languages_report, write_comparison
from report_examples import starter_report

from leaderboard.collection import load
from leaderboard.paper.answer_lengths import LengthBox, length_figure
from leaderboard.paper.judge_section import judge_biases, judge_figure
from leaderboard.paper.print_figures import drawn, figure_files, new_figure
from leaderboard.paper.prune_curve import prune_curves
from leaderboard.paper.transfer_picture import transfer_picture


def boxes() -> dict[str, dict[str, LengthBox]]:
    box = LengthBox(10, (0, 10, 20.5, 300, 4000))
    return {name: {"en": box, "zh": box} for name in ("mgsm", "$x^2$ {", "a_b")}


def drawings(tmp_path: Path) -> dict[str, Callable[[], Figure]]:
    write_comparison(tmp_path / "judged")
    biases = judge_biases(load(tmp_path).judged[0])
    return {
        "curve": prune_curves(starter_report(), intervals=True)[0].draw,
        "map": lambda: transfer_picture(languages_report().tables[0]),
        "lengths": lambda: length_figure(boxes()),
        "judge": lambda: judge_figure(biases),
    }


@pytest.mark.parametrize("name", ["curve", "map", "lengths", "judge"])
def test_a_second_drawing_has_the_same_bytes_and_no_type_3_font(name, tmp_path):
    draw = drawings(tmp_path)[name]
    files = figure_files(draw)
    assert figure_files(draw) == files
    assert files["png"].startswith(b"\x89PNG")
    assert files["pdf"].startswith(b"%PDF")
    assert b"/Type3" not in files["pdf"]
    assert b"/CIDFontType2" in files["pdf"]
    assert b"CreationDate" not in files["pdf"]


def test_names_from_outside_are_neither_mathematics_nor_unknown_letters(recwarn):
    def draw() -> Figure:
        figure, axes = new_figure(2.0)
        for place, name in enumerate(HOSTILE_NAMES):
            axes[0][0].text(0, place / 5, drawn(name))
        return figure

    assert figure_files(draw)
    assert not [str(one.message) for one in recwarn if "Glyph" in str(one.message)]
    assert drawn("模") == "<U+6A21>"
    assert drawn("a\nb") == "a b"
    assert len(drawn("x" * 500)) == 40


def test_the_style_of_a_user_changes_nothing_and_is_left_as_it_was():
    import matplotlib as mpl

    def draw() -> Figure:
        assert mpl.rcParams["pdf.fonttype"] == 42
        assert mpl.rcParams["font.size"] == 8
        return new_figure(1.0)[0]

    with mpl.rc_context({"font.size": 31, "pdf.fonttype": 3}):
        files = figure_files(draw)
        assert mpl.rcParams["font.size"] == 31
    assert files == figure_files(draw)


def test_a_prune_curve_orders_what_is_kept_and_has_a_panel_for_each_language():
    curves = prune_curves(starter_report(), intervals=True)
    assert [(one.task, one.metric) for one in curves] == [
        ("starter_math", "exact_match"),
        ("starter_math", "bpb"),
        ("starter_code", "bpb"),
    ]
    assert curves[0].variants == ("0", "1/8", "1")
    shown = [a.get_title() for a in curves[0].draw().axes if a.get_visible()]
    assert shown == ["all but English", "en", "es", "fr", "ru", "zh"]


@pytest.mark.parametrize(("intervals", "bands"), [(True, 1), (False, 0)])
def test_bands_stand_only_where_intervals_are_wanted(intervals, bands):
    figure = prune_curves(starter_report(), intervals=intervals)[1].draw()
    assert len(figure.axes[0].collections) == bands


def test_other_experiments_have_no_prune_curve():
    assert prune_curves(languages_report(), intervals=True) == []


def test_the_position_bias_is_read_from_the_verdicts(tmp_path):
    write_comparison(tmp_path / "judged")
    judged = load(tmp_path).judged[0]
    bias = judge_biases(judged)["en"]
    assert bias.first == 0.75
    assert bias.flips == 1.0
    for path in (tmp_path / "judged").glob("*.jsonl"):
        path.unlink()
    assert judge_biases(judged)["en"].first is None
