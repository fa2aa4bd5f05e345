"""The shell of every page: policy, title, navigation, landmarks, and the files that it loads."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from leaderboard.site.markup import Markup, element, joined

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: files of the site, and nothing that is written into the page itself."""

SITE_NAME: Final = "ultralink-bench"


class Place(NamedTuple):
    """An entry of the navigation: a page's path in the site, its name, the folder of its like."""

    path: str
    name: str
    folder: str


NAVIGATION: Final = (
    Place("index.html", "Ranking", "rankings"),
    Place("experiments/index.html", "Experiments", "experiments"),
    Place("runs/index.html", "Runs", "runs"),
    Place("samples.html", "Samples", "samples"),
    Place("matrix.html", "Pairs", "matrix"),
)


def page(
    title: str,
    body: Sequence[Markup],
    *,
    path: str,
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    lead: str = "",
) -> str:
    """A whole document.

    Args:
        title: heading and title; escaped.
        body: what stands below the heading.
        path: where in the site it is written (`runs/KEY.html`): links are relative to it.
        scripts: further scripts, as paths in the site (`assets/ranking.js`), loaded in their order.
        styles: further style sheets, as paths in the site, behind the one of all pages.
        lead: a sentence below the heading that says what the page shows.
    """
    up = above(path)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · {SITE_NAME}"),
        # None, said in the page: browsers else ask the host for one.
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href=f"{up}assets/site.css"),
        *(element("link", rel="stylesheet", href=f"{up}{style}") for style in styles),
        # Before the body, so that a dark page does not flash.
        element("script", src=f"{up}assets/theme.js"),
        *(element("script", src=f"{up}{script}", defer=True) for script in scripts),
    )
    main = element(
        "main",
        element("h1", title),
        *([element("p", lead, class_="lead")] if lead else []),
        *body,
        id="content",
        tabindex="-1",
    )
    skip = element("a", "Skip to the content", class_="skip", href="#content")
    whole = element("body", skip, _header(path), main, _footer())
    return f"<!doctype html>\n{element('html', head, whole, lang='en')}\n"


def above(path: str) -> str:
    """The way from a page up to the site's folder: "" or "../" for each folder that it is in."""
    return "../" * path.count("/")


def _header(path: str) -> Markup:
    up = above(path)
    folder = path.rpartition("/")[0]
    entries = []
    for place in NAVIGATION:
        current = "page" if place.path == path else None
        if current is None and place.folder == folder:
            current = "true"
        link = element("a", place.name, href=f"{up}{place.path}", aria_current=current)
        entries.append(element("li", link))
    switch = element("button", "Theme: auto", type="button", id="theme", hidden=True)
    name = element("a", SITE_NAME, href=f"{up}index.html", class_="brand")
    navigation = element("nav", element("ul", *entries), aria_label="Pages")
    return element("header", element("div", name, navigation, switch, class_="bar"))


def _footer() -> Markup:
    words = (
        "Made by ",
        element("code", "ultralink-bench leaderboard site"),
        " from run records. Intervals are of 95 %.",
    )
    return element("footer", element("p", joined(*words)))
