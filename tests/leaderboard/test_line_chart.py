"""Charts of lines: what is laid out, and both pictures of it."""

import struct
import zlib
from xml.etree import ElementTree

import numpy as np
import pytest

from leaderboard.chart_png import SCALE, chart_png
from leaderboard.chart_svg import DARK, LIGHT, chart_svg
from leaderboard.line_chart import (
    ChartSeries,
    Drawing,
    Panel,
    Spot,
    Stroke,
    Words,
    line_chart,
    ticks,
)
from leaderboard.stroke_font import strokes, text_width
from leaderboard.training_charts import StepPoint, loss_chart, score_chart, trailing_mean

HOSTILE = '</text><script>alert("x")</script>\u202e'


def pixels(png):
    """A PNG without filters as uint8 [rows, columns, 3]."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, found = 8, {}
    while place < len(png):
        size, name = struct.unpack(">I4s", png[place : place + 8])
        data = png[place + 8 : place + 8 + size]
        assert struct.unpack(">I", png[place + 8 + size : place + 12 + size]) == (
            zlib.crc32(name + data),
        )
        found[name] = data
        place += 12 + size
    wide, high = struct.unpack(">II", found[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(found[b"IDAT"]), np.uint8).reshape(high, 1 + 3 * wide)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(high, wide, 3)


def colour(role):
    return [int(LIGHT[role][place : place + 2], 16) for place in (1, 3, 5)]


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (0.9, 4.3, 5, [1, 2, 3, 4]),
        (0, 2e-5, 2, [0, 1e-5, 2e-5]),
        (-0.3, 0.31, 4, [-0.2, 0, 0.2]),
        (0, 600, 8, [0, 100, 200, 300, 400, 500, 600]),
    ],
)
def test_ticks_are_round(low, high, most, expected):
    assert ticks(low, high, most) == pytest.approx(expected)


def test_a_mean_begins_where_there_are_enough_points():
    assert trailing_mean([(1, 4.0), (2, 2.0), (3, 0.0)], 2) == ((2, 3.0), (3, 1.0))
    assert trailing_mean([(1, 4.0)], 2) == ()


def test_points_stand_where_their_values_are():
    series = ChartSeries("a", ((0.0, 0.0), (5.0, 1.0), (10.0, 0.5)), "first")
    drawing = line_chart("t", "x", [Panel("y", (series,))])
    (line,) = (m for m in drawing.marks if isinstance(m, Stroke) and len(m.points) == 3
               and m.role == "first")  # fmt: skip
    (left, low), (middle, high), (right, half) = line.points
    assert middle == pytest.approx((left + right) / 2)
    assert high < half < low
    assert half == pytest.approx((low + high) / 2)


@pytest.mark.parametrize(
    ("xs", "named"),
    [((2, 4), ["2", "3", "4"]), ((0, 0.5, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1"])],
)
def test_between_steps_the_axis_names_none(xs, named):
    series = ChartSeries("a", tuple((x, x) for x in xs), "first")
    marks = line_chart("t", "x", [Panel("y", (series,))]).marks
    assert [m.text for m in marks if isinstance(m, Words) and m.anchor == "middle"] == [*named, "x"]


def test_what_is_no_number_leaves_a_gap_and_nothing_at_all_is_a_picture_too():
    nothing = loss_chart("t", [])
    assert chart_svg(nothing)
    steps = [StepPoint(1, 2.0, 1e-3), StepPoint(2, None, 1e-3), StepPoint(3, float("inf"), 1e-3)]
    drawing = loss_chart("t", steps, {0: float("nan"), 3: 1.0})
    assert sum(isinstance(mark, Spot) and mark.role == "second" for mark in drawing.marks) == 2
    assert "nan" not in chart_svg(drawing)


def test_ten_thousand_steps_keep_their_extremes():
    steps = [StepPoint(n, 50.0 if n == 7_777 else 1.0, 1e-3) for n in range(1, 10_001)]
    drawn = [m for m in loss_chart("t", steps).marks if isinstance(m, Stroke)]
    (longest,) = (m for m in drawn if m.opacity < 1 and len(m.points) > 2)
    assert len(longest.points) <= 1_400
    heights = sorted(y for _, y in longest.points)
    assert heights[0] < heights[1] - 100


def test_a_name_has_one_colour_in_all_panels_and_stands_in_the_legend_once():
    lines = {"en": [(1, 1.0), (2, 2.0)], "zh": [(1, 2.0), (2, 1.0)]}
    drawing = score_chart("t", {"accuracy": lines, "bpb": {"zh": [(1, 5.0), (2, 4.0)]}})
    texts = [mark.text for mark in drawing.marks if isinstance(mark, Words)]
    assert (texts.count("en"), texts.count("zh")) == (1, 1)
    assert {mark.role for mark in drawing.marks if isinstance(mark, Spot)} == {"first", "second"}
    assert sum(isinstance(m, Spot) and m.role == "second" and m.radius == 4 for m in
               drawing.marks) == 2 + 2 + 1  # fmt: skip


@pytest.mark.parametrize(("count", "title"), [(6, "t"), (8, "t (the first 6 of 8)")])
def test_a_legend_stays_in_the_picture_and_what_is_not_drawn_is_said(count, title):
    names = [f"a benchmark {'x' * 20} {n}" for n in range(count)]
    drawing = score_chart("t", {"accuracy": {name: [(1, 1.0), (2, 2.0)] for name in names}})
    shown = [m for m in drawing.marks if isinstance(m, Words) and m.text in names]
    assert [mark.text for mark in shown] == names[:6]
    assert max(mark.x + 7.4 * len(mark.text) for mark in shown) <= drawing.width
    assert len({(mark.x, mark.y) for mark in shown}) == 6
    (label,) = (m for m in drawing.marks if isinstance(m, Words) and m.text == "accuracy")
    assert label.y >= max(mark.y for mark in shown) + label.size
    assert drawing.title == title


def test_the_svg_is_whole_escaped_and_has_colours_for_light_and_dark():
    text = chart_svg(score_chart(HOSTILE, {HOSTILE: {HOSTILE: [(1, 0.5), (2, 0.75)]}}))
    root = ElementTree.fromstring(text)
    assert not [one for one in root.iter() if "script" in one.tag]
    assert "\u202e" not in text
    assert "prefers-color-scheme: dark" in text
    assert all(one in text for one in (*LIGHT.values(), *DARK.values()))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_texts_and_lines_stand_out_from_their_ground(palette):
    """Contrast as WCAG computes it: 4.5 for texts, 3 for lines."""

    def luminance(role):
        parts = [int(palette[role][n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for role in palette:
        if role not in ("ground", "grid"):
            one, other = sorted((luminance(role), luminance("ground")))
            assert (other + 0.05) / (one + 0.05) >= (4.5 if role == "ink" else 3), role


def test_the_png_has_the_lines_of_the_drawing_on_white():
    marks = (Stroke(((10, 20), (60, 20)), "first", 4), Spot(80, 40, 5, "second"))
    found = pixels(chart_png(Drawing("t", 60, marks, 100)))
    assert found.shape == (60 * SCALE, 100 * SCALE, 3)
    assert found[20 * SCALE, 30 * SCALE].tolist() == colour("first")
    assert found[40 * SCALE, 80 * SCALE].tolist() == colour("second")
    assert found[25 * SCALE, 30 * SCALE].tolist() == [255, 255, 255]
    ink = (found != 255).any(2).sum()
    assert ink == pytest.approx((50 * 4 + 3.14 * 4 + 3.14 * 25) * SCALE**2, rel=0.1)


def test_letters_have_strokes_and_others_are_boxes():
    assert len([*strokes("i")]) == 2
    assert [*strokes("語")] == [[(0, 0), (4, 0), (4, 6), (0, 6), (0, 0)]]
    assert not [*strokes(" ")]
    assert text_width("ab") > text_width("a") == 4
    picture = pixels(chart_png(Drawing("t", 30, (Words(5, 20, "Step 12"),), 90)))
    assert (picture < 100).all(2).sum() > 100
