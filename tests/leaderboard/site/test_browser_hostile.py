"""A store of attacks in a real browser: nothing runs or loads, and everything is shown as text."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from leaderboard.collection import load
from tests.leaderboard.site.conftest import site_of
from tests.leaderboard.site.hostile_store import HUGE, NAMES, huge_answer
from tests.leaderboard.site.site_stores import many_samples

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def keys(hostile_site):
    return {run.name: run.key for run in load(hostile_site.parent / "runs").runs}


def shown(watched, hostile_site, **chosen):
    """The page of the explorer with these words in its address."""
    one = watched(hostile_site)
    one.open(f"samples.html#{urlencode(chosen)}")
    return one


def test_every_page_of_attacks_opens_as_text(watched, hostile_site):
    one = watched(hostile_site)
    for path in sorted(hostile_site.rglob("*.html")):
        page = one.open(str(path.relative_to(hostile_site)))
        assert page.locator("h1").count() == 1
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path.name
    one.unhurt()


def test_every_sample_of_attacks_opens_as_text(watched, hostile_site, keys):
    run = next(key for name, key in keys.items() if name.endswith("/run3"))
    one = shown(watched, hostile_site, run=run, task="mgsm", language="fr")
    page = one.page
    expect(page.locator("#list-body tr")).to_have_count(len(NAMES))
    for number in range(1, len(NAMES) + 1):
        page.keyboard.press("j")
        expect(page.locator(f"#list-body tr:nth-child({number})")).to_have_attribute(
            "aria-current", "true"
        )
        expect(page.locator("#sample h3").first).to_be_visible()
        one.unhurt()
    markup = page.evaluate(
        "document.querySelectorAll('#sample img, #sample script, #sample b, #sample svg').length"
    )
    assert markup == 0
    assert "</pre></bdi></td></table>" in page.inner_text("#sample")


@pytest.mark.parametrize("name", [*NAMES[:6], *NAMES[14:17]])
def test_an_address_that_is_an_attack_chooses_nothing_and_runs_nothing(watched, hostile_site, name):
    words = ("run", "with", "task", "language", "outcome", "text", "problem", "length", "order")
    one = shown(watched, hostile_site, **dict.fromkeys((*words, "at", "page", "differ"), name))
    one.open("index.html#" + urlencode(dict.fromkeys(("task", "text", "sort", "hide"), name)))
    one.open("matrix.html#" + urlencode({name: name}))


def test_a_huge_answer_opens_with_its_beginning_and_whole_when_asked(watched, hostile_site):
    one = shown(watched, hostile_site, problem="huge")
    one.page.click("#list-body tr a")
    more = one.page.locator("#sample button:has-text('Show the whole text')")
    expect(more).to_have_count(1)
    assert len(one.page.inner_text("#sample")) < HUGE / 10
    more.click()
    expect(one.page.locator("#sample button:has-text('Show the whole')")).to_have_count(0)
    texts = "[...document.querySelectorAll('#sample pre')].map((one) => one.textContent)"
    assert huge_answer() in one.page.evaluate(texts)


def test_an_answer_from_right_to_left_has_its_own_direction(watched, hostile_site):
    one = shown(watched, hostile_site, problem="right to left")
    one.page.click("#list-body tr a")
    text = one.page.locator("#sample pre bdi").first
    expect(text).to_contain_text("الجواب")
    assert text.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert one.page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "ltr"


@pytest.mark.slow
def test_a_hundred_thousand_samples_are_filtered_and_searched(watched, tmp_path):
    store = many_samples(tmp_path / "runs", runs=40, problems=2500)
    one = watched(site_of(store, tmp_path / "site"))
    page = one.open("samples.html")
    status = page.locator("#status")
    expect(status).to_have_text("100,000 samples of 100,000")
    page.select_option("#filter-outcome", "wrong")
    expect(status).to_have_text("50,000 samples of 100,000")
    page.fill("#filter-problem", "mgsm/1234")
    expect(status).to_have_text("20 samples of 100,000")
    page.fill("#filter-text", "run 8 ")
    expect(status).to_have_text("1 sample with this text")
