"""The datasets of a store: how many rows they have, and how long their answers are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from leaderboard.dataset_tables import counts_table
from leaderboard.paper.answer_lengths import dataset_lengths, length_figure
from leaderboard.paper.paper_parts import (
    FileNames,
    PaperFigure,
    PaperOptions,
    PaperSection,
    PaperTable,
)
from leaderboard.published.printed_scores import printed_table, published_sources
from leaderboard.table import Cell, Column, Table, TableRow, number_cell, text_cell
from ultralink_data.dialogue import KINDS
from ultralink_data.errors import DataError
from ultralink_data.store.dataset import MANIFEST, Manifest, read_manifest

_SHOWN: Final = 12
_LONG: Final = 48


class StoredDataset(NamedTuple):
    """A dataset of the store and its folder."""

    folder: Path
    manifest: Manifest


def dataset_section(store: Path, options: PaperOptions, names: FileNames) -> PaperSection:
    """All datasets, the largest one by language, and what is published of others."""
    found, missing = _stored(store)
    parts: list[PaperTable | PaperFigure] = []
    if found:
        parts.append(PaperTable(name=names("datasets"), table=_overview(found, options)))
        largest = max(found, key=_rows)
        title = f"Rows of the largest dataset: {_recipe(largest).text}"
        counts = counts_table(title, largest.manifest.counts, largest.manifest.dropped)
        parts.append(PaperTable(name=names("largest dataset"), table=counts))
        try:
            boxes = dataset_lengths(largest.folder, largest.manifest.release_names)
        except DataError as error:
            missing.append(f"lengths of answers in the largest dataset: {error.message}")
        else:
            if boxes:
                parts.append(
                    PaperFigure(
                        name=names("dataset answer lengths"),
                        caption="Lengths of the answers in the largest dataset, by kind and "
                        "language: boxes from 25 to 75 %, whiskers from 5 to 95 %.",
                        draw=lambda: length_figure(boxes),
                    )
                )
    else:
        missing.append(f"datasets ({store / 'datasets'} holds none)")
    parts.append(PaperTable(name=names("published datasets"), table=_published()))
    return PaperSection(title="Datasets", parts=tuple(parts), missing=tuple(missing))


def _stored(store: Path) -> tuple[list[StoredDataset], list[str]]:
    """The datasets below `datasets/`, each content once, by name; and what cannot be read."""
    found: dict[str, StoredDataset] = {}
    missing = []
    for path in sorted((store / "datasets").glob(f"*/{MANIFEST}")):
        try:
            manifest = read_manifest(path.parent)
        except DataError as error:
            missing.append(f"the dataset {path.parent.name}: {error.message}")
        else:
            found.setdefault(manifest.fingerprint, StoredDataset(path.parent, manifest))
    return sorted(found.values(), key=lambda one: (one.manifest.recipe, str(one.folder))), missing


def _rows(one: StoredDataset) -> int:
    return sum(count.rows for count in one.manifest.counts)


def _overview(found: Sequence[StoredDataset], options: PaperOptions) -> Table:
    rows = []
    for one in found:
        cells = one.manifest.counts
        by_kind = [sum(c.rows for c in cells if c.kind == kind) for kind in KINDS]
        totals = [sum(getattr(c, name) for c in cells) for name in ("rows", "turns", "bytes")]
        languages = len({c.language for c in cells if c.rows})
        prints = (text_cell(one.manifest.fingerprint[:_SHOWN]),) if options.footnotes else ()
        counts = map(number_cell, (languages, *by_kind, *totals))
        rows.append(TableRow(cells=(_recipe(one), *counts, *prints)))
    numbers = ("languages", *KINDS, "dialogues", "turns", "bytes")
    return Table(
        title="Datasets",
        columns=(
            Column(name="dataset", wrap=True),
            *(Column(name=name.replace("_", " "), align="right") for name in numbers),
            *((Column(name="fingerprint"),) if options.footnotes else ()),
        ),
        rows=tuple(rows),
        caption="Rows by kind; turns are messages; bytes of text in UTF-8.",
    )


def _recipe(one: StoredDataset) -> Cell:
    """What made a dataset, cut where it is long; whole in CSV."""
    recipe = one.manifest.recipe
    return Cell(text=recipe if len(recipe) <= _LONG else f"{recipe[:_LONG]}...", raw=recipe)


def _published() -> Table:
    """The dataset table of UltraLink's README, as it is printed there."""
    lines = printed_table("datasets")
    first = published_sources()[0]
    rows = []
    for line in lines:
        name, *values = line.values()
        rows.append(TableRow(cells=(text_cell(name), *map(_printed, values))))
    return Table(
        title="Published numbers of other datasets",
        columns=tuple(
            Column(name=name, align="left" if name == "dataset" else "right") for name in lines[0]
        ),
        rows=tuple(rows),
        caption="As printed; question, answer and turn: average tokens, of a tokenizer that the "
        "source does not name.",
        notes=(f"source: {first.repository} {first.path} at {first.commit[:_SHOWN]}, Comparison",),
    )


def _printed(text: str) -> Cell:
    return Cell(text=text, raw=text)
