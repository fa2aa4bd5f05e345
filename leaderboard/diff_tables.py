"""Tables of what changed between two datasets."""

from collections.abc import Iterator, Mapping, Sequence

from leaderboard.flat_values import flat_values
from leaderboard.stage_tables import settings
from leaderboard.table import (
    Cell,
    Table,
    TableRow,
    label_columns,
    number_cell,
    text_cell,
    text_table,
)
from ultralink_data.store.dataset import Manifest
from ultralink_data.whole.diff import CellDiff, Diff, Example

_COUNTS = ("added", "removed", "changed", "relabelled", "moved_in", "moved_out")


def diff_tables(
    found: Diff, before: Manifest | None, after: Manifest | None, counted: str
) -> list[Table]:
    """Tables of rows, lengths, how each was made, and examples; empty tables are left out."""
    tables = [rows_table(found.cells), lengths_table(found.cells, counted)]
    if before is not None and after is not None:
        tables.append(made_table(before, after))
    if found.examples:
        tables.append(examples_table(found.examples))
    return [table for table in tables if table.rows]


def rows_table(cells: Sequence[CellDiff]) -> Table:
    """Rows by language and kind: before, after, and how they changed."""
    names = ("language", "kind", "before", "after", *(x.replace("_", " ") for x in _COUNTS))
    rows = [
        TableRow(
            cells=(
                text_cell(cell.language),
                text_cell(cell.kind),
                number_cell(cell.before.rows),
                number_cell(cell.after.rows),
                *(_count(getattr(cell, name)) for name in _COUNTS),
            )
        )
        for cell in cells
    ]
    sums = [sum(getattr(cell, name) for cell in cells) for name in _COUNTS]
    both = [sum(getattr(cell, side).rows for cell in cells) for side in ("before", "after")]
    total = (text_cell("all"), text_cell(""), *map(number_cell, both), *map(_count, sums))
    return Table(
        title="Rows",
        columns=label_columns(names),
        rows=(*rows, TableRow(cells=total, section=True)),
        notes=(
            "changed: the same id with other turns; relabelled: with the same turns and another "
            "source, parent, model or prompt",
            "moved: the same turns under another id or kind",
        ),
    )


def lengths_table(cells: Sequence[CellDiff], counted: str) -> Table:
    """Turns, tokens and quantiles of lengths where they differ."""
    names = ("language", "kind", "turns", "tokens", "10 %", "50 %", "90 %")
    rows = []
    for cell in cells:
        one, other = cell.before, cell.after
        if one != other:
            pairs = [(one.turns, other.turns), (one.tokens, other.tokens)]
            pairs += list(zip(one.lengths, other.lengths, strict=True))
            texts = [text_cell(f"{a:,} → {b:,}" if a != b else f"{a:,}") for a, b in pairs]
            rows.append(TableRow(cells=(text_cell(cell.language), text_cell(cell.kind), *texts)))
    return Table(
        title="Turns and tokens, and quantiles of the tokens of a dialogue",
        columns=label_columns(names),
        rows=tuple(rows),
        notes=(f"tokens: {counted}",),
    )


def made_table(before: Manifest, after: Manifest) -> Table:
    """Recipe, parents, code, rejects and settings of the stages, where they differ."""
    rows = [
        (name, _short(one), _short(other))
        for name, one, other in _fields(before, after)
        if one != other
    ]
    names = ("", "before", "after")
    return text_table("How they were made", names, rows, wrap=names)


def _fields(before: Manifest, after: Manifest) -> Iterator[tuple[str, str, str]]:
    for name in ("fingerprint", "recipe", "code_version"):
        yield name.replace("_", " "), getattr(before, name), getattr(after, name)
    yield "packages", _versions(before.packages), _versions(after.packages)
    yield "parents", ", ".join(before.parents), ", ".join(after.parents)
    for reason in sorted(before.dropped.keys() | after.dropped.keys()):
        counts = [f"{manifest.dropped.get(reason, 0):,}" for manifest in (before, after)]
        yield f"dropped: {reason}", counts[0], counts[1]
    sides = [_settings(manifest) for manifest in (before, after)]
    for name in sorted(sides[0].keys() | sides[1].keys()):
        yield name, sides[0].get(name, "(none)"), sides[1].get(name, "(none)")


def _versions(packages: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in packages.items())


def _settings(manifest: Manifest) -> dict[str, str]:
    """Settings of the stages by path; stages with the same name are told apart by position."""
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for stage in manifest.stages:
        name = stage.stage.name
        seen[name] = seen.get(name, 0) + 1
        label = name if seen[name] == 1 else f"{name} {seen[name]}"
        found[f"{label}: inputs"] = ", ".join(stage.stage.inputs)
        found[f"{label}: code version"] = stage.stage.code_version
        found[f"{label}: packages"] = _versions(stage.stage.packages)
        found |= flat_values(f"{label}: ", settings(stage))
    return found


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def examples_table(examples: Sequence[Example]) -> Table:
    """Examples of rows that differ; long texts are cut."""
    rows = [(x.what, f"{x.language} {x.kind}", x.id, x.before, x.after) for x in examples]
    names = ("what", "where", "id", "before", "after")
    return text_table("Examples", names, rows, wrap=names[2:])


def _count(number: int) -> Cell:
    return number_cell(number, "strong" if number else "muted")
