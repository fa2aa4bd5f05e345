"""Every variant or model of a store against every other, problem by problem.

Compared are runs of one profile that were asked one version of a task by one protocol; settings
that differ otherwise (`check_comparable`) leave a pair without a difference, and so do seeds that
two variants do not share. Estimates are those of `compare`: a pair of single runs is about these
models, one of several seeds about what trained them. P-values are adjusted over the pairs of a
matrix, since among 40 models some of 780 pairs would differ by chance.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from harness.comparing.given import GivenSide
from harness.comparing.record_folders import sides_of
from harness.comparing.sides import matched
from harness.experiment.sample_places import measured
from harness.statistics.clusters import merged
from harness.statistics.comparable import check_comparable
from harness.statistics.estimators import holm_tested
from harness.statistics.measured import MeasuredTask
from harness.statistics.pair_effect import Aligned, pair_effect
from harness.statistics.scores import NO_HITS
from harness.statistics.verdict import Verdict, primary_languages
from leaderboard.collection import Collection, StoredRun
from leaderboard.metric_kinds import is_averaged
from leaderboard.pair_matrix import SIGNIFICANT, MatrixSide, PairMatrices, PairMatrix, Unpaired
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH, Effect, RunRecord
from leaderboard.table import ordered_languages
from tasks import registry
from ultralink_data.errors import BenchError, DataError

Setting = tuple[str, str, str, str]
"""Task, its version, protocol and profile: what a matrix is about."""

_NOT_RUN: Final = "the two were not asked in the same languages"


class _Contestant:
    """A side of one task: its runs measured, and its scores as arrays, made once each."""

    def __init__(self, side: GivenSide, keys: tuple[str, ...], folder: Path) -> None:
        self.side, self.name, self.keys = side, side.name, keys
        self.records = tuple(side.records)
        self.measured = {run.seed: measured(run.parts, NO_HITS, (folder,)) for run in side.runs}
        self._made: dict[tuple[tuple[int | None, ...], str, tuple[str, ...]], Aligned | None] = {}

    def first(self, metric: str) -> MeasuredTask | None:
        """Any of its measured tasks of this metric."""
        found = (m for run in self.measured.values() for m in run if m.metric == metric)
        return next(found, None)

    def languages(self, metric: str) -> list[str]:
        """The languages that every run has for a metric."""
        runs = [[m.language for m in run if m.metric == metric] for run in self.measured.values()]
        return [code for code in runs[0] if all(code in other for other in runs[1:])]

    def scores(
        self, seeds: tuple[int | None, ...], metric: str, languages: tuple[str, ...]
    ) -> Aligned | None:
        """The scores of these runs on all problems that they scored; None if there is none."""
        key = (seeds, metric, languages)
        if key not in self._made:
            self._made[key] = self._stacked(*key)
        return self._made[key]

    def _stacked(
        self, seeds: tuple[int | None, ...], metric: str, languages: tuple[str, ...]
    ) -> Aligned | None:
        by_run = [
            {m.language: m for m in self.measured[seed] if m.metric == metric} for seed in seeds
        ]
        if not all(code in run for run in by_run for code in languages):
            return None
        tables = [[run[code].values for code in languages] for run in by_run]
        names = sorted(set.intersection(*(set(values) for run in tables for values in run)))
        if len(names) < 2:
            return None
        behind = [run[code] for run in by_run for code in languages]
        clusters = merged(m.clusters for m in behind)
        scores = np.array(
            [[[values[name] for values in run] for name in names] for run in tables], dtype=float
        )
        return Aligned(tuple(names), tuple(clusters.get(name, "") for name in names), scores)


class _Pair(NamedTuple):
    """Two contestants and the seeds that both have, or why they do not compare."""

    first: _Contestant
    second: _Contestant
    seeds: tuple[tuple[int | None, ...], tuple[int | None, ...]]
    why_not: str


def pair_matrices(collection: Collection) -> PairMatrices:
    """A matrix for each task, metric and language of the collection's runs, of two sides or more.

    Runs of noise floors and checkpoints are in none. A run whose samples are gone or damaged is
    named in the notes and left out, as nothing can be paired without them.
    """
    matrices: list[PairMatrix] = []
    notes: dict[str, None] = {}
    for setting, runs in _by_setting(collection).items():
        contestants, said = _contestants(setting, runs, collection.folder)
        notes |= dict.fromkeys(said)
        if len(contestants) > 1:
            matrices += _of_setting(setting, contestants)
    return PairMatrices(matrices=tuple(matrices), notes=tuple(notes))


def _by_setting(collection: Collection) -> dict[Setting, list[StoredRun]]:
    """The runs of each setting."""
    found: dict[Setting, list[StoredRun]] = {}
    for run in collection.runs:
        record = run.record
        if run.role == "run":
            for task in dict.fromkeys(cell.task for cell in record.cells):
                version = record.task_versions.get(task, "")
                setting = (task, version, record.protocols.get(task, ""), record.profile or "")
                found.setdefault(setting, []).append(run)
    return found


def _of_task(run: StoredRun, task: str) -> RunRecord:
    """The record with nothing of other tasks that would be measured or compared.

    Files that are not there are left out, so that one lost language costs only itself.
    """
    record = run.record
    there = {*run.sample_files().values(), *run.likelihood_files().values()}
    cells = tuple(
        cell
        if cell.task == task and run.path.parent / cell.sample_file in there
        else msgspec.structs.replace(cell, sample_file="")
        for cell in record.cells
    )
    asked = {name: value for name, value in record.protocols.items() if name == task}
    return msgspec.structs.replace(record, cells=cells, protocols=asked)


def _contestants(
    setting: Setting, runs: Sequence[StoredRun], folder: Path
) -> tuple[list[_Contestant], list[str]]:
    """The sides of a setting, a variant with all of its seeds; and what was left out."""
    task, notes = setting[0], []
    groups: dict[tuple[str, str], list[StoredRun]] = {}
    for run in runs:
        record, place = run.record, run.name.rpartition("/")[0]
        trained = (place, record.variant) if record.variant else ("", record.model_fingerprint)
        groups.setdefault(trained, []).append(run)
    found: list[tuple[GivenSide, tuple[str, ...]]] = []
    for (place, _), members in groups.items():
        parts = [(run.path, _of_task(run, task)) for run in members]
        kept = [(path, r) for path, r in parts if any(c.sample_file for c in r.cells)]
        if len(kept) < len(parts):
            notes.append(f"{task}: {members[0].name}: samples are not there, so it has no pair")
        name = members[0].record.variant or members[0].record.model
        keys = tuple(run.key for run in members)
        try:
            sides = sides_of(name, folder / place if place else members[0].path, kept)
        except DataError as error:
            notes.append(f"{task}: left out: {error.message}")
            continue
        found += [(side, keys) for side in sides if side.runs]
    contestants = []
    for side, keys in _named(found):
        try:
            contestants.append(_Contestant(side, keys, folder))
        except BenchError as error:
            notes.append(f"{task}: left out: {side.name}: {error.message}")
    return contestants, notes


def _named(
    found: Sequence[tuple[GivenSide, tuple[str, ...]]],
) -> Iterator[tuple[GivenSide, tuple[str, ...]]]:
    """The sides under names that differ: their own, else with their folder, else numbered."""
    own = [side.name for side, _ in found]
    longer = [
        name if own.count(name) == 1 else f"{side.path.stem}/{name}"
        for name, (side, _) in zip(own, found, strict=True)
    ]
    for place, (name, (side, keys)) in enumerate(zip(longer, found, strict=True), 1):
        text = name if longer.count(name) == 1 else f"{name} ({place})"
        yield msgspec.structs.replace(side, name=text), keys


def _of_setting(setting: Setting, contestants: Sequence[_Contestant]) -> Iterator[PairMatrix]:
    """Matrices of every metric and language, of the primary metric's averages first."""
    pairs = [_pair(*two) for two in combinations(contestants, 2)]
    metrics = {m.metric: m for c in contestants for run in c.measured.values() for m in run}
    for metric, example in sorted(metrics.items(), key=lambda found: not _leads(found[1])):
        having = [c for c in contestants if c.first(metric)]
        asked = ordered_languages(code for c in having for code in c.languages(metric))
        others = primary_languages(asked)
        endpoints: dict[str, tuple[str, ...]] = {code: (code,) for code in asked}
        if len(asked) > 1 and is_averaged(metric):
            # Without English the two averages would be one.
            whole = {} if others == tuple(asked) else {ALL_LANGUAGES: tuple(asked)}
            endpoints = ({NON_ENGLISH: others} if others else {}) | whole | endpoints
        for language, languages in endpoints.items():
            found = _matrix(setting, example, (language, languages), having, pairs)
            if found is not None:
                yield found


