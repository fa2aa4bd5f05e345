"""Finished runs, read back: records by variant and seed, and what their trainings took."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.engine.artefact_store import MARKER, Marker, Store
from harness.experiment.sample_places import measured
from harness.options import defaults
from harness.statistics.comparable import check_comparable
from harness.statistics.measured import MeasuredTask
from harness.statistics.scores import NO_HITS
from leaderboard.records import ExperimentReport, RunRecord, read_record, read_report
from ultralink_data.completion import read_marker
from ultralink_data.errors import ConfigError, DataError

if TYPE_CHECKING:
    from harness.statistics.power_study import PilotRuns

REPORT = "report.json"


Checkpoints: TypeAlias = tuple[tuple[Path, RunRecord], ...]
"""The records of the points of one training before its end, in their order."""


class FinishedRuns(msgspec.Struct, frozen=True, kw_only=True):
    """The records of several arms (variants) with the same seeds.

    `records` holds those of each arm, in the order of `seeds`, each with its path; `reference` is
    one of the arms. `report` is that of the `run` that wrote them, if there is one. `notes` say
    what was left out. Samples of records that were copied are looked for in `stores` too.
    """

    source: str
    reference: str
    seeds: tuple[int, ...]
    records: dict[str, tuple[tuple[Path, RunRecord], ...]]
    report: ExperimentReport | None
    notes: tuple[str, ...]
    stores: tuple[Path, ...] = (defaults.RUNS,)

    @property
    def profile(self) -> str | None:
        """The profile of all records."""
        return next(iter(self.records.values()))[0][1].profile

    def measured(self) -> dict[str, tuple[tuple[MeasuredTask, ...], ...]]:
        """The metrics of every run, by arm.

        Raises:
            PrerequisiteError: a sample file is in none of the places.
            DataError: a sample file is damaged.
        """
        return {
            arm: tuple(self.measured_run(path, record) for path, record in records)
            for arm, records in self.records.items()
        }

    def measured_run(self, path: Path, record: RunRecord) -> tuple[MeasuredTask, ...]:
        """The metrics of one run, whose record is at `path`; errors as in `measured`."""
        return measured([(path, record)], NO_HITS, self.stores)

    @property
    def folder(self) -> Path:
        """The folder of the report, above that of its records."""
        return next(iter(self.records.values()))[0][0].parent.parent

    def checkpoints(self) -> dict[str, tuple[Checkpoints, ...]]:
        """The records of the checkpoints of every run, by arm and seed; without any, nothing.

        Raises:
            DataError: a record is missing or damaged, or one run has more of them than another.
        """
        if self.report is None or not self.report.checkpoints:
            return {}
        folder = self.folder
        found: dict[tuple[str, int | None], list[tuple[Path, RunRecord]]] = {}
        for name in self.report.checkpoints:
            record = read_record(folder / name)
            found.setdefault((str(record.variant), record.seed), []).append((folder / name, record))
        runs = {
            arm: tuple(
                tuple(sorted(found.get((arm, seed), []), key=lambda one: one[1].at_step or 0))
                for seed in self.seeds
            )
            for arm in self.records
        }
        counts = {len(points) for arm in runs.values() for points in arm}
        if len(counts) > 1:
            raise DataError(
                f"{self.source}: runs have from {min(counts)} to {max(counts)} checkpoints",
                hint="repeat the `run` with --checkpoints; what is stored is not made again",
            )
        return runs

    def sample(self, seconds: float | None = None) -> "PilotRuns":
        """The measured runs, to plan a design from; `seconds` is what one of them took."""
        from harness.statistics.power_study import PilotRuns

        return PilotRuns(
            source=self.source,
            profile=self.profile,
            arms=self.measured(),
            reference=self.reference,
            seeds=self.seeds,
            seconds=seconds,
            notes=self.notes,
        )


def finished_runs(
    paths: Sequence[Path],
    reference: str | None = None,
    variants: Sequence[str] = (),
    store: Path = defaults.RUNS,
) -> FinishedRuns:
    """The runs of report folders, folders of records, and records.

    `variants` chooses arms, besides the reference; the default is all. The reference is that of the
    report, else the only arm. `store` is where the samples of copied records are looked for.

    Raises:
        DataError: no records, records that do not compare, or a seed that occurs twice.
        ConfigError: the reference is not known, or an arm is named that there is not.
    """
    found, report = _arms(paths)
    base = _reference(found, report, reference)
    if unknown := [name for name in variants if name not in found]:
        raise ConfigError(
            f"no records of variant {unknown[0]!r}", hint=f"there are {', '.join(found)}"
        )
    chosen = {name: arm for name, arm in found.items() if not variants or name in {*variants, base}}
    seeds = sorted(set.intersection(*(set(arm) for arm in chosen.values())))
    if not seeds:
        raise DataError(
            f"the variants {', '.join(chosen)} share no seed",
            hint="they are compared seed by seed; name some with --variants",
        )
    left = {
        name: [str(seed) for seed in sorted(arm) if seed not in seeds]
        for name, arm in chosen.items()
    }
    return FinishedRuns(
        source=", ".join(str(path) for path in paths),
        reference=base,
        seeds=tuple(seeds),
        records={
            name: tuple(chosen[name][seed] for seed in seeds)
            for name in (base, *(name for name in chosen if name != base))
        },
        report=report,
        notes=tuple(
            f"left out: seeds {', '.join(own)} of {name}, which another variant lacks"
            for name, own in left.items()
            if own
        ),
        stores=(store,),
    )


def _arms(
    paths: Sequence[Path],
) -> tuple[dict[str, dict[int, tuple[Path, RunRecord]]], ExperimentReport | None]:
    """Records by arm and seed, and the report of the first path that has one."""
    found: dict[str, dict[int, tuple[Path, RunRecord]]] = {}
    report: ExperimentReport | None = None
    records = []
    for path in paths:
        own, files = _files(path)
        report = report or own
        for file in files:
            record = read_record(file)
            if record.at_step is not None:
                raise DataError(
                    f"{file}: field `at_step` is {record.at_step}: of no whole training",
                    hint="give the report folder: `tasks signal` finds its checkpoints there",
                )
            records.append(record)
            name = record.variant or file.parent.name
            if record.seed is None:
                raise DataError(
                    f"{file}: field `seed` is null",
                    hint="only runs of several seeds say what seeds add: give records of `run`",
                )
            arm = found.setdefault(name, {})
            if record.seed in arm:
                raise DataError(
                    f"{file} and {arm[record.seed][0]} are both seed {record.seed} of {name}",
                    hint="give each run once",
                )
            arm[record.seed] = (file, record)
    check_comparable(records)
    return found, report


def _files(path: Path) -> tuple[ExperimentReport | None, list[Path]]:
    """The records that a path means, and their report."""
    if path.is_file() and path.name != REPORT:
        return None, [path]
    folder = path.parent if path.is_file() else path
    if (folder / REPORT).is_file():
        report = read_report(folder / REPORT)
        return report, [folder / name for name in report.records]
    files = sorted(folder.glob("*.json"))
    if not files:
        raise DataError(
            f"{path}: no report.json and no records there",
            hint="give the report folder of a `run`, or its folder `records`",
        )
    above = folder.parent / REPORT
    return (read_report(above) if above.is_file() else None), files


def _reference(
    found: dict[str, dict[int, tuple[Path, RunRecord]]],
    report: ExperimentReport | None,
    reference: str | None,
) -> str:
    wanted = reference or (report.reference if report else None)
    if wanted in found:
        return str(wanted)
    if wanted is None and len(found) == 1:
        return next(iter(found))
    raise ConfigError(
        f"no records of the reference {wanted!r}" if wanted else "which variant is the reference?",
        hint=f"name one with --reference: {', '.join(found)}",
    )


def stored_report(runs: Path, profile: str, ablation: str | None = None) -> Path | None:
    """The report of a profile in the store with the most runs; of this ablation if there is one.

    None if there is none with two seeds. A damaged report is passed over.
    """
    best: tuple[tuple[bool, int, str], Path] | None = None
    for path in sorted(defaults.reports(runs, "x").parent.glob(f"*/{REPORT}")):
        try:
            report = read_report(path)
        except DataError:
            continue
        if report.profile != profile or len(report.seeds) < 2:
            continue
        rank = (report.experiment == ablation, len(report.records), report.started)
        if best is None or rank > best[0]:
            best = (rank, path.parent)
    return None if best is None else best[1]


def run_seconds(runs: FinishedRuns, store: Store) -> float | None:
    """The seconds of one training and its evaluation, the mean over these runs.

    None if the store has not got one of the trained models.
    """
    took = {}
    for shelf, key in store.all_keys():
        if shelf == "models":
            marker = read_marker(store.path(shelf, key) / MARKER, Marker)
            if isinstance(marker, Marker):
                took[marker.fingerprint] = marker.circumstances.wall_seconds
    records = [record for arm in runs.records.values() for _, record in arm]
    both = [
        took[record.model_fingerprint] + record.wall_seconds
        for record in records
        if record.model_fingerprint in took and record.wall_seconds is not None
    ]
    return sum(both) / len(both) if len(both) == len(records) else None
