"""What has run, found below a folder: run records, experiment reports and judged comparisons.

Everything that people look at starts here: the ranking, the pages, the paper's tables and the
frames are made from one `Collection`, so they cannot disagree.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import msgspec

from leaderboard.filter_words import Words
from leaderboard.judged_records import JudgedReport, read_judged
from leaderboard.notebook_view import NotebookView
from leaderboard.record_files import files_under, kind_of, looks_damaged
from leaderboard.records import ExperimentReport, RunRecord, read_record, read_report
from leaderboard.told_hints import hints_told
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError, unknown_name
from ultralink_data.nearest import nearest

if TYPE_CHECKING:
    import pandas as pd

_STORE: Final = frozenset(
    ("answers", "datasets", "evals", "locks", "logs", "looks", "models", "work")
)
"""Folders of a store in which no record stands; some have very many files."""

_NOISE: Final = "noise_records"

_RECORDS: Final = re.compile(r"(noise_|checkpoint_)?records|checkpoints")
"""Folders of records, which stand in that of their report."""

_FEW: Final = 20
"""Names that an error lists."""

Role = Literal["run", "noise", "checkpoint"]
"""`noise`: the reference of an experiment again, with other seeds; `checkpoint`: a model from the
midst of its training. Neither has a place in a ranking."""


class StoredRun(NotebookView, msgspec.Struct, frozen=True, kw_only=True):
    """A run record and where it stands.

    `name` is what people type, the folder of the report and the file's stem
    (`prune-starter/keep-0_seed0`); `key` is safe as a file name and in a link: the beginning of
    the hash of the record's bytes.
    """

    name: str
    key: str
    path: Path
    record: RunRecord
    role: Role

    def sample_files(self) -> dict[tuple[str, str], Path]:
        """The files with generations, by task and language; those that are gone are left out."""
        return self._files("samples")

    def likelihood_files(self) -> dict[tuple[str, str], Path]:
        """The files with measured texts, by task and language; those that are gone are left out."""
        return self._files("likelihood")

    def _files(self, kind: str) -> dict[tuple[str, str], Path]:
        found = {}
        for cell in self.record.cells:
            path = self.path.parent / cell.sample_file
            if path.parent.name == kind and self._has(cell.sample_file) and _is_file(path):
                found[cell.task, cell.language] = path
        return found

    def _has(self, file: str) -> bool:
        """Whether a file that the record names is its own: beside it, or an evaluation's.

        A record may come from anybody, and what it names is shown and published.
        """
        folder = Path(os.path.abspath(self.path.parent))
        place = Path(os.path.abspath(folder / file))
        near = folder.parent if _RECORDS.fullmatch(folder.name) else folder
        in_store = len(place.parents) > 2 and place.parents[2].name == "evals"
        return not os.path.isabs(file) and (in_store or place.is_relative_to(near))


def _is_file(path: Path) -> bool:
    """Whether it is a file; a name that no file can have (too long) is none."""
    try:
        return path.is_file()
    except OSError:
        return False


class StoredReport(NotebookView, msgspec.Struct, frozen=True, kw_only=True):
    """An experiment report and where it stands; `name` is that of its folder."""

    name: str
    key: str
    path: Path
    report: ExperimentReport


class StoredJudged(NotebookView, msgspec.Struct, frozen=True, kw_only=True):
    """A judged comparison and where it stands; `name` is that of its folder."""

    name: str
    key: str
    path: Path
    report: JudgedReport


class UnreadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A file that looks like a record and cannot be read as one."""

    path: Path
    message: str


