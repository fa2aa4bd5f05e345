"""The page of every model against every other: headers, heat, links, escaping."""

import re
from html.parser import HTMLParser

import msgspec
import pytest
from report_examples import effect, record

from leaderboard.collection import load
from leaderboard.pair_matrix import (
    MatrixSide,
    PairMatrices,
    PairMatrix,
    Unpaired,
    heat_of,
    matrix_table,
)
from leaderboard.records import write_record
from leaderboard.render import to_csv, to_markdown
from leaderboard.site.build_site import build

NAMES = ("good", "<script>alert(1)</script>", "bad")


def side(name, score, runs=()):
    return MatrixSide(name=name, runs=runs, seeds=3, score=score)


def pair(variant, reference, value, **changes):
    fields = {
        "variant": variant,
        "reference": reference,
        "effect": value,
        "low": value - 0.05,
        "high": value + 0.05,
        "p_value": 0.001,
        "p_holm": 0.003,
        "margin": None,
        "power": None,
        "smallest_detectable": 0.071,
        "verdict": "better",
    }
    return effect(**(fields | changes))


@pytest.fixture
def matrix(tmp_path):
    return PairMatrix(
        task="mgsm",
        task_version="1",
        protocol="direct",
        profile="starter",
        metric="exact_match",
        language="non-en",
        languages=("fr", "zh"),
        higher_is_better=True,
        sides=tuple(side(name, score) for name, score in zip(NAMES, (0.8, 0.7, 0.2), strict=True)),
        effects=(
            pair(NAMES[0], NAMES[1], 0.02, p_holm=0.3, verdict="no margin"),
            pair(NAMES[1], NAMES[2], 0.4),
        ),
        missing=(Unpaired(first=NAMES[0], second=NAMES[2], reason="they share no seed"),),
    )


class Cells(HTMLParser):
    """The cells of the matrix: tag, attributes and text, by row."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(page[page.index('<div class="pairs">') :])

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append([tag, dict(attrs), ""])
            self.inside = True
        elif tag == "br":
            self.rows[-1][-1][2] += "|"

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("th", "td")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1][2] += data


def test_row_minus_column_with_interval_and_smallest_detectable(matrix, tmp_path):
    (tmp_path / "runs").mkdir()
    pairs = PairMatrices(matrices=(matrix,), notes=())
    build(load(tmp_path / "runs"), tmp_path / "site", pairs=pairs)
    whole = (tmp_path / "site" / "matrix.html").read_text()
    head, *rows = Cells(whole).rows
    assert [(tag, attributes["scope"]) for tag, attributes, _ in head] == [("th", "col")] * 5
    assert [text for _, _, text in head] == ["Model", "Score", *NAMES]
    assert [row[0][:2] for row in rows] == [["th", rows[0][0][1]]] * 3
    assert all(row[0][1]["scope"] == "row" for row in rows)
    texts = [[text for _, _, text in row] for row in rows]
    assert texts == [
        ["good (3 seeds)", "80.0", "", "+2.0|[-3.0, +7.0]|7.1", "n/a"],
        [f"{NAMES[1]} (3 seeds)", "70.0", "-2.0|[-7.0, +3.0]|7.1", "", "+40.0|[+35.0, +45.0]|7.1"],
        ["bad (3 seeds)", "20.0", "n/a", "-40.0|[-45.0, -35.0]|7.1", ""],
    ]
    heat = [[re.findall("heat-..", a.get("class", "")) for _, a, _ in row[2:]] for row in rows]
    assert heat == [[[], [], []], [[], [], ["heat-p3"]], [[], ["heat-n3"], []]]
    assert "1 pair without a difference: they share no seed" in whole
    assert "adjusted for 2 pairs by Holm&#x27;s method (1)" in whole or (
        "adjusted for 2 pairs by Holm's method (1)" in whole
    )


def test_a_page_for_each_with_links_between_them(matrix, tmp_path):
    french = msgspec.structs.replace(matrix, language="fr", languages=("fr",))
    folder = tmp_path / "runs" / "reports" / "prune"
    write_record(folder / "records" / "a.json", record(variant=None, experiment=None))
    collection = load(tmp_path / "runs")
    (run,) = collection.runs
    linked = (side("good", 0.8, (run.key,)), *french.sides[1:])
    french = msgspec.structs.replace(french, sides=linked)
    pairs = PairMatrices(matrices=(matrix, french), notes=("mgsm: left out: <b>x</b>",))
    build(collection, tmp_path / "site", pairs=pairs)
    files = sorted(path.name for path in (tmp_path / "site" / "matrix").iterdir())
    assert files == sorted(f"{one.key}.html" for one in (matrix, french))
    first = (tmp_path / "site" / "matrix.html").read_text()
    own = (tmp_path / "site" / "matrix" / f"{french.key}.html").read_text()
    current = re.compile(r'<a href="([^"]+)" aria-current="page">(.*?)</a>')
    assert current.findall(first)[1:] == [(f"matrix/{matrix.key}.html", "non-en")]
    assert current.findall(own) == [(f"../matrix/{french.key}.html", "fr")]
    assert f'<a href="../runs/{run.key}.html">good</a> (3 seeds)' in own
    assert "&lt;b&gt;x&lt;/b&gt;" in own
    assert "<script>alert" not in own


def test_without_pairs_the_page_says_so(tmp_path):
    (tmp_path / "runs").mkdir()
    build(load(tmp_path / "runs"), tmp_path / "site")
    assert "No two models" in (tmp_path / "site" / "matrix.html").read_text()
    assert not (tmp_path / "site" / "matrix").exists()


def test_only_what_is_told_apart_has_a_colour(matrix):
    close, far = matrix.effects
    assert heat_of(close, 40.0) == 0
    assert heat_of(far, 40.0) == pytest.approx(1)
    assert heat_of(far, 80.0) == pytest.approx(0.5)


def test_the_table_has_the_same_numbers_in_every_form(matrix):
    table = matrix_table(matrix)
    assert "| +40.0 [+35.0, +45.0] (7.1) |" in to_markdown(table).replace("**", "")
    assert "0.4" in to_csv(table)


def test_at_the_floor_the_word_stands_in_place_of_the_interval(matrix):
    floor = pair("good", "bad", 0.0, variant_value=0.0, reference_value=0.0, verdict="floor")
    floor = msgspec.structs.replace(floor, p_value=None, p_holm=None)
    table = matrix_table(msgspec.structs.replace(matrix, effects=(floor,), missing=()))
    assert table.rows[0].cells[4].text == "0.0 floor"
