"""A design's power at every endpoint, from the measured runs of a reference and its variants."""

from collections.abc import Mapping

import msgspec

from harness.statistics.design_power import (
    POWER,
    Components,
    Design,
    clusters_needed,
    components_of,
    detectable,
    power_interval,
    seeds_needed,
)
from harness.statistics.score_arrays import Runs, ScoredEndpoint, endpoints
from harness.statistics.verdict import MIN_SEEDS, Margins
from leaderboard.metric_kinds import is_bpb
from leaderboard.power_results import Need, PlannedNumber, PowerLine, PowerReport


class PowerQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: seeds and problems of the design, and the wished-for differences.

    `problems` None: as many as the runs had. Where no difference is wished for, it is the margin.
    """

    seeds: int
    problems: int | None = None
    power: float = POWER
    margins: Margins = Margins()
    wished: Margins = Margins()

    def __post_init__(self) -> None:
        """Refuse what no design can be."""
        if self.seeds < 2:
            raise ValueError(f"seeds must be >= 2, got {self.seeds}")
        if self.problems is not None and self.problems < 2:
            raise ValueError(f"problems must be >= 2, got {self.problems}")
        if not 0.05 <= self.power <= 0.999:
            raise ValueError(f"power must be 0.05 to 0.999, got {self.power}")


class PilotRuns(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The measured runs that a design is planned from, and what the tables say of them.

    `arms` holds the runs of each variant by seed, the reference among them; `seconds` is what one
    training and its evaluation took, None if not known.
    """

    source: str
    profile: str | None
    arms: Mapping[str, Runs]
    reference: str
    seeds: tuple[int, ...]
    seconds: float | None = None
    notes: tuple[str, ...] = ()


def power_report(sample: PilotRuns, question: PowerQuestion) -> PowerReport:
    """What a design sees at every endpoint that has any spread, primary endpoints first."""
    lines, flat = [], []
    for endpoint in endpoints(sample.arms):
        components = components_of(endpoint, sample.reference)
        if not any((components.squares.seeds, components.squares.problems)):
            flat.append(f"{endpoint.task} {endpoint.metric} {endpoint.language}")
        else:
            lines.append(_line(endpoint, components, question))
    return PowerReport(
        source=sample.source,
        profile=sample.profile,
        variants=tuple(sample.arms),
        seen_seeds=sample.seeds,
        arms=max(2, len(sample.arms)),
        power=question.power,
        seconds=sample.seconds,
        lines=tuple(sorted(lines, key=lambda line: not line.primary)),
        flat=tuple(flat),
        notes=sample.notes,
        same_data=len(sample.arms) == 1,
    )


def _line(endpoint: ScoredEndpoint, components: Components, question: PowerQuestion) -> PowerLine:
    per_cluster = endpoint.problems / endpoint.clusters
    problems = question.problems or endpoint.problems
    design = Design(seeds=question.seeds, clusters=max(2, round(problems / per_cluster)))
    scale = "bpb" if is_bpb(endpoint.metric) else "accuracy"
    margin = question.margins.for_metric(scale)
    wished = question.wished.for_metric(scale)
    wished = margin if wished is None else wished
    return PowerLine(
        task=endpoint.task,
        metric=endpoint.metric,
        language=endpoint.language,
        primary=endpoint.primary,
        unit="log-ratio" if scale == "bpb" else "points",
        seeds=design.seeds,
        problems=problems,
        clusters=design.clusters,
        seed_spread=components.parts[0] ** 0.5,
        detects=detectable(components, design, question.power),
        margin=margin,
        shows=None
        if margin is None
        else power_interval(components, design, margin, "non-inferior"),
        need=None
        if wished is None
        else _need(components, design, wished, question.power, per_cluster),
    )


def _need(
    components: Components, design: Design, wished: float, power: float, per_cluster: float
) -> Need:
    least = MIN_SEEDS
    clusters = clusters_needed(components, design.seeds, wished, power)
    return Need(
        difference=wished,
        seeds=seeds_needed(components, design.clusters, wished, power, least=least),
        problems=PlannedNumber(
            value=clusters.value * per_cluster,
            low=clusters.low * per_cluster,
            high=clusters.high * per_cluster,
        ),
        seeds_noninferior=seeds_needed(
            components, design.clusters, wished, power, "non-inferior", least=least
        ),
    )
