"""The first page: every ranking, best first, to sort, filter and search.

All rows stand in the page, so it can be read without scripts. Where they would make it slow to
open, further rankings stand on further pages, which the first one lists.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from leaderboard.collection import Collection
from leaderboard.ranking import Ranking, ranked_rows, rankings
from leaderboard.row_filters import FULL
from leaderboard.score_rows import AVERAGES
from leaderboard.site.markup import Markup, element, joined
from leaderboard.site.page import above, page
from leaderboard.site.ranking_table import ranking_section, setting_text
from leaderboard.site.site_links import SiteLinks
from tasks import registry

PATH: Final = "index.html"
_MOST: Final = 140_000
"""Bytes of rankings on one page: with style sheet and scripts it stays below 200 kB."""

SIZES: Final = ("<10M", "10M-1B", "1B-4B", "4B-10B", "10B-40B", ">40B", "unknown")
"""Sizes to choose from, in parameters: from the first number to below the second."""

LEAD: Final = (
    "Models that were measured in the same way: only numbers of the same task, version, protocol, "
    "judge and baseline share a ranking."
)
_READING: Final = (
    "Best in bold, second best underlined. non-en and all are averages over the languages without "
    "and with English. Small figures are 95 % intervals; what is published comes without."
)


class _Sheet(NamedTuple):
    """The rankings of one page, and their HTML."""

    path: str
    rankings: list[Ranking]
    sections: list[Markup]


def write_ranking(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
    """Write the first page of the site, and those with the rankings that it has no room for."""
    found = sorted(rankings(ranked_rows(collection)), key=_importance)
    links = SiteLinks(collection)
    sheets = _sheets(found, links)
    for sheet in sheets:
        others = [other for other in sheets if other is not sheet]
        path = folder / sheet.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(_page(sheet, others, found), encoding="utf-8")
        step(sheet.path)


def _importance(ranking: Ranking) -> tuple[bool, bool, str, str, bool]:
    """What has own numbers first, then our benchmarks; of a task first its primary metric."""
    foreign = ranking.task not in registry.benchmarks()
    return (not _has_own(ranking), foreign, ranking.task, ranking.profile, not _is_primary(ranking))


def _has_own(ranking: Ranking) -> bool:
    return any(model.origin == "own" for model in ranking.models)


def _is_primary(ranking: Ranking) -> bool:
    """Whether the metric is the one that its task is judged by; of a foreign task any is."""
    known = registry.benchmarks().get(ranking.task)
    return known is None or known.primary_metric == ranking.metric


def _sheets(found: Sequence[Ranking], links: SiteLinks) -> list[_Sheet]:
    sheets = [_Sheet(PATH, [], [])]
    size = 0
    told: set[tuple[bool, str, str]] = set()
    for ranking in found:
        up = above(sheets[-1].path)
        group = (_has_own(ranking), ranking.task, ranking.profile)
        # The primary metric of a task is open, or the first one where that was not measured.
        opened = _is_primary(ranking) or group not in told
        told.add(group)
        section = ranking_section(ranking, links, opened=opened, up=up)
        more = len(section.encode())
        if size and size + more > _MOST:
            sheets.append(_Sheet(f"rankings/{len(sheets) + 1}.html", [], []))
            size = 0
            section = ranking_section(ranking, links, opened=True, up="../")
        sheets[-1].rankings.append(ranking)
        sheets[-1].sections.append(section)
        size += more
    return sheets


def _page(sheet: _Sheet, others: Sequence[_Sheet], found: Sequence[Ranking]) -> str:
    body: list[Markup] = [_controls(found), *sheet.sections]
    if not found:
        words = (
            "Nothing has been evaluated yet: ",
            element("code", "ultralink-bench eval"),
            " does.",
        )
        body = [element("p", *words)]
    if others:
        body.append(_elsewhere(sheet, others))
    body.append(element("p", _READING, class_="caption"))
    title = "Ranking" if sheet.path == PATH else f"Ranking, page {Path(sheet.path).stem}"
    return page(title, body, path=sheet.path, scripts=("assets/ranking.js",), lead=LEAD)


def _elsewhere(sheet: _Sheet, others: Sequence[_Sheet]) -> Markup:
    """Links to the rankings on other pages, with what filters ask for."""
    items = [
        element(
            "li",
            element(
                "a",
                f"{ranking.task} · {ranking.metric}",
                href=f"{above(sheet.path)}{other.path}",
                data_task=ranking.task,
                data_metric=ranking.metric,
                data_profile=ranking.profile or FULL,
            ),
            element("span", f" {setting_text(ranking)}", class_="soft"),
        )
        for other in others
        for ranking in other.rankings
    ]
    return element(
        "nav",
        element("h2", "More rankings"),
        element("ul", *items),
        id="elsewhere",
        aria_label="More rankings",
    )


def _controls(found: Sequence[Ranking]) -> Markup:
    """Filters; they appear when the script runs that heeds them."""
    languages = dict.fromkeys(language for one in found for language in one.languages)
    single = sorted(languages.keys() - set(AVERAGES))
    fields = [
        _choice("task", "Task", _values(one.task for one in found)),
        _choice("metric", "Metric", _values(one.metric for one in found)),
        _choice("language", "Language", [x for x in AVERAGES if x in languages] + single),
        _choice("profile", "Profile", _values(one.profile or FULL for one in found)),
        _choice("origin", "Origin", ("own", "published", "imported")),
        _choice("size", "Size", SIZES),
        _search("model", "Model"),
        _search("text", "Search"),
    ]
    columns = element(
        "details",
        element("summary", "Columns"),
        element("div", id="columns", class_="choices"),
    )
    clear = element("button", "Clear", type="button", id="clear")
    status = element("p", role="status", id="count", class_="soft")
    return element(
        "div",
        element("div", *fields, class_="controls", role="search", aria_label="Filter"),
        columns,
        element("div", status, clear, class_="found"),
        id="filters",
        hidden=True,
    )


def _values(found: Iterable[str]) -> list[str]:
    return sorted(set(found))


def _choice(name: str, label: str, values: Sequence[str]) -> Markup:
    options = [element("option", value, value=value) for value in values]
    select = element("select", element("option", "any", value=""), *options, id=name)
    return element("label", joined(label, select))


def _search(name: str, label: str) -> Markup:
    return element("label", label, element("input", type="search", id=name, size=14))
