"""`ultralink-bench compare A B`: compare run records, problem by problem."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness import show
from harness.options.config_options import config_from
from harness.statistics.comparable import check_comparable
from harness.statistics.comparison import About, Side, average_cells, effects, pooled_cells
from harness.statistics.left_out import gaps
from harness.statistics.measured import MeasuredTask
from harness.statistics.scores import Hit, measure_files
from harness.statistics.verdict import Margins
from leaderboard.contamination import contamination_notes, contamination_of
from leaderboard.records import RunRecord, read_record
from leaderboard.run_tables import comparison_table
from ultralink_data.errors import ConfigError, DataError


def compare(arguments: argparse.Namespace) -> int:
    """Print the paired effects of B against A; each is a record file or a folder of records.

    Records of a folder are matched by seed. With three or more on both sides the table is about the
    recipes that trained them; with one a side it is about these two models.
    """
    if len(arguments.a) != 2:
        raise ConfigError(
            f"compare takes two sides, got {len(arguments.a)}",
            hint="give two record files, or two folders of records",
        )
    whole = tuple(_records(path) for path in arguments.a)
    doubts = check_comparable([record for records in whole for _, record in records])
    first, second = _matched(*whole)
    names = [
        _name(records, path) for records, path in zip((first, second), arguments.a, strict=True)
    ]
    if names[0] == names[1]:
        names = ["A", "B"]
    hit = _hit([record for _, record in (*first, *second)])
    a, b = (
        Side(name=name, runs=tuple(_measured(path, record, hit) for path, record in records))
        for name, records in zip(names, (first, second), strict=True)
    )
    margins = config_from(arguments, Margins)
    about = About.MODELS if len(a.runs) == 1 else About.RECIPES
    found = effects(b, a, margins, about=about)
    left_out = gaps(b, a, found)
    if not found:
        why = next((f" {gap.language}: {gap.text}" for gap in left_out if gap.language), "")
        raise DataError(
            f"{arguments.a[0]} and {arguments.a[1]} share no task, language and metric"
            + (f" with scored problems ({why.strip()})" if why else ""),
            hint="both need problems that every run scored, of two clusters or more"
            if why
            else "evaluate both on the same tasks",
        )
    scores = {
        name: [*average_cells(side), *pooled_cells(side)] for name, side in (("A", a), ("B", b))
    }
    table = comparison_table(
        _described(names[0], first),
        _described(names[1], second),
        found,
        scores,
        gaps=left_out,
        about=about.value,
        notes=(
            *doubts,
            *_dropped_seeds(whole, (first, second)),
            *contamination_notes(_all(first, second)),
        ),
    )
    show.print_tables([table])
    return 0


Records = list[tuple[Path, RunRecord]]


def _described(name: str, records: Records) -> str:
    """A side's name, its seeds, its context and what its endpoint did not accept."""
    seeds = [str(record.seed) for _, record in records if record.seed is not None]
    lengths = {record.generation.max_length for _, record in records}
    left_out = {str(name): None for _, r in records for name in r.config.get("left_out", ())}
    parts = [f"seed{'' if len(seeds) == 1 else 's'} {', '.join(seeds)}"] if seeds else []
    parts += [
        "context not known" if length is None else f"max_length {length}"
        for length in sorted(lengths, key=lambda length: (length is None, length or 0))
    ]
    if left_out:
        parts.append(f"the endpoint did not take {', '.join(left_out)} and used its own")
    return f"{name} ({'; '.join(parts)})"


def _dropped_seeds(whole: Sequence[Records], kept: Sequence[Records]) -> list[str]:
    """A note for each side with seeds that the other lacks."""
    notes = []
    for side, all_records, records in zip(("A", "B"), whole, kept, strict=True):
        used = {path for path, _ in records}
        dropped = [
            "none" if record.seed is None else str(record.seed)
            for path, record in all_records
            if path not in used
        ]
        if dropped:
            notes.append(
                f"left out: {len(dropped)} of {len(all_records)} records of {side}, whose seeds "
                f"the other side lacks ({', '.join(dropped)})"
            )
    return notes


def _all(first: Records, second: Records) -> list[RunRecord]:
    return [record for _, record in (*first, *second)]


def _records(path: Path) -> Records:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path} has no records", hint="run records are .json files")
    return [(file, read_record(file)) for file in files]


def _matched(first: Records, second: Records) -> tuple[Records, Records]:
    """Sort both sides by seed and keep the seeds that both have; single records always match.

    Raises:
        DataError: the records do not match seed by seed.
    """
    if len(first) == len(second) == 1:
        return first, second
    by_seed = [{record.seed: (path, record) for path, record in side} for side in (first, second)]
    seeds = sorted(by_seed[0].keys() & by_seed[1].keys() - {None}, key=lambda seed: seed or 0)
    for side, found in zip((first, second), by_seed, strict=True):
        if len(found) != len(side):
            raise DataError(
                f"{side[0][0].parent} has {len(side)} records of {len(found)} seeds",
                hint="a side is one record, or one folder with one record per seed",
            )
    if not seeds:
        raise DataError(
            f"the records in {first[0][0].parent} and {second[0][0].parent} share no seed",
            hint="a side is one record, or one folder with one record per seed",
        )
    return [by_seed[0][s] for s in seeds], [by_seed[1][s] for s in seeds]


def _measured(path: Path, record: RunRecord, hit: Hit) -> tuple[MeasuredTask, ...]:
    return tuple(measure_files(path.parent, record.cells, hit))


def _hit(records: Sequence[RunRecord]) -> Hit:
    """The problems that any of the models has seen, for tasks reported in every record."""
    found = [contamination_of(record) for record in records]
    known = [one.items for one in found if one is not None]
    if len(known) < len(records):
        return {}
    tasks = set.intersection(*(set(items) for items in known))
    return {task: frozenset(name for items in known for name in items[task]) for task in tasks}


def _name(records: Records, path: Path) -> str:
    record = records[0][1]
    return record.variant or record.model or path.stem
