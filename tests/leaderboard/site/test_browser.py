"""The pages in a real browser, from disk: sorting, filters, links, themes, sizes, keyboard."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from leaderboard.collection import load
from tests.leaderboard.site.watched_page import PHONE

pytestmark = pytest.mark.xdist_group("browser")

OWN = 'details.ranking[data-profile="starter"][data-metric="exact_match"]'
PUBLISHED = 'details.ranking[data-task="arc"]'


@pytest.fixture(scope="module")
def store(plain_site):
    return load(plain_site.parent / "runs")


def count(watched):
    return int(re.match("[0-9,]+", watched.texts("#status")[0])[0].replace(",", ""))


@pytest.mark.parametrize(
    "kind",
    ["ranking", "experiments", "experiment", "runs", "run", "pairs", "pair", "samples", "sample"],
)
def test_every_kind_of_page_opens_from_disk_with_a_heading_and_no_error(
    watched, plain_site, plain_kinds, kind
):
    one = watched(plain_site)
    page = one.open(plain_kinds[kind])
    assert len(one.texts("h1")) == 1
    assert one.texts("nav a[aria-current]")
    assert page.title().endswith("ultralink-bench")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def found(page, samples):
    """Wait until the explorer has found so many samples, and searched everything for them."""
    expect(page.locator("#status")).to_have_text(
        re.compile(rf"^{samples} samples?( of 168| with this text)$")
    )


# The ranking


def test_a_ranking_is_sorted_by_a_click_and_the_link_carries_it(watched, plain_site):
    one = watched(plain_site)
    page = one.open("index.html")
    models = f"{OWN} tbody th"
    assert one.texts(models) == ["prune-starter/keep-all", "prune-starter/keep-0"]
    button = page.locator(f'{OWN} thead th[data-column="fr"] button')
    heading = page.locator(f'{OWN} thead th[data-column="fr"]')
    button.click()
    assert one.texts(models) == ["prune-starter/keep-all", "prune-starter/keep-0"]
    assert heading.get_attribute("aria-sort") == "descending"
    button.click()
    assert one.texts(models) == ["prune-starter/keep-0", "prune-starter/keep-all"]
    assert heading.get_attribute("aria-sort") == "ascending"
    again = watched(plain_site)
    again.open("index.html#" + page.url.partition("#")[2])
    assert again.texts(models) == ["prune-starter/keep-0", "prune-starter/keep-all"]
    numbers = [float(text) for text in again.texts(f"{PUBLISHED} tbody td:last-child")]
    assert len(numbers) > 5
    assert again.page.locator('[aria-sort="ascending"]').count() >= 2


def test_filters_of_the_ranking_leave_what_fits_and_the_link_restores_them(watched, plain_site):
    one = watched(plain_site)
    page = one.open("index.html")
    everything = one.texts("#count")
    page.select_option("#task", "mgsm")
    page.select_option("#origin", "own")
    page.fill("#text", "KEEP")
    models = one.texts("details.ranking tbody th")
    assert models == ["prune-starter/keep-all", "prune-starter/keep-0"]
    assert one.texts("#count") == ["2 rows in 1 ranking"]
    page.select_option("#language", "fr")
    assert one.texts(f"{OWN} thead th[data-language]") == ["fr"]
    again = watched(plain_site)
    again.open("index.html#" + page.url.partition("#")[2])
    assert again.texts("details.ranking tbody th") == models
    assert again.page.input_value("#text") == "KEEP"
    assert again.page.input_value("#task") == "mgsm"
    again.page.click("#clear")
    assert again.texts("#count") == everything
    assert "#" not in again.page.url


def test_a_phone_shows_scores_first_and_the_rest_when_asked(watched, plain_site):
    one = watched(plain_site, **PHONE)
    page = one.open("index.html#task=mgsm&metric=exact_match")
    heads = f"{OWN} thead th:visible"
    shown = [each.get_attribute("data-column") for each in page.locator(heads).all()]
    assert shown[:4] == ["place", "model", "origin", "all"]
    page.click("summary:has-text('Columns')")
    for name in ("interval", "n", "seeds", "size"):
        page.check(f"#columns input[data-column={name}]")
    assert page.url.endswith("&hide=none")
    again = [each.get_attribute("data-column") for each in page.locator(heads).all()]
    assert set(again) == {*shown, "interval", "n", "seeds", "size"}
    one.check()


def test_a_link_to_what_the_site_lacks_shows_no_row_and_says_what_it_asks(watched, plain_site):
    one = watched(plain_site)
    page = one.open("index.html#task=nosuch&size=big&language=xx&profile=")
    assert one.texts("#count") == ["0 rows in 0 rankings"]
    chosen = {
        word: page.input_value(f"#{word}") for word in ("task", "size", "language", "profile")
    }
    assert chosen == {"task": "nosuch", "size": "big", "language": "xx", "profile": ""}
    assert page.url.endswith("#task=nosuch&size=big&language=xx")
    page.click("#clear")
    assert one.texts("#count") != ["0 rows in 0 rankings"]
    one.check()


def test_columns_are_switched_off_and_the_link_says_which(watched, plain_site):
    one = watched(plain_site)
    page = one.open("index.html")
    page.click("summary:has-text('Columns')")
    page.uncheck('#columns input[data-column="origin"]')
    assert page.locator(f'{OWN} thead th[data-column="origin"]').is_hidden()
    again = watched(plain_site)
    again.open("index.html#" + page.url.partition("#")[2])
    assert again.page.locator(f'{OWN} thead th[data-column="origin"]').is_hidden()


# The sample explorer


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, 168),  # 7 runs, 2 languages, 12 problems
        ({"language": "fr"}, 84),
        ({"outcome": "wrong"}, 2 * ((3 + 2 + 1) + (10 + 9 + 8) + 6)),
        ({"text": "seed 2 says"}, 48),
        ({"text": "Question 11 (fr)"}, 7),
        ({"problem": "mgsm/003"}, 14),
        ({"length": "..20"}, 14),
        ({"language": "fr", "outcome": "correct", "problem": "mgsm/000"}, 7),
        ({"text": "no such text anywhere"}, 0),
    ],
)
def test_filters_leave_the_samples_that_fit(watched, plain_site, chosen, expected):
    one = watched(plain_site)
    page = one.open(f"samples.html#{urlencode(chosen)}")
    found(page, expected)
    assert page.locator("#list-body tr").count() == min(expected, 30)
    for name, value in chosen.items():
        assert page.input_value(f"#filter-{name}") == value


def test_a_filter_that_is_typed_stands_in_the_address(watched, plain_site, store):
    one = watched(plain_site)
    page = one.open("samples.html")
    page.select_option("#filter-run", store.run("keep-0-1").key)
    page.select_option("#filter-outcome", "wrong")
    page.fill("#filter-text", "(fr)")
    found(page, 9)
    again = watched(plain_site)
    again.open("samples.html#" + page.url.partition("#")[2])
    found(again.page, 9)
    for each in (page, again.page):  # beginnings of answers come behind the list
        each.wait_for_function(
            "() => [...document.querySelectorAll('.glimpse')].every((cell) => cell.firstChild)"
        )
    assert again.texts("#list-body tr") == one.texts("#list-body tr")
    again.page.click("#filters-off")
    found(again.page, 168)


def test_a_sample_is_shown_with_prompt_answer_and_grade_and_keys_go_on(watched, plain_site):
    one = watched(plain_site)
    page = one.open("samples.html")
    page.click("#list-body tr:nth-child(3) a")
    page.wait_for_selector("#sample h2")
    assert one.texts("#sample h2") == ["mgsm/002"]
    text = page.inner_text("#sample")
    assert "Question 2 (en): how many apples?" in text
    assert "Seed 0 says yes yes yes 6." in text
    assert "correct" in text
    page.keyboard.press("j")
    expect(page.locator("#sample h2")).to_have_text("mgsm/003")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("#sample h2")).to_have_text("mgsm/001")
    again = watched(plain_site)
    again.open("samples.html#" + page.url.partition("#")[2])
    assert again.texts("#sample h2") == ["mgsm/001"]
    again.page.keyboard.press("Escape")
    expect(again.page.locator("#sample h2")).to_have_count(0)
    assert "at=" not in again.page.url


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_a_search_is_left_by_a_key_with_its_text_and_the_next_keys_go_on(
    watched, plain_site, store, key
):
    one = watched(plain_site)
    page = one.open(f"samples.html#run={store.run('keep-0-1').key}&outcome=wrong")
    page.keyboard.press("/")
    page.keyboard.type("(fr)")
    found(page, 9)
    page.keyboard.press(key)
    expect(page.locator("#filter-text")).not_to_be_focused()
    expect(page.locator("#filter-text")).to_have_value("(fr)")
    page.keyboard.press("j")
    expect(page.locator("#sample h2")).to_have_count(1)
    found(page, 9)


def test_two_runs_stand_side_by_side_and_only_where_they_differ(watched, plain_site, store):
    one = watched(plain_site)
    runs = {"run": store.run("keep-all-0").key, "with": store.run("keep-0-0").key}
    page = one.open(f"samples.html#{urlencode(runs)}")
    assert count(one) == 24
    page.check("#filter-differ")
    # Of 12 problems 9 and 2 are right: they differ on 7 in each of 2 languages.
    found(page, 14)
    assert {tuple(text.split()[:4]) for text in one.texts("#list-body tr")} == {
        ("✓", "correct", "✗", "wrong")
    }
    page.click("#list-body tr:first-child a")
    page.wait_for_selector("#sample .beside")
    assert page.locator("#sample .beside > *").count() == 2
    boxes = [page.locator("#sample .beside > *").nth(i).bounding_box() for i in range(2)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    again = watched(plain_site)
    again.open("samples.html#" + page.url.partition("#")[2])
    assert count(again) == 14
    assert again.page.is_checked("#filter-differ")
    assert again.page.locator("#sample .beside > *").count() == 2


# Themes, sizes, keyboard


def ground(page):
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_dark_follows_the_system_and_the_switch_keeps_its_choice(watched, plain_site):
    one = watched(plain_site, color_scheme="dark")
    page = one.open("index.html")
    assert ground(page) < 60
    page.click("#theme")
    assert page.inner_text("#theme") == "Theme: light"
    assert ground(page) > 200
    page.click("nav a:has-text('Runs')")
    page.wait_for_selector("h1:has-text('Runs')")
    assert ground(page) > 200
    page.emulate_media(color_scheme="light")
    page.click("#theme")
    assert ground(page) < 60


def test_nothing_is_wider_than_a_phone(watched, plain_site, plain_kinds):
    one = watched(plain_site, **PHONE)
    for kind, path in plain_kinds.items():
        page = one.open(path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, kind
        assert page.evaluate("innerWidth") == 390, kind


FOCUSABLE = """() => [...document.querySelectorAll(
    'a[href], button, select, input, summary, [tabindex="0"]')]
    .filter((e) => !e.disabled && e.checkVisibility()).length"""
STEP = """() => {
    const e = document.activeElement;
    const style = getComputedStyle(e);
    if (!window.reached) { window.reached = new Map(); }
    if (e === document.body || window.reached.has(e)) { return null; }
    window.reached.set(e, true);
    return [e.tagName, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""


@pytest.mark.parametrize("kind", ["ranking", "samples", "pairs", "experiment"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    watched, plain_site, plain_kinds, kind
):
    one = watched(plain_site)
    page = one.open(plain_kinds[kind])
    expected = page.evaluate(FOCUSABLE)
    reached = []
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        found = page.evaluate(STEP)
        if found is None:
            break
        reached.append(found)
    assert len(reached) == expected
    assert reached[0][0] == "A"  # "Skip to the content" is first
    assert [one for one in reached if one[1] == "none" or one[2] < 1] == []


def test_the_skip_link_leads_to_the_content(watched, plain_site):
    page = watched(plain_site).open("runs/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_without_scripts_the_rankings_are_there_all_the_same(watched, plain_site):
    one = watched(plain_site, java_script_enabled=False)
    page = one.context.pages[0]
    page.goto(one.root + "index.html")
    assert "prune-starter/keep-all" in page.inner_text(OWN)
    page.goto(one.root + "samples.html")
    assert "JavaScript" in page.inner_text("main")
