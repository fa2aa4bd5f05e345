"""The page of the sample explorer before any sample is there: filters and an empty list.

It is the same for every site. Scripts fill it from the shards; what a filter is called here is
what it is called in the address and on the command line.
"""

from typing import Final

from leaderboard.site.markup import Markup, element
from leaderboard.site.page import page

PATH: Final = "samples.html"

SCRIPTS: Final = (
    "assets/shards.js",
    "assets/samples_index.js",
    "assets/samples_search.js",
    "assets/samples_detail.js",
    "assets/samples_list.js",
    "assets/samples.js",
)
"""In the order in which they need each other."""

STYLE: Final = "assets/samples.css"

_ORDERS: Final = (("", "as recorded"), ("shortest", "shortest first"), ("longest", "longest first"))


def shell() -> str:
    """The whole document."""
    return page(
        "Samples",
        [_filters(), _status(), element("div", _list(), _sample(), class_="explorer")],
        path=PATH,
        scripts=SCRIPTS,
        styles=[STYLE],
    )


def _filters() -> Markup:
    fields = [
        _select("run", "Run", "all runs"),
        _select("with", "Beside run", "none"),
        _select("task", "Task", "all"),
        _select("language", "Language", "all"),
        _select("outcome", "Outcome", "all"),
        _search("text", "Text", "in prompts and answers"),
        _search("problem", "Problem", "part of its id"),
        _search("length", "Characters", "100..2000"),
        _label("order", "Order", element("select", *_options(_ORDERS), **_named("order"))),
        element(
            "label",
            element("input", type="checkbox", **_named("differ")),
            "Only where they differ",
            class_="checks",
        ),
        element("button", "No filters", type="button", id="filters-off"),
    ]
    return element("form", *fields, id="filters", class_="controls", aria_label="Filters")


def _named(name: str) -> dict[str, str]:
    return {"id": f"filter-{name}", "name": name, "autocomplete": "off"}


def _label(name: str, words: str, control: Markup) -> Markup:
    return element("label", words, control, for_=f"filter-{name}")


def _options(options: tuple[tuple[str, str], ...]) -> list[Markup]:
    return [element("option", words, value=value) for value, words in options]


def _select(name: str, words: str, none: str) -> Markup:
    return _label(name, words, element("select", *_options((("", none),)), **_named(name)))


def _search(name: str, words: str, example: str) -> Markup:
    field = element("input", type="search", placeholder=example, dir="auto", **_named(name))
    return _label(name, words, field)


def _status() -> Markup:
    without = "The explorer needs JavaScript, which this browser has switched off."
    return element("p", element("noscript", without), id="status", role="status")


def _button(name: str, words: str) -> Markup:
    return element("button", words, type="button", id=name)


def _list() -> Markup:
    table = element(
        "table",
        element("caption", "Samples", class_="unseen"),
        element("thead", id="list-head"),
        element("tbody", id="list-body"),
    )
    pager = element(
        "div",
        _button("page-before", "Earlier"),
        _button("page-after", "Later"),
        element("span", id="page-now", class_="soft"),
        class_="pager",
    )
    scroll = element(
        "div", table, class_="scroll", tabindex="0", role="region", aria_label="List of samples"
    )
    return element("section", scroll, pager, id="list", aria_label="Samples")


def _sample() -> Markup:
    bar = element(
        "div",
        _button("sample-before", "Previous (k)"),
        _button("sample-after", "Next (j)"),
        _button("sample-close", "Close (Esc)"),
        id="sample-bar",
        class_="pager",
        hidden=True,
    )
    box = element("div", id="sample", tabindex="0", role="region", aria_label="The chosen sample")
    return element("section", bar, box, id="sample-pane", aria_label="Sample")
