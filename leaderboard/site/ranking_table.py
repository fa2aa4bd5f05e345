"""A ranking as HTML: small, as the first page has all of them, and with the intervals as bars."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from leaderboard.ranking import FULL_SCALE, RankedModel, Ranking, best_two
from leaderboard.score_rows import ScoreRow
from leaderboard.site.markup import Markup, element, joined
from leaderboard.site.site_links import SiteLinks
from leaderboard.table import parameters_text, score_text

_WIDE: Final = 120
"""Width of a bar in pixels."""
_HIGH: Final = 12

FULL: Final = "full"
"""What a filter calls the scale of whole benchmarks; other profiles have their own name."""


class BarScale(NamedTuple):
    """What a bar's left and right end mean, as a score."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Pixels from the left end."""
        return round(_WIDE * (value - self.low) / (self.high - self.low), 1)


def bar_scale(rows: Sequence[ScoreRow], higher_is_better: bool) -> BarScale:
    """From 0 to the largest bound; of bits per byte from the smallest."""
    values = [
        value for row in rows for value in (row.low, row.value, row.high) if value is not None
    ]
    low = min(values, default=0.0)
    low = min(0.0, low) if higher_is_better else low
    high = max(values, default=1.0)
    return BarScale(low, high if high > low else low + 1.0)


def ranking_section(ranking: Ranking, links: SiteLinks, *, opened: bool, up: str = "") -> Markup:
    """A ranking in a fold: its heading says what was measured and how, and the rows follow.

    The attributes `data-task`, `data-metric` and `data-profile` are what filters ask for.
    """
    heading = element("h2", f"{ranking.task} · {ranking.metric}")
    return element(
        "details",
        element("summary", heading, element("span", setting_text(ranking), class_="setting")),
        element(
            "div",
            _table(ranking, links, up),
            class_="scroll",
            role="region",
            tabindex=0,
            aria_label=f"{ranking.task} {ranking.metric}",
        ),
        class_="ranking",
        open=opened,
        data_task=ranking.task,
        data_metric=ranking.metric,
        data_profile=ranking.profile or FULL,
    )


def setting_text(ranking: Ranking) -> str:
    """What all numbers of a ranking have in common, in words."""
    scale = "full scale" if ranking.profile in FULL_SCALE else f"profile {ranking.profile}"
    parts = [scale, f"protocol {ranking.protocol or 'n/a'}"]
    parts += [f"version {ranking.task_version}"] if ranking.task_version else []
    parts += [f"judge {ranking.judge}, baseline {ranking.baseline}"] if ranking.judge else []
    if ranking.higher_is_better:
        parts.append("percent, higher is better")
    else:
        parts.append("bits per byte, lower is better")
    return "; ".join(parts)


def _table(ranking: Ranking, links: SiteLinks, up: str) -> Markup:
    best = {}
    for language in ranking.languages:
        values = [_value(model, language) for model in ranking.models]
        best[language] = best_two(values, ranking.higher_is_better)
    first = [row for model in ranking.models if (row := model.by_language.get(ranking.ranked_by))]
    scale = bar_scale(first, ranking.higher_is_better)
    rows = [_row(ranking, place, best, scale, links, up) for place in range(len(ranking.models))]
    return element(
        "table",
        element(
            "caption",
            f"{ranking.task} {ranking.metric}, ranked by {ranking.ranked_by}",
            class_="unseen",
        ),
        element("thead", element("tr", *_headings(ranking, scale))),
        element("tbody", *rows),
        data_ranked=ranking.ranked_by,
        data_better="high" if ranking.higher_is_better else "low",
    )


def _headings(ranking: Ranking, scale: BarScale) -> list[Markup]:
    ends = [score_text(end, ranking.higher_is_better) for end in scale]
    axis = element("small", f"{ends[0]} to {ends[1]}")
    bar = joined("95 % interval", element("br"), axis)
    names = ("Place", "Model", "Origin", "Size", "Seeds", "n")
    return [
        *(element("th", name, scope="col", data_column=name.lower()) for name in names),
        element("th", bar, scope="col", data_column="interval"),
        *(
            element("th", language, scope="col", data_language=language, data_column=language)
            for language in ranking.languages
        ),
    ]


def _row(
    ranking: Ranking,
    place: int,
    best: dict[str, tuple[set[int], set[int]]],
    scale: BarScale,
    links: SiteLinks,
    up: str,
) -> Markup:
    model = ranking.models[place]
    first = model.first
    ranked = model.by_language.get(ranking.ranked_by)
    page = links.page_of(first)
    name = element("a", model.model, href=f"{up}{page}") if page else model.model
    n = "" if ranked is None or ranked.n is None else f"{ranked.n:,}"
    cells = [
        element("td", "" if model.place is None else str(model.place)),
        element("th", name, scope="row", title=first.source),
        element("td", element("span", model.origin, class_=f"origin {model.origin}")),
        element("td", parameters_text(first.parameters)),
        element("td", str(first.n_seeds) if first.n_seeds > 1 or first.run else ""),
        element("td", n),
        element("td", _bar(ranked, scale)),
    ]
    for language in ranking.languages:
        found = ("best", "second")
        marked = [name for name, at in zip(found, best[language], strict=True) if place in at]
        cells.append(_score(model.by_language.get(language), marked))
    return element("tr", *cells, data_origin=model.origin, data_size=first.parameters)


def _value(model: RankedModel, language: str) -> float | None:
    row = model.by_language.get(language)
    return None if row is None else row.value


def _score(row: ScoreRow | None, marked: Sequence[str]) -> Markup:
    if row is None or row.value is None:
        return element("td", "")
    parts: list[str] = [score_text(row.value, row.higher_is_better)]
    if row.note:
        parts += [element("small", row.note)]
    elif row.low is not None and row.high is not None:
        low, high = (score_text(end, row.higher_is_better) for end in (row.low, row.high))
        parts += [element("small", f"{low}–{high}")]
    return element("td", *parts, class_=" ".join(marked) or None)


def _bar(row: ScoreRow | None, scale: BarScale) -> Markup:
    """The interval as a line and the score as a dot; the same numbers stand beside it as text."""
    if row is None or row.value is None:
        return Markup("")
    marks = []
    if row.low is not None and row.high is not None:
        marks.append(element("path", d=f"M{scale.place(row.low):g} 6H{scale.place(row.high):g}"))
    marks.append(element("circle", cx=f"{scale.place(row.value):g}", cy=6, r=3.5))
    return element("svg", *marks, width=_WIDE, height=_HIGH, class_="interval", aria_hidden="true")
