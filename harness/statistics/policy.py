"""A policy: which cells decide, how much each may lose, and what must be there at all.

Cells are languages of a task, and `non-en`, the average over the languages but English. A cell is

- `critical`: it decides, and if it is not measured (MISSING), nothing is decided;
- `supporting`: it decides only where it is shown to be worse;
- `advisory`: it is shown and never decides.

Without a policy every cell of every task's primary metric is critical.
"""

from enum import Enum

import msgspec

from harness.statistics.verdict import OWN_SCALE, ScoreMargins
from ultralink_data.errors import ConfigError

MISSING = "MISSING"
"""The status of a cell that a policy names and no run has."""

UNIT_OF_TASKS = "two points are 0.02, one percent of bits is about 0.01"
"""What a margin of a task means whose scores are shares or bits per byte."""


class Tier(Enum):
    """What a cell has to say in a decision."""

    CRITICAL = "critical"
    SUPPORTING = "supporting"
    ADVISORY = "advisory"


class _PolicyPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


def _check_margin(margin: float | None) -> None:
    """Refuse a margin that is not a positive number.

    Raises:
        ValueError: it is none.
    """
    if margin is not None and not 0 < margin < float("inf"):
        raise ValueError(f"margin must be > 0, got {margin}")


class LanguagePolicy(_PolicyPart, frozen=True, kw_only=True):
    """What holds for one language of a task in place of what holds for the task."""

    tier: Tier | None = None
    """critical, supporting or advisory; without it, the task's."""
    margin: float | None = None
    """The largest loss that counts as none, in the metric's unit; without it, the task's."""

    def __post_init__(self) -> None:
        """Check the margin."""
        _check_margin(self.margin)


class TaskPolicy(_PolicyPart, frozen=True, kw_only=True):
    """What holds for one task."""

    metric: str | None = None
    """The metric that decides; without it, the benchmark's primary one."""
    tier: Tier | None = None
    """critical, supporting or advisory; without it, that of the whole policy."""
    margin: float | None = None
    """The largest loss that counts as none, in the metric's unit; without it, that of its scale."""
    languages: dict[str, LanguagePolicy] = {}
    """By code, or `non-en` for their average; each named one must be measured."""

    def __post_init__(self) -> None:
        """Check the margin and the codes."""
        _check_margin(self.margin)
        for code in self.languages:
            if not code.strip():
                raise ValueError("languages has an empty code")


_ANY_TASK = TaskPolicy()
_ANY_LANGUAGE = LanguagePolicy()


class Policy(_PolicyPart, frozen=True, kw_only=True):
    """What decides, by task and language."""

    tier: Tier = Tier.CRITICAL
    """Of tasks that are not named."""
    margins: ScoreMargins = ScoreMargins()
    """Margins by scale, for tasks that name none."""
    tasks: dict[str, TaskPolicy] = {}
    """By name; each must be measured."""

    def tier_of(self, task: str, language: str) -> Tier:
        """What a cell has to say."""
        asked = self.tasks.get(task, _ANY_TASK)
        own = asked.languages.get(language, _ANY_LANGUAGE)
        return own.tier or asked.tier or self.tier

    def decides(self, task: str, metric: str, *, primary: bool) -> bool:
        """Whether this metric decides on its task; `primary`: it is the task's own."""
        asked = self.tasks.get(task, _ANY_TASK).metric
        return primary if asked is None else asked == metric

    def margin_of(self, task: str, language: str, scale: str, *, decides: bool) -> float | None:
        """The margin of a cell, None where the policy has none.

        One of a task is in the unit of its deciding metric, so it holds for no other.

        Raises:
            ConfigError: it is as large as the whole scale.
        """
        asked = self.tasks.get(task, _ANY_TASK)
        own = asked.languages.get(language, _ANY_LANGUAGE).margin or asked.margin
        if not decides or own is None:
            return self.margins.for_metric(scale)
        if own >= 1 and scale != OWN_SCALE:
            raise ConfigError(
                f"the policy's margin for {task} {language} is {own:g}, the whole scale of {scale}",
                hint=UNIT_OF_TASKS,
            )
        return own

    @property
    def has_margins(self) -> bool:
        """Whether it sets any margin."""
        of_tasks = [task.margin for task in self.tasks.values()]
        own = [one.margin for task in self.tasks.values() for one in task.languages.values()]
        return self.margins != ScoreMargins() or any(m is not None for m in (*of_tasks, *own))

    def named_cells(self) -> list[tuple[str, str]]:
        """Tasks and languages that must be measured; a task without languages with ""."""
        return [
            (task, language)
            for task, asked in self.tasks.items()
            for language in (asked.languages or ("",))
        ]


NO_POLICY = Policy()
"""What holds where none is given: every primary metric decides, with the margins of its run."""
