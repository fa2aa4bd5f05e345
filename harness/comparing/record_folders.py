"""Run records, found anywhere under a folder, as sides: one for each variant or model.

A folder may be what `run` or `eval` wrote, a copy of it, one with links to records, or one that
holds several of them. Records are told from other JSON by their own first fields.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.comparing.given import GivenRun, GivenSide, Origin
from leaderboard.record_files import files_under, kind_of, looks_damaged
from leaderboard.records import RunRecord, read_record, read_report
from ultralink_data.errors import ConfigError, DataError

Found = list[tuple[Path, RunRecord]]


def read_records(path: Path) -> tuple[Found, str]:
    """All records in a file or under a folder, and the reference that a report names, or "".

    Those of models from the midst of a training are passed over beside others.

    Raises:
        DataError: a file that is a record, or was given as one, cannot be read.
    """
    if not path.is_dir():
        return [(path, read_record(path))], ""
    records: Found = []
    references: dict[str, None] = {}
    for file in files_under(path, ".json"):
        kind = kind_of(file)
        if kind == "eval" or (not kind and looks_damaged(file)):
            records.append((file, read_record(file)))
        elif kind == "experiment":
            references[read_report(file).reference] = None
    whole = [(file, record) for file, record in records if record.at_step is None]
    return whole or records, next(iter(references)) if len(references) == 1 else ""


def record_sides(path: Path) -> list[GivenSide]:
    """The sides in a file or folder, the reference of a report first, else the oldest first.

    Raises:
        DataError: a record cannot be read, or two trainings of one variant and seed differ.
        ConfigError: a record was imported: whether it was asked as others were is not known.
    """
    records, reference = read_records(path)
    for file, record in records:
        if record.imported is not None:
            raise ConfigError(
                f"{file} was imported from {record.imported.harness}, which graded it",
                hint="compare the files that it wrote: results of lm-eval with samples, or rows of "
                "problem_id and score",
            )
    groups: dict[tuple[str, str, str], Found] = {}
    for file, record in sorted(records, key=lambda found: found[1].started):
        at = "" if record.at_step is None else f" at step {record.at_step}"
        key = (record.experiment or "", record.profile or "", (record.variant or record.model) + at)
        groups.setdefault(key, []).append((file, record))
    sides = []
    for key, found in groups.items():
        alone = sum(other[2] == key[2] for other in groups) == 1
        name = key[2] if alone else "/".join(filter(None, key))
        sides += sides_of(name, path, found)
    return sorted(sides, key=lambda side: side.name != reference)


def sides_of(name: str, path: Path, found: Found) -> list[GivenSide]:
    """One side of all seeds; models without a seed, which nothing matches, are a side each.

    Raises:
        DataError: two trainings of one seed differ.
    """
    by_seed: dict[tuple[int | None, str], Found] = {}
    for file, record in found:
        seedless = record.model_fingerprint if record.seed is None else ""
        by_seed.setdefault((record.seed, seedless), []).append((file, record))
    runs, notes = [], []
    for (seed, _), parts in by_seed.items():
        run, said = _one_run(name, seed, parts)
        runs.append(run)
        notes += said
    if len(runs) > 1 and any(run.seed is None for run in runs):
        return [
            GivenSide(name=f"{name} ({r.source.stem})", path=path, origin=Origin.RECORDS, runs=(r,))
            for r in runs
        ]
    runs.sort(key=lambda run: run.seed or 0)
    notes = list(dict.fromkeys(notes))
    side = GivenSide(
        name=name, path=path, origin=Origin.RECORDS, runs=tuple(runs), notes=tuple(notes)
    )
    return [side]


def _one_run(name: str, seed: int | None, parts: Found) -> tuple[GivenRun, list[str]]:
    """The run of one model from all of its records, the newest last.

    Raises:
        DataError: they are of several models.
    """
    models = {record.model_fingerprint: file for file, record in parts}
    if len(models) > 1:
        first, second, *_ = models.values()
        raise DataError(
            f"{name} has {len(parts)} records of seed {seed} with {len(models)} different models: "
            f"{first} and {second}",
            hint="a side is one training per seed; take one of them out, or name the files",
        )
    kept: dict[bytes, tuple[Path, RunRecord]] = {}
    for file, record in parts:
        kept.setdefault(msgspec.json.encode((record.run_id, record.started)), (file, record))
    distinct = list(kept.values())
    older = _superseded([record for _, record in distinct])
    notes = []
    if older:
        notes.append(
            f"{name}: {len(older)} cells measured more than once, the newest taken "
            f"({', '.join(older[:3])}{', ...' if len(older) > 3 else ''})"
        )
    return GivenRun(seed=seed, source=distinct[-1][0], parts=tuple(distinct)), notes


def _superseded(records: Sequence[RunRecord]) -> list[str]:
    """Tasks and languages that more than one of the records has."""
    counts: dict[str, int] = {}
    for record in records:
        for cell in dict.fromkeys(f"{c.task} {c.language}" for c in record.cells if c.sample_file):
            counts[cell] = counts.get(cell, 0) + 1
    return [cell for cell, count in counts.items() if count > 1]
