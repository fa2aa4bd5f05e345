"""What the tables of ablations share: which numbers they ask for, and how they write them.

The same rules as in every other table: no interval and no p-value with fewer than
`harness.statistics.verdict.MIN_SEEDS` seeds, positive is better, points of accuracy or percent of
bits saved.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from harness.experiment.ablation import MeasuredSides
from harness.statistics import verdict
from leaderboard.metric_kinds import is_bpb
from leaderboard.table import Cell, Emphasis, bounds, p_cell, shown_effect, signed
from tasks import registry
from ultralink_data.categories.categorise import Subject

if TYPE_CHECKING:
    from leaderboard.estimate import Estimate


class PrimaryEndpoint(NamedTuple):
    """The primary metric of a task, and the languages that runs have it in."""

    task: str
    metric: str
    languages: tuple[str, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """The languages of the primary endpoint: all but English where there are others."""
        return tuple(verdict.primary_languages(self.languages)) or self.languages

    @property
    def unit(self) -> str:
        """Of differences, as in `leaderboard.records.Effect`."""
        return "log-ratio" if is_bpb(self.metric) else "points"

    @property
    def shown_unit(self) -> str:
        """Of differences, for a table's heading."""
        return "% of bits saved" if is_bpb(self.metric) else "points"


def endpoints(measured: MeasuredSides) -> list[PrimaryEndpoint]:
    """Each task's primary metric, in the languages in which two sides can be compared in it.

    In the order of the config. The reference alone may have answered a few problems, to be seen; a
    side that is the only one is not compared.
    """
    found = []
    sides = list(measured.sides.values())
    for task in dict.fromkeys(run.task for run in measured.config.eval.runs):
        metric = registry.get(task).primary_metric
        scored = Counter(code for s in sides for code in s.languages(task, metric))
        enough = min(2, len(sides))
        languages = tuple(code for code, count in scored.items() if count >= enough)
        if languages:
            found.append(PrimaryEndpoint(task, metric, languages))
    return found


def subject_of(task: str) -> Subject:
    """What a task is about: what kind of rows teaches it."""
    from tasks.judged_benchmark import JudgedBenchmark
    from tasks.program_benchmark import ProgramBenchmark

    benchmark = registry.get(task)
    if isinstance(benchmark, ProgramBenchmark):
        return "code"
    return "chat" if isinstance(benchmark, JudgedBenchmark) or task in _CHATS else "math"


_CHATS: Final = ("starter_chat",)
"""Tasks that are graded without a judge, and yet are chats."""


def difference_cell(found: "Estimate | None", unit: str, emphasis: Emphasis = "") -> Cell:
    """A difference and its 95 % interval; "n/a" where there is none."""
    if found is None:
        return Cell(text="n/a", emphasis="muted")
    text, beside = signed(shown_effect(found.value, unit)), bounds(None, None)
    if found.n_seeds >= verdict.MIN_SEEDS:
        low, high = (signed(shown_effect(bound, unit)) for bound in (found.low, found.high))
        text, beside = f"{text} [{low}, {high}]", bounds(found.low, found.high)
    return Cell(text=text, raw=found.value, emphasis=emphasis, beside=beside)


def tested(found: "Estimate | None") -> bool:
    """Whether an estimate has enough seeds for a p-value."""
    return found is not None and found.n_seeds >= verdict.MIN_SEEDS


def p_values(family: Sequence["Estimate | None"]) -> list[float | None]:
    """Two-sided p-values, Holm-adjusted over those of the family that are tested."""
    from harness.statistics.estimators import holm_tested, p_two_sided

    return holm_tested([p_two_sided(e) if e is not None and tested(e) else None for e in family])


def adjusted_cell(p_value: float | None) -> Cell:
    """An adjusted p-value; strong below 0.05."""
    cell = p_cell(p_value)
    if p_value is None or p_value >= 0.05:
        return cell
    return Cell(text=cell.text, raw=cell.raw, emphasis="strong")


SEEDS_NOTE = (
    f"no interval and no p: fewer than {verdict.MIN_SEEDS} seeds cannot tell the spread between "
    "trainings"
)