def _leads(measured_task: MeasuredTask) -> bool:
    return (
        not measured_task.outside
        and registry.get(measured_task.task).primary_metric == measured_task.metric
    )


def _pair(first: _Contestant, second: _Contestant) -> _Pair:
    try:
        one, two, _ = matched(first.side, second.side)
        check_comparable([*first.records, *second.records])
    except DataError as error:
        return _Pair(first, second, ((), ()), error.message)
    seeds = (tuple(run.seed for run in one.runs), tuple(run.seed for run in two.runs))
    return _Pair(first, second, seeds, "")


def _matrix(
    setting: Setting,
    example: MeasuredTask,
    endpoint: tuple[str, tuple[str, ...]],
    having: Sequence[_Contestant],
    pairs: Sequence[_Pair],
) -> PairMatrix | None:
    """One matrix; None if fewer than two sides have all of its languages."""
    (language, languages), metric = endpoint, example.metric
    higher = example.higher_is_better
    sides: dict[str, MatrixSide] = {}
    for one in having:
        scores = one.scores(tuple(one.measured), metric, languages)
        if scores is not None:
            sides[one.name] = MatrixSide(
                name=one.name, runs=one.keys, seeds=len(one.measured), score=scores.value
            )
    if len(sides) < 2:
        return None
    order = sorted(sides.values(), key=lambda side: -side.score if higher else side.score)
    rank = {side.name: place for place, side in enumerate(order)}
    effects: list[Effect] = []
    missing: list[Unpaired] = []
    for pair in pairs:
        if pair.first.name not in sides or pair.second.name not in sides:
            continue
        if rank[pair.first.name] > rank[pair.second.name]:
            pair = _Pair(pair.second, pair.first, pair.seeds[::-1], pair.why_not)
        found = _effect(pair, example, language, languages)
        if isinstance(found, str):
            named = (pair.first.name, pair.second.name)
            missing.append(Unpaired(first=named[0], second=named[1], reason=found))
        else:
            effects.append(found)
    task, version, protocol, profile = setting
    left = [one.name for one in having if one.name not in sides]
    return PairMatrix(
        task=task,
        task_version=version,
        protocol=protocol,
        profile=profile,
        metric=metric,
        language=language,
        languages=languages,
        higher_is_better=higher,
        sides=tuple(order),
        effects=tuple(_adjusted(effects)),
        missing=tuple(missing),
        notes=(f"without all of {', '.join(languages)}: {', '.join(left)}",) if left else (),
    )


def _effect(
    pair: _Pair, example: MeasuredTask, language: str, languages: tuple[str, ...]
) -> Effect | str:
    """The difference of a pair, or why there is none."""
    if pair.why_not:
        return pair.why_not
    first = pair.first.scores(pair.seeds[0], example.metric, languages)
    second = pair.second.scores(pair.seeds[1], example.metric, languages)
    if first is None or second is None:
        return _NOT_RUN
    try:
        return pair_effect((pair.first.name, first), (pair.second.name, second), example, language)
    except DataError as error:
        return error.message


def _adjusted(effects: Sequence[Effect]) -> Iterator[Effect]:
    """P-values over all pairs, and the verdicts that follow from them."""
    adjusted = holm_tested([effect.p_value for effect in effects])
    for effect, p_holm in zip(effects, adjusted, strict=True):
        verdict = effect.verdict
        if p_holm is not None and p_holm < SIGNIFICANT:
            verdict = (Verdict.BETTER if effect.effect > 0 else Verdict.WORSE).value
        yield msgspec.structs.replace(effect, p_holm=p_holm, verdict=verdict)
