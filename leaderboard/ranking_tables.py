"""Rankings as tables: scores, their intervals as numbers and drawn on a common scale."""

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from leaderboard.fitting import width
from leaderboard.interval_spark import Scale, Spread, common_scale, spark
from leaderboard.ranking import RankedModel, Ranking
from leaderboard.records import Interval
from leaderboard.row_filters import FULL
from leaderboard.score_rows import ScoreRow
from leaderboard.table import (
    Align,
    Cell,
    Column,
    Raw,
    Table,
    TableRow,
    bounds,
    count_text,
    interval_text,
    is_share,
    number_cell,
    score_text,
    text_cell,
)
from ultralink_data.errors import unknown_name

_NO_LANGUAGE: Final = "no language"
"""The name of the scores of a task whose source names no language."""
USUAL: Final = ("place", "model", "score", "interval", "languages")
"""The columns that are shown unasked; `languages` are those that are not ranked by."""

_FLAT: Final = tuple(
    name for name in ScoreRow.__struct_fields__ if name not in ("record", "runs", "over")
)
"""The fields of a score that are one value, and say something beside the others."""

DRAWN: Final = "interval"
"""The column that draws, which belongs in a terminal and not in a file of numbers."""

_LEFT_OUT_FIRST: Final = ("parameters", DRAWN)
"""What a narrow terminal goes without, in this order: the numbers and their origin stay."""


class RankingColumn(NamedTuple):
    """A column: its head, what its cells are made of, and whether large numbers come first."""

    head: str
    align: Align
    cell: Callable[[RankedModel], Cell]
    falls: bool = False


def ranking_table(
    ranking: Ranking,
    columns: Sequence[str] = (),
    sort: str = "",
    *,
    drawn: bool = True,
    plain: bool = False,
    most: int | None = None,
) -> Table:
    """One ranking: a row for each model.

    `columns` are chosen by their words, else the `USUAL` ones and those that say more than one
    thing; `sort` is the word of one, else models stand by their place. `drawn` adds the drawings
    unasked; `plain` makes them of ASCII. Where the table would be wider than `most` terminal
    columns, sizes and drawings that nobody asked for are left out, which a note says.

    Raises:
        ConfigError: no ranking has such a column; names the nearest.
    """
    known = _columns(ranking, plain=plain)
    chosen = [x for x in _chosen(ranking, known, columns) if drawn or columns or x != DRAWN]
    models = list(ranking.models)
    if sort:
        models = _sorted(models, known[_word(sort, known)])
    left_out: list[str] = []

    def made() -> Table:
        shown = [x for x in chosen if x not in left_out]
        note = f"too narrow for {' and '.join(left_out)}; --columns chooses what is shown"
        return Table(
            title=f"{ranking.task}: {ranking.metric}, {_setting(ranking)}",
            columns=tuple(Column(name=known[x].head, align=known[x].align) for x in shown),
            rows=tuple(TableRow(cells=tuple(known[x].cell(m) for x in shown)) for m in models),
            caption=_caption(ranking, DRAWN in shown, _word(sort, known) if sort else "place"),
            notes=(note,) if left_out else (),
        )

    table = made()
    for word in () if columns else _LEFT_OUT_FIRST:
        if word in chosen and most is not None and width(table) > most:
            left_out.append(word)
            table = made()
    return table


def flat_table(rankings: Iterable[Ranking]) -> Table:
    """All rankings as one tidy table: the place of a model, and a row for each of its scores."""
    names = ("place", *_FLAT)
    rows = [
        TableRow(cells=tuple(_plain_cell(value) for value in (model.place, *_values(row))))
        for ranking in rankings
        for model in ranking.models
        for row in model.by_language.values()
    ]
    return Table(
        title="Rankings", columns=tuple(Column(name=name) for name in names), rows=tuple(rows)
    )


def _values(row: ScoreRow) -> Iterable[Raw]:
    return (getattr(row, name) for name in _FLAT)


def _plain_cell(value: Raw) -> Cell:
    return Cell(text="" if value is None else str(value), raw=value)


def _columns(ranking: Ranking, *, plain: bool) -> dict[str, RankingColumn]:
    """Every column that a ranking has, by its word."""
    by = ranking.ranked_by
    scale = common_scale(map(_spread, _rows(ranking)))
    found = {
        "place": RankingColumn("#", "right", lambda m: _plain_cell(m.place)),
        "model": RankingColumn("Model", "left", lambda m: text_cell(m.model)),
        "origin": RankingColumn("Origin", "left", lambda m: text_cell(m.origin)),
        "score": _scores(ranking, by, with_interval=True),
        DRAWN: RankingColumn(
            "95 % interval", "left", lambda m: _drawn(m.by_language.get(by), scale, plain=plain)
        ),
        "error": RankingColumn("SE", "right", lambda m: _error(m.by_language.get(by))),
        "n": RankingColumn("n", "right", lambda m: _count(m.by_language.get(by)), falls=True),
        "seeds": RankingColumn(
            "Seeds", "right", lambda m: number_cell(m.first.n_seeds), falls=True
        ),
        "parameters": RankingColumn("Size", "right", _size, falls=True),
        "source": RankingColumn("Source", "left", lambda m: text_cell(m.first.source)),
    }
    for language in ranking.languages:
        found[language] = _scores(ranking, language, with_interval=False)
    return found


