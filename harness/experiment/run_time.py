"""How long what is missing takes, from what this machine measured: earlier runs, and this one.

The store knows the wall time of each artefact. Trainings are scaled by their tokens, evaluations by
their requests; only the same kind of work on the same kind of model counts (`group`), and only what
this machine made. What was never measured is not guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from harness.engine.artefact_store import MARKER, Marker, Store
from harness.engine.jobs import on_this_machine
from harness.engine.stage_configs import BaseConfig, EvalStageConfig
from harness.engine.stages import RESULT_FILE
from harness.experiment.ablation import Variant
from harness.experiment.asked_problems import requests
from harness.experiment.config import ModelConfig
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import Plans
from harness.progress.display import Begun
from tasks.eval_config import EvalConfig
from train.train_config import TrainConfig
from ultralink_data.completion import read_marker
from ultralink_data.errors import BenchError

_SAME_SPEED: Final[dict[str, Any]] = {
    "learning_rate": 1e-5,
    "schedule": "constant",
    "warmup_ratio": 0,
    "steps": 1,
    "epochs": None,
    "weight_decay": 0,
    "max_grad_norm": 0,
    "checkpoint_every": 0,
    "template": "auto",
}
"""One value for fields of a training that do not change how long a token takes."""


_ENOUGH: Final = 0.1
"""The share of a job from which on its speed is known: it begins with loading."""
_STILL: Final = 0.05
"""The share that a job still takes at least, however long it has taken."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A missing artefact: its kind of work, how much of it, and what has to be made before."""

    name: str
    group: str
    units: float
    needs: tuple[str, ...]


class RunTime:
    """The time that missing artefacts take with so many workers; `rates` are seconds a unit."""

    def __init__(
        self, work: Sequence[Work], rates: Mapping[str, Sequence[float]], workers: int
    ) -> None:
        self._work = {one.name: one for one in work}
        self._before = rates
        self._now: dict[str, list[float]] = {}
        self._workers = workers
        self._made: set[str] = set()

    def seconds(self, name: str) -> float | None:
        """What one artefact takes; None where nothing of its kind was measured.

        What this run measured counts before what earlier runs did: it knows today's load.
        """
        if name not in self._work:
            return None
        one = self._work[name]
        rates = self._now.get(one.group) or self._before.get(one.group)
        return median(rates) * one.units if rates else None

    def unknown(self) -> list[str]:
        """The stages of which nothing was measured."""
        names = [name for name in self._work if self.seconds(name) is None]
        return list(dict.fromkeys(name.partition("/")[0] for name in names))

    def finished(self, name: str, seconds: float) -> None:
        """Take in how long an artefact took."""
        if name in self._work:
            one = self._work[name]
            self._made.add(name)
            self._now.setdefault(one.group, []).append(seconds / one.units)

    def left(self, begun: Mapping[str, Begun] | None = None) -> float | None:
        """Seconds until all are made; None while a kind is not measured.

        A job in progress whose share is known tells the speed of its kind where nothing else does.
        """
        waiting: dict[str, float] = {}
        shares = {name: one for name, one in (begun or {}).items() if _tells(one)}
        now = {
            self._work[name].group: one.seconds / (one.share or 1) / self._work[name].units
            for name, one in shares.items()
            if name in self._work
        }
        for name, one in self._work.items():
            if name in self._made:
                continue
            seconds = self.seconds(name)
            if seconds is None and one.group in now:
                seconds = now[one.group] * one.units
            if seconds is None:
                return None
            if name in shares:
                share = shares[name].share or 1
                seconds = shares[name].seconds * (1 - share) / share
            elif begun and name in begun:
                seconds = max(seconds - begun[name].seconds, _STILL * seconds)
            waiting[name] = seconds
        needs = {name: self._work[name].needs for name in waiting}
        return _simulated(waiting, needs, self._workers)


def _tells(begun: Begun) -> bool:
    """Whether a job is far enough to tell how long all of it takes."""
    return begun.share is not None and begun.share >= _ENOUGH and begun.seconds > 0


def _simulated(
    seconds: Mapping[str, float], needs: Mapping[str, Sequence[str]], workers: int
) -> float:
    """When the last job ends if each free worker takes the first job that can be made."""
    waiting, ends = dict(seconds), dict.fromkeys(seconds, float("inf"))
    now = 0.0
    running: dict[str, float] = {}
    while waiting or running:
        for name in list(waiting):
            ready = all(ends.get(need, 0.0) <= now for need in needs[name])
            if ready and len(running) < workers:
                running[name] = now + waiting.pop(name)
        first = min(running, key=lambda name: running[name])
        now = ends[first] = running.pop(first)
    return now


def run_time(
    experiment: Experiment,
    plans: Plans,
    missing: Mapping[str, str],
    store: Store,
) -> RunTime:
    """The time of an experiment's missing trainings and evaluations.

    `missing` names for each the one that makes it (`Graph.makers`): shared work counts once.
    """
    work = list(_work(experiment, plans, missing))
    rates = _measured(store, {one.group for one in work}, experiment.benchmarks) if work else {}
    return RunTime(work, rates, experiment.config.workers)


