"""Plots of a report: where the marks are, and that nothing in them comes from outside as markup."""

import re
import xml.etree.ElementTree as ET

import msgspec
import pytest
from report_examples import effect, report, starter_report

from leaderboard.ladder import Ladder
from leaderboard.noise import NoiseBand, NoiseFloor
from leaderboard.site.effect_plots import metric_plot, primary_plots
from leaderboard.site.forest_plot import ForestLine, forest_plot
from leaderboard.site.ladder_plot import ladder_plot


def line(**changes):
    fields = {
        "group": "zh",
        "label": "keep-0",
        "difference": -2.0,
        "low": -4.0,
        "high": 0.5,
        "loss": -3.0,
        "noise": 1.0,
        "numbers": "-2.0 pt [-4.0, +0.5]",
        "verdict": "inconclusive",
        "outcome": "",
    }
    return ForestLine(**(fields | changes))


def drawn(plot):
    """The parts of a plot: as XML, so that a broken one fails here."""
    return ET.fromstring(plot).find("svg")


def scale(svg):
    """Pixels to differences, from the numbers below the axis."""
    labels = [t for t in svg.iter("text") if re.fullmatch(r"0|[+-][\d.]+", t.text or "")]
    (x0, v0), (x1, v1) = [(float(t.get("x")), float(t.text)) for t in (labels[0], labels[-1])]
    return lambda x: v0 + (float(x) - x0) * (v1 - v0) / (x1 - x0)


def test_marks_stand_where_the_axis_says():
    svg = drawn(forest_plot("t", "points", [line()]))
    value = scale(svg)
    (mark,) = list(svg.iter("circle"))
    assert value(mark.get("cx")) == pytest.approx(-2.0, abs=0.02)
    (span,) = [p for p in svg.iter("path") if p.get("class") == "span neither"]
    ends = re.fullmatch(r"M([\d.]+) [\d.]+H([\d.]+)", span.get("d"))
    assert value(ends[1]) == pytest.approx(-4.0, abs=0.02)
    assert value(ends[2]) == pytest.approx(0.5, abs=0.02)
    (margin,) = [p for p in svg.iter("path") if p.get("class") == "margin"]
    assert value(re.match(r"M([\d.]+)", margin.get("d"))[1]) == pytest.approx(-3.0, abs=0.02)
    (band,) = [r for r in svg.iter("rect") if r.get("class") == "noise"]
    right = float(band.get("x")) + float(band.get("width"))
    assert value(band.get("x")) == pytest.approx(-1.0, abs=0.02)
    assert value(right) == pytest.approx(1.0, abs=0.02)


def test_a_verdict_has_a_word_a_shape_and_a_class():
    lines = [
        line(label="a", verdict="better", outcome="good"),
        line(label="b", verdict="worse", outcome="bad"),
        line(label="c", verdict="underpowered"),
    ]
    svg = drawn(forest_plot("t", "points", lines))
    marks = [m for m in svg.iter() if (m.get("class") or "").startswith("mark")]
    assert [(m.tag, m.get("class")) for m in marks] == [
        ("circle", "mark good"),
        ("rect", "mark bad"),
        ("circle", "mark neither"),
    ]
    words = [t.text for t in svg.iter("text") if (t.get("class") or "").startswith("word")]
    assert words == ["better", "worse", "underpowered"]


def test_a_very_wide_interval_is_cut_and_has_an_arrow():
    lines = [line(), line(low=-5000.0, high=9000.0)]
    svg = drawn(forest_plot("t", "points", lines))
    cut = [p.get("d") for p in svg.iter("path") if p.get("class") == "span neither"]
    assert len(cut) == 4, "two intervals, and an arrow at each end of the second"
    value = scale(svg)
    (first, second) = [m.get("cx") for m in svg.iter("circle")]
    assert value(first) == value(second) == pytest.approx(-2.0, abs=0.5)


def test_a_name_is_text_and_a_long_one_is_cut():
    name = "<script>alert(1)</script>\u202e" + "x" * 500
    plot = forest_plot(name, "points", [line(label=name, group=name)])
    assert "<script" not in plot
    assert "\u202e" not in plot
    shown = [t.text for t in drawn(plot).iter("text") if t.text.startswith("<script>")]
    assert shown
    assert all(len(text) == 24 for text in shown)


def test_a_report_has_a_line_for_each_comparison_in_the_units_of_the_tables():
    (plot,) = primary_plots(report())
    texts = [t.text for t in drawn(plot).iter("text")]
    assert "-25.0 % [-35.0, -16.2]" in texts
    assert "difference to the reference in percent of bits saved" in texts
    plot = metric_plot(report(), "starter_math", "exact_match")
    texts = [t.text for t in drawn(plot).iter("text")]
    assert "-12.5 pt [-20.0, -5.0]" in texts
    assert metric_plot(report(), "starter_math", "pass@1") is None


def test_the_noise_floor_is_drawn_where_there_is_one():
    band = NoiseBand(
        task="starter_math",
        language="zh",
        metric="exact_match",
        unit="points",
        half=0.03,
        difference=0.01,
    )
    floor = NoiseFloor(seeds=(3,), records=(), bands=(band,))
    with_floor = msgspec.structs.replace(report(), noise=floor)
    plots = [metric_plot(one, "starter_math", "exact_match") for one in (report(), with_floor)]
    found = [[r for r in drawn(p).iter("rect") if r.get("class") == "noise"] for p in plots]
    assert [len(one) for one in found] == [0, 1]


def test_where_no_answer_differs_no_interval_is_drawn():
    same = effect(
        variant_value=0.0, reference_value=0.0, effect=0.0, low=-0.1, high=0.1, verdict="floor"
    )
    one = msgspec.structs.replace(report(), effects=(same,))
    svg = drawn(metric_plot(one, "starter_math", "exact_match"))
    assert not [p for p in svg.iter("path") if "span" in (p.get("class") or "")]


def test_a_ladder_has_a_panel_for_each_language_with_as_many_points_as_rungs():
    big = starter_report()
    names = [v.name for v in big.variants]
    rungs = Ladder("rows", tuple((name, 100 * place) for place, name in enumerate(names)))
    plot = ladder_plot(big, rungs, "starter_math", "bpb")
    svg = drawn(plot)
    panels = list(svg.iter("g"))
    languages = [panel.find("text").text for panel in panels]
    assert languages[0] == "non-en"
    assert {"en", "es", "fr", "ru", "zh"} <= set(languages)
    for panel in panels:
        dots = list(panel.iter("circle"))
        assert len(dots) == len(names)
        assert sum("reference" in c.get("class") for c in dots) == 1
    assert ladder_plot(big, rungs, "no such task", "bpb") is None
