"""A site of attacks: what is written where, and that no page holds anything but text of them."""

import re
from html.parser import HTMLParser
from importlib import resources

import pytest

from leaderboard.site.page import POLICY
from leaderboard.site.shards import shard_content
from leaderboard.visible_text import visible
from tests.leaderboard.site.hostile_store import BIDI, ENDING, NAMES

pytestmark = pytest.mark.xdist_group("browser")  # whose process has made the site already

OURS = {
    *("a", "abbr", "bdi", "body", "br", "button", "caption", "circle", "code", "col", "colgroup"),
    *("dd", "details", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "form", "g"),
    *("h1", "h2", "h3", "h4", "head", "header", "hr", "html", "input", "label", "legend", "li"),
    *("line", "link", "main", "mark", "meta", "nav", "noscript", "ol", "option", "output", "p"),
    *("path", "polygon", "polyline", "pre", "rect", "script", "section", "select", "small"),
    *("span", "strong", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "time"),
    *("title", "tr", "ul", "fieldset", "desc", "tspan", "u", "sup"),
}
"""Elements that our pages are made of; there is no img, iframe, style, base, object or embed."""

TEXTS = ("aria-label", "content", "title", "value", "id", "class", "name", "placeholder", "alt")
"""Attributes that hold words, besides `data-`: what stands in them is neither loaded nor run."""


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.text, self.scripts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        inside = self.elements[-1][0] if self.elements else ""
        (self.scripts if self.cdata_elem == "script" else self.text).append(data)
        assert inside != "style"


@pytest.fixture(scope="module")
def pages(hostile_site):
    found = {str(p.relative_to(hostile_site)): p for p in sorted(hostile_site.rglob("*.html"))}
    return {name: Page(path.read_text("utf-8")) for name, path in found.items()}


def test_files_have_names_of_ours_and_nothing_is_written_elsewhere(hostile_site):
    names = {str(p.relative_to(hostile_site)) for p in hostile_site.rglob("*") if p.is_file()}
    assets = {a.name for a in resources.files("leaderboard.site").joinpath("assets").iterdir()}
    ours = re.compile(
        r"(index|samples|matrix)\.html|site\.json|assets/[a-z_]+\.(js|css)"
        r"|(experiments|runs|matrix)/(index|[0-9a-f]{12})\.html|rankings/[0-9]+\.html|data/[a-z]+[0-9]*\.js"
    )
    assert [name for name in names if not ours.fullmatch(name)] == []
    assert {name.removeprefix("assets/") for name in names if name.startswith("assets/")} <= assets
    folder = hostile_site.parent
    assert sorted(path.name for path in folder.iterdir()) == ["outside", "runs", "site"]
    assert {path.name for path in (folder / "outside").rglob("*") if path.is_file()} == {
        "whole.jsonl",
        "damaged.jsonl",
    }
    assert not any(path.is_symlink() for path in hostile_site.rglob("*"))


def test_every_page_has_the_policy_first(pages):
    assert len(pages) > 30
    for name, page in pages.items():
        heads = [found for tag, found in page.elements if tag in ("meta", "script", "link")]
        policies = [x for x in heads if x.get("http-equiv") == "Content-Security-Policy"]
        assert [x["content"] for x in policies] == [POLICY], name
        assert heads.index(policies[0]) == 1, name  # before it only the character set
        assert heads[0] == {"charset": "utf-8"}, name


def test_no_page_has_an_element_or_a_handler_that_a_record_wrote(pages):
    for name, page in pages.items():
        assert {tag for tag, _ in page.elements} <= OURS, name
        assert "".join(page.scripts) == "", name
        for tag, attributes in page.elements:
            odd = [key for key in attributes if key.startswith("on") or key in ("style", "srcdoc")]
            assert odd == [], (name, tag)
            if tag in ("script", "link"):
                source = attributes.get("src") or attributes["href"]
                if attributes.get("rel") == "icon":
                    assert source == "data:,"
                    continue
                assert re.fullmatch(r"(\.\./)*assets/[a-z_]+\.(js|css)", source), name


def test_what_a_record_says_is_only_ever_text(pages):
    """In attributes that load or lead somewhere nothing of it stands, but a whole web address."""
    for name, page in pages.items():
        for tag, attributes in page.elements:
            for key, value in attributes.items():
                place = (value or "").partition("#")[0]
                if "PWNED" in place and not (key in TEXTS or key.startswith("data-")):
                    assert (tag, key) == ("a", "href"), (name, tag, key)
                    assert value.startswith("https://PWNED.example/"), name


def test_links_lead_to_pages_of_the_site(pages, hostile_site):
    for name, page in pages.items():
        for tag, attributes in page.elements:
            address = attributes.get("href", "")
            if tag != "a" or re.match("https?://", address):
                continue
            target = address.partition("#")[0]
            place = hostile_site / name
            if target:
                place = (place.parent / target).resolve()
            assert place.is_file(), (name, address)


def test_every_name_is_shown_with_what_cannot_be_seen_as_its_code(pages):
    listed = "".join(pages["runs/index.html"].text)
    for name in NAMES:
        assert visible(name) in listed
    for name, page in pages.items():
        text = "".join(page.text)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text), name
        assert BIDI not in text, name


def test_data_are_no_code_whatever_they_hold(hostile_site):
    for path in hostile_site.glob("data/*.js"):
        assert re.fullmatch(
            rb'ultralinkShard\("[a-z]+[0-9]*","[A-Za-z0-9+/=]*"\);\n', path.read_bytes()
        )


def test_nothing_from_outside_the_store_is_published(hostile_site, pages):
    held = [shard_content(path.read_bytes()) for path in hostile_site.glob("data/*.js")]
    assert any(ENDING[-18:].encode() in content for content in held)
    texts = [*held, *("".join(page.text).encode() for page in pages.values())]
    for content in texts:
        assert b"root:x" not in content
        assert b"OUTSIDE THE STORE" not in content
