"""Rankings on several pages: a filter that another page fits leads there, and is taken along."""

import pytest
from report_examples import cell, record

from leaderboard.collection import load
from leaderboard.records import write_record
from leaderboard.site import ranking_page
from leaderboard.site.build_site import build

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Six own models of 1M to 6M parameters and one of unknown size, a page for each ranking."""
    monkeypatch.setattr(ranking_page, "_MOST", 1)
    for number in range(7):
        name = f"model-{number}"
        cells = (cell(value=number / 10, sample_file=""), cell(language="es", sample_file=""))
        size = 1_000_000 * number or None
        path = tmp_path / "runs" / "reports" / name / "record.json"
        write_record(path, record(run_id=name, model=name, cells=cells, parameters=size))
    return build(load(tmp_path / "runs"), tmp_path / "site").folder


def test_a_filter_is_taken_along_to_the_page_that_fits_it(watched, site):
    one = watched(site)
    page = one.open("index.html#task=mgsm&language=zh")
    (said,) = one.texts("#count")
    assert said == "0 rows in 0 rankings; 1 ranking on other pages, see below"
    page.click("#elsewhere li:not([hidden]) a")
    page.wait_for_selector("details.ranking:not([hidden])")
    assert page.url.startswith((site / "rankings").as_uri())
    assert page.url.endswith("#task=mgsm&language=zh")
    assert one.texts("h2")[0] == "mgsm · exact_match"
    assert one.texts("nav [aria-current]") == ["Ranking"]


def test_sizes_are_chosen_and_sorted_as_numbers(watched, site):
    one = watched(site)
    page = one.open("index.html")
    models = "details.ranking tbody th"
    page.select_option("#size", "<10M")
    assert one.texts(models) == [f"model-{number}" for number in (6, 5, 4, 3, 2, 1)]
    page.click("th[data-column=size] button")
    page.click("th[data-column=size] button")
    assert one.texts(models) == [f"model-{number}" for number in (1, 2, 3, 4, 5, 6)]
    page.select_option("#size", "unknown")
    assert one.texts(models) == ["model-0"]
    page.select_option("#size", "1B-4B")
    assert one.texts(models) == []


def test_without_scripts_every_row_is_there_and_no_filter(watched, site):
    one = watched(site, java_script_enabled=False)
    one.open("index.html")
    assert len(one.texts("details.ranking tbody th")) == 7
    assert one.texts("#filters") == []
    assert len(one.texts("#elsewhere a")) == 6


def test_places_are_those_of_the_whole_numbers_and_not_of_what_is_written(watched, tmp_path):
    """As in the terminal: 0.50000, 0.50001 and 0.49999 are all written 50.0."""
    for name, value in (("second", 0.5), ("first", 0.50001), ("third", 0.49999)):
        made = record(run_id=name, model=name, cells=(cell(value=value, sample_file=""),))
        write_record(tmp_path / "runs" / "reports" / name / "record.json", made)
    build(load(tmp_path / "runs"), tmp_path / "site")
    one = watched(tmp_path / "site")
    page = one.open("index.html")
    rows = "details.ranking[data-task=starter_math] tbody tr"
    assert one.texts(f"{rows} th") == ["first", "second", "third"]
    assert one.texts(f"{rows} td:first-child") == ["1", "2", "3"]
    page.click("details.ranking[data-task=starter_math] th[data-column=zh] button")
    page.click("details.ranking[data-task=starter_math] th[data-column=zh] button")
    assert one.texts(f"{rows} th") == ["third", "second", "first"]
    assert one.texts(f"{rows} td:first-child") == ["3", "2", "1"]
