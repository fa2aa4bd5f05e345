"""What the data of each variant have more or less of than the reference's: rows and tokens."""

from collections import Counter
from typing import Final

from leaderboard.records import ALL_LANGUAGES, ExperimentReport, VariantRow
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    count_text,
    label_cells,
    ordered_languages,
)

_NONE: Final = "="


def data_difference_table(report: ExperimentReport) -> Table | None:
    """Rows and learned tokens by language and kind, against the reference; None without another.

    Languages in which a variant has the same rows and tokens as the reference are left out.
    """
    by_name = {variant.name: variant for variant in report.variants}
    reference = by_name[report.reference]
    others = [variant for variant in report.variants if variant is not reference]
    kinds = list(dict.fromkeys(t.kind for v in report.variants for t in v.trained))
    rows = [row for other in others for row in _variant_rows(other, reference, kinds)]
    if not rows:
        return None
    return Table(
        title=f"{report.experiment}: training data against {report.reference}",
        columns=(
            Column(name="Variant", wrap=True),
            Column(name="Language"),
            *(Column(name=kind, align="right") for kind in (*kinds, ALL_LANGUAGES)),
        ),
        rows=tuple(rows),
        caption="Rows seen in training / assistant tokens learned from, more (+) or fewer (-) than "
        f"the reference; {_NONE}: as many. First seed.",
    )


def _variant_rows(variant: VariantRow, reference: VariantRow, kinds: list[str]) -> list[TableRow]:
    rows, tokens = (_changes(variant, reference, field) for field in ("rows", "tokens"))
    changed = {key[0] for counts in (rows, tokens) for key, change in counts.items() if change}
    found: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for language in ordered_languages(changed):
        labels = (variant.name, language)
        cells = [
            _change_cell(rows[language, kind], tokens[language, kind])
            for kind in (*kinds, ALL_LANGUAGES)
        ]
        found.append(TableRow(cells=(*label_cells(labels, above), *cells), section=above is None))
        above = labels
    return found


def _changes(variant: VariantRow, reference: VariantRow, field: str) -> Counter[tuple[str, str]]:
    """The difference of a count by language and kind, with sums over each and over both."""
    found: Counter[tuple[str, str]] = Counter()
    for side, sign in ((variant, 1), (reference, -1)):
        for one in side.trained:
            for language in (one.language, ALL_LANGUAGES):
                for kind in (one.kind, ALL_LANGUAGES):
                    found[language, kind] += sign * getattr(one, field)
    return found


def _change_cell(rows: int, tokens: int) -> Cell:
    if not rows and not tokens:
        return Cell(text=_NONE, raw=0, emphasis="muted")
    text = f"{_signed_count(rows)} / {_signed_count(tokens)}"
    return Cell(text=text, raw=rows, beside=(("tokens", tokens),))


def _signed_count(count: int) -> str:
    sign = "+" if count > 0 else "-" if count < 0 else ""
    return f"{sign}{count_text(abs(count))}"
