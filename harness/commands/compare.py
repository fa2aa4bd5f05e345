"""`ultralink-bench compare A B`: compare run records, problem by problem."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness import show
from harness.options.config_options import config_from
from harness.statistics.comparable import check_comparable
from harness.statistics.comparison import Side, effects
from harness.statistics.scores import Hit, MeasuredTask, measure_files
from harness.statistics.verdict import Margins
from leaderboard.contamination import contamination_of
from leaderboard.records import RunRecord, read_record
from leaderboard.run_tables import comparison_table
from ultralink_data.errors import ConfigError, DataError


def compare(arguments: argparse.Namespace) -> int:
    """Print the paired effects of B against A; each is a record file or a folder of records.

    Records of a folder are matched by seed; with three or more on both sides there are verdicts.
    """
    if len(arguments.a) != 2:
        raise ConfigError(
            f"compare takes two sides, got {len(arguments.a)}",
            hint="give two record files, or two folders of records",
        )
    first, second = (_records(path) for path in arguments.a)
    first, second = _matched(first, second)
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
    found = effects(b, a, margins)
    if not found:
        raise DataError(
            f"{arguments.a[0]} and {arguments.a[1]} share no task, language and metric",
            hint="evaluate both on the same tasks",
        )
    show.print_tables([comparison_table(names[0], names[1], found)])
    return 0


Records = list[tuple[Path, RunRecord]]


def _records(path: Path) -> Records:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path} has no records", hint="run records are .json files")
    return [(file, read_record(file)) for file in files]


def _matched(first: Records, second: Records) -> tuple[Records, Records]:
    """Sort both sides by seed and keep the seeds that both have; single records always match.

    Raises:
        DataError: the records are not comparable, or do not match seed by seed.
    """
    for sentence in check_comparable([record for _, record in (*first, *second)]):
        show.warn(sentence)
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
