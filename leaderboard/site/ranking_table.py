"""A ranking as HTML: small, as the first page has all of them, and with the intervals as bars."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from leaderboard.ranking import FULL_SCALE, RankedModel, Ranking, best_two
from leaderboard.ranking_tables import unit_text
from leaderboard.row_filters import FULL
from leaderboard.score_rows import ScoreRow
from leaderboard.site.markup import Markup, element, joined
from leaderboard.site.site_links import SiteLinks
from leaderboard.table import is_share, parameters_text, score_text

_WIDE: Final = 120
"""Width of a bar in pixels."""
_HIGH: Final = 12

_BREAK: Final = element("br")
_SHORT: Final = ("floor", "ceiling")
"""Notes that stand in the cell itself."""


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
    table = _RankingTable(ranking, links, up)
    rows = table.html()
    notes = [element("ol", *(element("li", note) for note in table.notes), class_="notes")]
    return element(
        "details",
        element("summary", heading, element("span", setting_text(ranking), class_="setting")),
        element(
            "div",
            rows,
            class_="scroll",
            role="region",
            tabindex=0,
            aria_label=f"{ranking.task} {ranking.metric}; {setting_text(ranking)}",
        ),
        *(notes if table.notes else ()),
        *([element("p", f"{source}.", class_="caption")] if (source := _sources(ranking)) else ()),
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
    unit = unit_text(ranking)
    parts.append("percent, higher is better" if unit == "percent" else unit)
    return "; ".join(parts)


def _sources(ranking: Ranking) -> str:
    """Where the numbers that were not measured here stand."""
    found: dict[str, dict[str, None]] = {}
    for model in ranking.models:
        if model.origin != "own":
            found.setdefault(model.origin, {})[model.first.source] = None
    return ". ".join(f"{origin.title()}: {'; '.join(names)}" for origin, names in found.items())


class _RankingTable:
    """The parts of one ranking's table; `notes` are the remarks met so far, in their order."""

    def __init__(self, ranking: Ranking, links: SiteLinks, up: str) -> None:
        self._ranking = ranking
        self._links = links
        self._up = up
        self.notes: list[str] = []
        self._best = {
            language: best_two(
                [_value(model, language) for model in ranking.models], ranking.higher_is_better
            )
            for language in ranking.languages
        }
        by = ranking.ranked_by
        first = [row for model in ranking.models if (row := model.by_language.get(by))]
        self._scale = bar_scale(first, ranking.higher_is_better)

    def html(self) -> Markup:
        ranking = self._ranking
        name = f"{ranking.task} {ranking.metric}, ranked by {ranking.ranked_by}"
        rows = [self._row(place, model) for place, model in enumerate(ranking.models)]
        return element(
            "table",
            element("caption", name, class_="unseen"),
            element("thead", element("tr", *self._headings())),
            element("tbody", *rows),
            data_ranked=ranking.ranked_by,
            data_better="high" if ranking.higher_is_better else "low",
        )

    def _headings(self) -> list[Markup]:
        low, high = (score_text(end, self._ranking.higher_is_better) for end in self._scale)
        bar = joined("95 % interval", _BREAK, element("small", f"{low} to {high}"))
        names = ("Place", "Model", "Origin", "Size", "Seeds", "n")
        return [
            *(element("th", name, scope="col", data_column=name.lower()) for name in names),
            element("th", bar, scope="col", data_column="interval"),
            *(
                element("th", language, scope="col", data_language=language, data_column=language)
                for language in self._ranking.languages
            ),
        ]

    def _row(self, place: int, model: RankedModel) -> Markup:
        first = model.first
        ranked = model.by_language.get(self._ranking.ranked_by)
        page = self._links.page_of(first)
        name = element("a", model.model, href=f"{self._up}{page}") if page else model.model
        n = "" if ranked is None or ranked.n is None else f"{ranked.n:,}"
        cells = [
            element("td", "" if model.place is None else str(model.place)),
            element("th", name, scope="row"),
            element("td", element("span", model.origin, class_=f"origin {model.origin}")),
            element("td", parameters_text(first.parameters)),
            element("td", str(first.n_seeds) if first.n_seeds > 1 or first.run else ""),
            element("td", n),
            element("td", _bar(ranked, self._scale)),
        ]
        for language in self._ranking.languages:
            best, second = (place in places for places in self._best[language])
            row = model.by_language.get(language)
            cells.append(self._score(row, best=best, second=second))
        return element("tr", *cells, data_origin=model.origin, data_size=first.parameters)

    def _score(self, row: ScoreRow | None, *, best: bool, second: bool) -> Markup:
        """Score and interval; a remark stands among the notes, a number leads to it."""
        if row is None or row.value is None:
            return element("td", "")
        value: str = score_text(row.value, row.higher_is_better)
        parts = [element("u", value) if second else value]
        if row.note and row.note not in _SHORT:
            said = f"{row.model}: {row.note}"
            if said not in self.notes:
                self.notes.append(said)
            parts.append(element("sup", str(self.notes.index(said) + 1)))
        elif row.note:
            parts += [_BREAK, element("small", row.note)]
        percent = row.higher_is_better and is_share(row.value)
        if row.low is not None and row.high is not None and row.note not in _SHORT:
            low, high = (score_text(end, percent) for end in (row.low, row.high))
            parts += [_BREAK, element("small", f"{low}–{high}")]
        # Places are by the whole value: two that are written alike are not thereby equal.
        exact = f"{(100 if percent else 1) * row.value:.9g}"
        rounded = exact != f"{float(value):.9g}"
        return element(
            "td", *parts, class_="best" if best else None, data_value=exact if rounded else None
        )


def _value(model: RankedModel, language: str) -> float | None:
    row = model.by_language.get(language)
    return None if row is None else row.value


def _bar(row: ScoreRow | None, scale: BarScale) -> Markup:
    """The interval as a line and the score as a dot; the same numbers stand beside it as text."""
    if row is None or row.value is None:
        return Markup("")
    marks = []
    if row.low is not None and row.high is not None:
        marks.append(element("path", d=f"M{scale.place(row.low):g} 6H{scale.place(row.high):g}"))
    marks.append(element("circle", cx=f"{scale.place(row.value):g}", cy=6, r=3.5))
    return element("svg", *marks, width=_WIDE, height=_HIGH, class_="interval", aria_hidden="true")
