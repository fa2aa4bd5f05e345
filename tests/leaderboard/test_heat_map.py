"""Coloured tables as pictures: what is in them, escaping, and where the report shows them."""

import xml.etree.ElementTree as ET

from report_examples import report

from leaderboard.heat_map import file_name, has_heat, heat_map
from leaderboard.render import write_report
from leaderboard.table import Cell, Column, Table, TableRow

SVG = "{http://www.w3.org/2000/svg}"


def heated(title="languages: transfer, starter_math, bpb (% of bits)", text="-5.1 \u00b11.1 x"):
    cells = (Cell(text="without-zh"), Cell(text=text, heat=-1.0), Cell(text="+1.0", heat=0.4))
    return Table(
        title=title,
        columns=(Column(name="Variant"), Column(name="en", align="right"), Column(name="fr")),
        rows=(TableRow(cells=cells),),
    )


def test_a_cell_is_a_rectangle_with_its_colour_and_text():
    picture = ET.fromstring(heat_map(heated()))
    grounds = [rectangle.get("fill") for rectangle in picture.iter(f"{SVG}rect")]
    assert grounds == ["#ffffff", "#e07b39", "#9dc6e8"]
    texts = [element.text for element in picture.iter(f"{SVG}text")]
    assert texts[1:] == ["Variant", "without-zh", "en", "-5.1 \u00b11.1 x", "fr", "+1.0"]
    wide = float(picture.get("width"))
    for rectangle in list(picture.iter(f"{SVG}rect"))[1:]:
        assert float(rectangle.get("x")) + float(rectangle.get("width")) <= wide + 1


def test_text_from_outside_is_escaped_and_chooses_no_path():
    hostile = heated("../../x <script>alert(1)</script>", '"><script>&\x1b[31m')
    text = heat_map(hostile)
    assert "<script" not in text
    assert "\x1b" not in text
    ET.fromstring(text)
    assert file_name(hostile) == "x-script-alert.svg"
    assert file_name(heated("???")) == "table.svg"


def test_a_report_shows_its_heat_maps_below_their_tables(tmp_path):
    paths = write_report(report(tables=(heated(),)), tmp_path)
    name = "languages-transfer-starter_math-bpb.svg"
    assert name in {path.name for path in paths}
    assert paths[-1].name == "report.json"
    page = (tmp_path / "table.md").read_text()
    assert page.count(f"![heat map]({name})") == 1
    assert ET.fromstring((tmp_path / name).read_text()).tag == f"{SVG}svg"


def test_a_metric_without_some_problems_has_a_picture_of_its_own(tmp_path):
    titles = ("languages: humaneval, pass@1 (points)", "languages: humaneval, pass@1 (clean) (pt)")
    tables = tuple(
        heated(title, text) for title, text in zip(titles, ("-5.1", "-7.2"), strict=True)
    )
    write_report(report(tables=tables), tmp_path)
    page = (tmp_path / "table.md").read_text()
    for name, text in (("pass-1.svg", "-5.1"), ("pass-1-2.svg", "-7.2")):
        assert page.count(f"languages-humaneval-{name})") == 1
        assert text in (tmp_path / f"languages-humaneval-{name}").read_text()


def test_tables_without_colour_have_no_picture(tmp_path):
    write_report(report(), tmp_path)
    assert not list(tmp_path.glob("*.svg"))
    assert not has_heat(heated().__class__(title="t", columns=(), rows=()))