def _work(experiment: Experiment, plans: Plans, missing: Mapping[str, str]) -> Iterator[Work]:
    """The missing artefacts, in their order."""
    variants = {variant.name: variant for variant in experiment.variants}
    evaluations = experiment.evaluations()
    ends: dict[str, str] = {}
    for node in experiment.run_nodes():
        if missing.get(node.name) != node.name:
            continue
        stage, _, rest = node.name.partition("/")
        if stage in ("answers", "pack"):
            continue  # short beside the trainings, and of the sets of answers few are alike
        if node.after:
            ends[node.name] = node.after[0]
            continue  # it is the end of that training
        makers = [missing[need] for need in node.needs if need in missing]
        needs = tuple(ends.get(maker, maker) for maker in makers)
        if stage == "base":
            group = _base_group(experiment.base_config(node.name))
            yield Work(name=node.name, group=group, units=1, needs=needs)
            continue
        if stage == "point":
            rest = rest.rpartition("/")[0]
        variant = variants[rest.rpartition("/")[0]]
        seed = int(rest.rpartition("/")[2])
        config, model = experiment.of(variant), _model_of(experiment, variant)
        if stage in ("train", "points"):
            tokens = sum(cell.tokens for cell in plans[variant.name, seed].cells)
            group = _train_group(config.train, model)
            yield Work(name=node.name, group=group, units=max(tokens, 1), needs=needs)
        else:
            at_end = stage == "eval"
            asked = (
                evaluations[variant.name] if at_end else experiment.point_evaluation(variant)
            ).eval
            units = sum(requests(asked, experiment.benchmarks))
            group = _eval_group(asked, model)
            yield Work(name=node.name, group=group, units=max(units, 1), needs=needs)


def _model_of(experiment: Experiment, variant: Variant) -> str:
    """What decides the speed of a variant's model: its base."""
    base = experiment.base_model(variant)
    return _base_group(base) if isinstance(base, ModelConfig) else f"model {base.fingerprint}"


def _base_group(model: ModelConfig | BaseConfig) -> str:
    return f"base {model.family} {_text(model.micro)}"


def _train_group(config: TrainConfig, model: str) -> str:
    return f"train {_text(msgspec.structs.replace(config, **_SAME_SPEED))} {model}"


def _eval_group(config: EvalConfig, model: str) -> str:
    """Evaluations that ask the same tasks in the same way, of however many problems."""
    runs = tuple(
        msgspec.structs.replace(
            run,
            languages=(),
            generate=0 if run.generate == 0 else None,
            likelihood=0 if run.likelihood == 0 else None,
        )
        for run in config.runs
    )
    return f"eval {_text(msgspec.structs.replace(config, runs=runs, seed=0))} {model}"


def _text(config: msgspec.Struct) -> str:
    return msgspec.json.encode(config, order="deterministic").decode()


# What the store measured


def _measured(store: Store, groups: set[str], benchmarks: Path | None) -> dict[str, list[float]]:
    """Seconds a unit of each group, of all artefacts in the store that this machine made."""
    markers = dict(_markers(store))
    by_fingerprint = {marker.fingerprint: marker for marker in markers.values()}
    found: dict[str, list[float]] = {}
    for path, marker in markers.items():
        known = _known(path, marker, by_fingerprint, groups, benchmarks)
        if known is not None:
            found.setdefault(known[0], []).append(marker.circumstances.wall_seconds / known[1])
    return found


def _markers(store: Store) -> Iterator[tuple[Path, Marker]]:
    """The markers of trained models and evaluations made here; damaged ones are passed over."""
    for shelf, key in store.all_keys():
        path = store.path(shelf, key) / MARKER
        marker = read_marker(path, Marker) if shelf != "datasets" else None
        if isinstance(marker, Marker) and on_this_machine(marker.circumstances):
            yield path.parent, marker


def _known(
    path: Path,
    marker: Marker,
    by_fingerprint: Mapping[str, Marker],
    groups: set[str],
    benchmarks: Path | None,
) -> tuple[str, float] | None:
    """Group and units of an artefact, if it is in one of these groups."""
    try:
        if marker.stage == "base":
            group = _base_group(msgspec.convert(marker.config, BaseConfig))
            return (group, 1.0) if group in groups else None
        model = _base_of(marker, by_fingerprint)
        if marker.stage == "train":
            group = _train_group(msgspec.convert(marker.config, TrainConfig), model)
            return (group, _trained_tokens(path)) if group in groups else None
        if marker.stage == "eval":
            config = msgspec.convert(marker.config, EvalStageConfig).eval
            group = _eval_group(config, model)
            return (group, _asked(config, benchmarks)) if group in groups else None
    except (msgspec.DecodeError, OSError, BenchError):
        return None  # of another version, or of benchmark files that are not here now
    return None


def _base_of(marker: Marker, by_fingerprint: Mapping[str, Marker]) -> str:
    """The model that a training or evaluation began with, through all trainings between."""
    fingerprint = marker.inputs.get("model", "")
    parent = by_fingerprint.get(fingerprint)
    if parent is None or parent is marker:
        return f"model {fingerprint}"
    if parent.stage == "base":
        return _base_group(msgspec.convert(parent.config, BaseConfig))
    return _base_of(parent, by_fingerprint)


class _Trained(msgspec.Struct, frozen=True):
    """What is read of the file that a training leaves beside its model."""

    tokens: int


def _trained_tokens(path: Path) -> float:
    found = (path / RESULT_FILE).read_bytes()
    return max(msgspec.json.decode(found, type=_Trained).tokens, 1)


@cache
def _asked(config: EvalConfig, benchmarks: Path | None) -> float:
    return max(sum(requests(config, benchmarks)), 1)
