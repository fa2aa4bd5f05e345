"""The scores of several arms (variants) as arrays over seeds and clusters, endpoint by endpoint.

An endpoint is a task and metric in one language, or averaged over the non-English languages. Every
array is [seed, cluster, language]: row s is the same seed in all arms, column i the same cluster of
problems. Bits per byte are the linearised logarithms of `estimators.log_bpb_scores`. An arm is
compared with another on the problems that all runs of all arms have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np

from harness.statistics.cells import stack
from harness.statistics.clusters import merged, over_clusters
from harness.statistics.estimators import log_bpb_scores
from harness.statistics.measured import MeasuredTask, Values
from harness.statistics.two_way import Floats
from harness.statistics.verdict import primary_languages
from leaderboard.metric_kinds import is_averaged, is_bpb
from leaderboard.records import NON_ENGLISH
from tasks import registry

Runs = Sequence[Sequence[MeasuredTask]]
"""The measured tasks of one arm: a run for each seed, in one order of seeds for all arms."""


class ScoredEndpoint(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One endpoint: the scores of each arm, [seed, cluster, language].

    `languages` are those that `language` stands for, `problems` those that form the clusters.
    Scores are shares of right answers, or logarithms of bits per byte, where lower is better.
    """

    task: str
    metric: str
    language: str
    languages: tuple[str, ...]
    problems: int
    arms: dict[str, Floats]

    @property
    def higher_is_better(self) -> bool:
        """True for shares of correct answers, false for bits per byte."""
        return not is_bpb(self.metric)

    @property
    def primary(self) -> bool:
        """Whether it is the endpoint that verdicts are about."""
        return (
            self.language == NON_ENGLISH and registry.get(self.task).primary_metric == self.metric
        )

    @property
    def clusters(self) -> int:
        """The clusters of problems; as many as problems if none are near copies."""
        return int(next(iter(self.arms.values())).shape[1])

    def table(self, arm: str) -> Floats:
        """The scores of an arm, [seed, cluster], turned so that higher is better."""
        mean = self.arms[arm].mean(axis=2)
        return np.asarray(mean if self.higher_is_better else -mean)


def endpoints(arms: Mapping[str, Runs]) -> list[ScoredEndpoint]:
    """Every endpoint that all runs of all arms have, the average of a metric before its languages.

    All arms need the same number of runs. An endpoint with fewer than two clusters is left out.

    Raises:
        ValueError: the arms have different numbers of runs, or none has any.
    """
    counts = {len(runs) for runs in arms.values()}
    if len(counts) != 1 or not counts.pop():
        raise ValueError("all arms need the same seeds, at least one")
    return [found for task, metric in _shared(arms) for found in _of_metric(arms, task, metric)]


def _shared(arms: Mapping[str, Runs]) -> list[tuple[str, str]]:
    """Task and metric of everything that all runs have, in the order of the first."""
    runs = [run for arm in arms.values() for run in arm]
    seen = [{(m.task, m.metric): None for m in run} for run in runs]
    return [key for key in seen[0] if all(key in other for other in seen)]


def _of_metric(arms: Mapping[str, Runs], task: str, metric: str) -> Iterator[ScoredEndpoint]:
    by_run = {
        name: [{m.language: m for m in run if (m.task, m.metric) == (task, metric)} for run in runs]
        for name, runs in arms.items()
    }
    first = next(iter(by_run.values()))[0]
    every = [code for code in first if all(code in run for runs in by_run.values() for run in runs)]
    averaged = primary_languages(every)
    if averaged and len(every) > 1 and is_averaged(metric):
        average = _endpoint(by_run, task, metric, averaged, NON_ENGLISH)
        if average is not None:
            yield average
    for code in every:
        single = _endpoint(by_run, task, metric, (code,), code)
        if single is not None:
            yield single


def _endpoint(
    by_run: Mapping[str, list[dict[str, MeasuredTask]]],
    task: str,
    metric: str,
    languages: Sequence[str],
    label: str,
) -> ScoredEndpoint | None:
    groups: list[list[Values]] = [
        [run[code].values for run in runs] for runs in by_run.values() for code in languages
    ]
    behind = [run[code] for runs in by_run.values() for run in runs for code in languages]
    stacked = stack(groups, merged(m.clusters for m in behind))
    if stacked is None:
        return None
    arms: dict[str, Floats] = {}
    for place, name in enumerate(by_run):
        own = stacked.groups[place * len(languages) : (place + 1) * len(languages)]
        fields = over_clusters(np.stack(own, axis=2), stacked.clusters)
        arms[name] = (
            log_bpb_scores(fields[..., 0], fields[0, ..., 1])
            if is_bpb(metric)
            else np.asarray(fields[..., 0])
        )
    problems = int(stacked.groups[0].shape[1])
    return ScoredEndpoint(
        task=task,
        metric=metric,
        language=label,
        languages=tuple(languages),
        problems=problems,
        arms=arms,
    )