class Collection(NotebookView, msgspec.Struct, frozen=True, kw_only=True):
    """All records below `folder`, the oldest first; `faults` are what is missing from them."""

    folder: Path
    runs: tuple[StoredRun, ...]
    reports: tuple[StoredReport, ...]
    judged: tuple[StoredJudged, ...]
    faults: tuple[UnreadRecord, ...]

    def __repr__(self) -> str:
        """Counts: a collection may hold thousands of records."""
        counts = f"{len(self.runs)} runs, {len(self.reports)} reports, {len(self.judged)} judged"
        return f"<Collection {str(self.folder)!r}: {counts}, {len(self.faults)} unread>"

    @property
    def counts(self) -> str:
        """How many runs and experiments there are, in words."""
        numbers = (("run", len(self.runs)), ("experiment", len(self.reports)))
        return ", ".join(f"{number:,} {name}{'s' * (number != 1)}" for name, number in numbers)

    @hints_told()
    def run(self, name: str) -> StoredRun:
        """The run with this name, key, file, or unique ending of a name; or of this model alone.

        Raises:
            ConfigError: there is none; the nearest are named.
            DataError: there are several; some are named.
        """
        exact = [r for r in self.runs if name in (r.name, r.key, str(r.path))]
        ending = exact or [r for r in self.runs if r.name.endswith(f"/{name}")]
        found = ending or [r for r in self.runs if r.record.model == name]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(run.name for run in found[:5])
            raise DataError(f"{name!r} is the name of {len(found)} runs", hint=f"say one: {names}")
        if not self.runs:
            hint = f"{self.folder} holds no run: name a store that `run` or `eval` wrote"
            raise ConfigError(f"unknown run {name!r}", hint=hint)
        # The ending of a model's run is a hash, which tells nobody which model it is.
        every = [
            run.name if "/" in name or not run.record.variant else run.name.rpartition("/")[2]
            for run in self.runs
        ]
        known = every if len(every) <= _FEW else nearest(name, every) or every[:_FEW]
        raise unknown_name("run", name, dict.fromkeys(known))

    def runs_of(self, stored: StoredReport, *, all_roles: bool = False) -> list[StoredRun]:
        """The runs that a report compares, of those that are still there, in its order.

        With `all_roles` those of its noise floor and its checkpoints too. A record that stands in
        several folders is the same run in each of their reports.
        """
        report = stored.report
        names = list(report.records)
        if all_roles:
            names += [*(report.noise.records if report.noise else ()), *report.checkpoints]
        paths = [stored.path.parent / name for name in names]
        by_key = {run.key: run for run in self.runs}
        keys = [_key(path) for path in paths if _is_file(path)]
        return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]

    @hints_told()
    def scores(self, *, published: bool = False, where: Words = None) -> "pd.DataFrame":
        """One row per run, task, language and metric: `record_frames.scores_frame`."""
        from leaderboard.record_frames import scores_frame

        return scores_frame(self, published=published, where=where)

    @hints_told()
    def effects(self) -> "pd.DataFrame":
        """One row per effect of every experiment report: `record_frames.effects_frame`."""
        from leaderboard.record_frames import effects_frame

        return effects_frame(self)

    @hints_told()
    def samples(self, run: str | None = None, where: Words = None) -> "pd.DataFrame":
        """One row per sample of a run, or of all: `record_frames.samples_frame`."""
        from leaderboard.record_frames import samples_frame

        return samples_frame(self, run=run, where=where)


@hints_told()
def load(folder: str | Path) -> Collection:
    """Everything recorded in a store (`runs/`) or any folder below which records stand.

    A record that stands twice counts once. A file that looks like a record and cannot be read is
    among `faults`, and costs only itself.

    Raises:
        PrerequisiteError: there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise PrerequisiteError(
            f"no folder {root}",
            hint="name the one that `run` and `eval` wrote (--runs, by default runs)",
        )
    runs: dict[str, StoredRun] = {}
    reports: dict[str, StoredReport] = {}
    judged: dict[str, StoredJudged] = {}
    faults = []
    for path in candidate_files(root):
        kind = kind_of(path)
        try:
            if kind == "eval":
                run = _stored_run(root, path)
                runs.setdefault(run.key, run)
            elif kind == "experiment":
                name, key = _name(root, path), _key(path)
                report = StoredReport(name=name, key=key, path=path, report=read_report(path))
                reports.setdefault(report.key, report)
            elif kind == "judged":
                name, key = _name(root, path), _key(path)
                comparison = StoredJudged(name=name, key=key, path=path, report=read_judged(path))
                judged.setdefault(comparison.key, comparison)
            elif not kind and looks_damaged(path, "experiment", "judged"):
                read_record(path)
        except DataError as error:
            faults.append(UnreadRecord(path=path, message=error.message))
    return Collection(
        folder=root,
        runs=_ordered(runs, lambda run: run.record.started),
        reports=_ordered(reports, lambda report: report.report.started),
        judged=_ordered(judged, lambda one: one.name),
        faults=tuple(faults),
    )


def candidate_files(root: Path) -> Iterator[Path]:
    """The JSON files that may be records; of a store only those among its reports."""
    is_store = (root / "reports").is_dir()
    below = root / "reports" if is_store else root
    yield from files_under(below, ".json")
    if is_store:
        for folder in sorted(root.iterdir()):
            if folder.is_dir() and folder.name not in (*_STORE, "reports"):
                yield from files_under(folder, ".json")


def _stored_run(root: Path, path: Path) -> StoredRun:
    record = read_record(path)
    role: Role = "run"
    if record.at_step is not None:
        role = "checkpoint"
    elif path.parent.name == _NOISE:
        role = "noise"
    return StoredRun(
        name=_run_name(path, root), key=_key(path), path=path, record=record, role=role
    )


def _run_name(path: Path, root: Path) -> str:
    """The names of the report's folder and of the file: folders of records have all one name."""
    folder = path.parent
    while folder != root and _RECORDS.fullmatch(folder.name):
        folder = folder.parent
    return f"{folder.name}/{path.stem}" if folder != root else path.stem


def _key(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _name(root: Path, path: Path) -> str:
    return path.stem if path.parent == root else path.parent.name


S = TypeVar("S", StoredRun, StoredReport, StoredJudged)


def _ordered(found: dict[str, S], started: Callable[[S], str]) -> tuple[S, ...]:
    return tuple(sorted(found.values(), key=lambda one: (started(one), one.name, one.key)))