def _scores(ranking: Ranking, language: str, *, with_interval: bool) -> RankingColumn:
    return RankingColumn(
        language or _NO_LANGUAGE,
        "right",
        lambda model: _score(model.by_language.get(language), with_interval=with_interval),
        falls=ranking.higher_is_better,
    )


def _rows(ranking: Ranking) -> list[ScoreRow]:
    """The rows that models are ranked by."""
    by = ranking.ranked_by
    return [model.by_language[by] for model in ranking.models if by in model.by_language]


def _score(row: ScoreRow | None, *, with_interval: bool) -> Cell:
    """A score, with its interval if asked for; at floor or ceiling that word replaces it."""
    if row is None:
        return Cell(text="")
    parts = [score_text(row.value, row.higher_is_better)]
    interval = _interval(row) if with_interval else None
    if row.note in ("floor", "ceiling"):
        parts.append(row.note)
    elif interval is not None:
        parts.append(interval_text(interval, row.higher_is_better and is_share(row.value)))
    beside = () if interval is None else bounds(interval.low, interval.high)
    return Cell(text=" ".join(parts), raw=row.value, beside=beside)


def _interval(row: ScoreRow) -> Interval | None:
    if row.low is None or row.high is None:
        return None
    return Interval(low=row.low, high=row.high)


def _spread(row: ScoreRow) -> Spread:
    """What is drawn of a number: where every answer is the same its interval says only how few."""
    if row.note in ("floor", "ceiling"):
        return Spread(None, row.value, None)
    return Spread(row.low, row.value, row.high)


def _drawn(row: ScoreRow | None, scale: Scale | None, *, plain: bool) -> Cell:
    return Cell(text="" if row is None else spark(_spread(row), scale, plain=plain))


def _error(row: ScoreRow | None) -> Cell:
    if row is None or row.standard_error is None:
        return Cell(text="")
    return Cell(text=score_text(row.standard_error, row.higher_is_better), raw=row.standard_error)


def _count(row: ScoreRow | None) -> Cell:
    return Cell(text="") if row is None or row.n is None else number_cell(row.n)


def _size(model: RankedModel) -> Cell:
    count = model.first.parameters
    return Cell(text="") if count is None else Cell(text=count_text(count), raw=count)


def _chosen(ranking: Ranking, known: Collection[str], columns: Sequence[str]) -> Sequence[str]:
    others = [language for language in ranking.languages if language != ranking.ranked_by]
    if not columns:
        firsts = [model.first for model in ranking.models]
        said = {
            "n": any(row.n is not None for row in _rows(ranking)),
            "origin": len({row.origin for row in firsts} | {"own"}) > 1,
            "seeds": len({row.n_seeds for row in firsts}) > 1,
            "parameters": len({row.parameters for row in firsts}) > 1,
        }
        columns = (*USUAL, *(word for word, shown in said.items() if shown))
    return [
        language
        for word in columns
        for language in (others if word == "languages" else (_word(word, known),))
        if language in known
    ]


def _word(word: str, known: Collection[str]) -> str:
    if word not in known:
        raise unknown_name("column", word, [*known, "languages"])
    return word


def _sorted(models: Sequence[RankedModel], column: RankingColumn) -> list[RankedModel]:
    """By a column, its best or largest first; what has nothing there comes last."""
    filled: list[tuple[Any, RankedModel]] = []  # of one column all are texts or all are numbers
    empty = []
    for model in models:
        value = column.cell(model).raw
        if value is None or value == "":
            empty.append(model)
        else:
            filled.append((value, model))
    filled.sort(key=itemgetter(0), reverse=column.falls)
    return [model for _, model in filled] + empty


def _setting(ranking: Ranking) -> str:
    """What the numbers have in common, in a few words."""
    said = [
        ranking.profile or f"{FULL} scale",
        f"protocol {ranking.protocol}" * bool(ranking.protocol),
    ]
    said.append(f"version {ranking.task_version}" * bool(ranking.task_version))
    if ranking.judge:
        said.append(f"judged by {ranking.judge} against {ranking.baseline}")
    return ", ".join(filter(None, said))


def unit_text(ranking: Ranking) -> str:
    """What the scores are; those of other harnesses may be neither shares nor bits."""
    if not ranking.higher_is_better:
        bits = ranking.metric.startswith(("bpb", "bits_per_byte"))
        return "bits per byte, lower is better" if bits else "lower is better"
    return "percent" if all(is_share(row.value) for row in _rows(ranking)) else "higher is better"


def _caption(ranking: Ranking, drawn: bool, sort: str) -> str:
    by = ranking.ranked_by or _NO_LANGUAGE
    sorted_by = f", sorted by {sort}" * (sort not in ("place", "score", ranking.ranked_by))
    text = f"Ranked by {by}{sorted_by}; {unit_text(ranking)}"
    scale = common_scale(map(_spread, _rows(ranking)))
    if not drawn or scale is None:
        return f"{text}."
    ends = [score_text(end, ranking.higher_is_better) for end in scale]
    return f"{text}. Drawings run from {ends[0]} to {ends[1]}."
