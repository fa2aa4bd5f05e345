"""What the new dataset costs, in every task and language."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.blame.subset_training import METRIC, Lost, SubsetTrainer, has_bits, log_loss
from harness.experiment.config import ExperimentConfig
from harness.statistics.comparison import Side
from harness.statistics.contrasts import AskedScore, difference
from harness.statistics.estimators import holm, p_worse
from leaderboard.blame_records import BlamedLoss
from ultralink_data.errors import ConfigError

SHOWN: Final = 0.05
"""The adjusted p below which a loss is shown."""
_LEAST: Final = 0.001
"""A log ratio of bits: no search for less than that, however surely it is lost."""


class Losses(NamedTuple):
    """The loss in every task and language, and of the one to explain the log losses by seed."""

    cells: tuple[BlamedLoss, ...]
    old: tuple[float, ...]
    new: tuple[float, ...]

    @property
    def lost(self) -> Lost:
        """Where the loss is that is to be explained."""
        return Lost(self.cells[0].task, self.cells[0].language)

    @property
    def shown(self) -> bool:
        """Whether there is one."""
        return self.cells[0].p < SHOWN and float(np.mean(self.new) - np.mean(self.old)) > _LEAST


def all_losses(trainer: SubsetTrainer, language: str | None) -> Losses:
    """Train both datasets and compare their scores; in `language` is explained if one is given.

    Raises:
        BenchError: see the stages, and `lost_scores`.
    """
    old, new = trainer.old_and_new()
    cells = tuple(lost_scores(old, new, language))
    lost = Lost(cells[0].task, cells[0].language)
    before, after = (tuple(log_loss(run, lost) for run in side.runs) for side in (old, new))
    return Losses(cells, before, after)


def lost_scores(old: Side, new: Side, language: str | None) -> list[BlamedLoss]:
    """The loss in every task and language, the one to explain first.

    That is, of those that are shown, the one of which most is sure: the largest lower bound; where
    none is, that with the smallest p; in `language` if one is given.

    Raises:
        ConfigError: no task is scored in the language that was asked.
    """
    cells = [(m.task, m.language) for m in new.runs[0] if m.metric == METRIC]
    estimates = {
        cell: found
        for cell in cells
        if (found := difference(new, old, AskedScore(cell[0], METRIC, (cell[1],)))) is not None
    }
    adjusted = holm([p_worse(found, higher_is_better=True) for found in estimates.values()])
    losses = []
    for (task, code), found, p in zip(estimates, estimates.values(), adjusted, strict=True):
        percent, low, high = (
            100 * (np.exp(-value) - 1) for value in (found.value, found.high, found.low)
        )
        losses.append(
            BlamedLoss(
                task=task,
                language=code,
                percent=float(percent),
                low=float(low),
                high=float(high),
                p=min(1.0, p),
            )
        )
    if not losses:
        raise _unscored(language, [code for _, code in cells])
    elsewhere = (lambda code: code != language) if language else (lambda code: False)
    losses.sort(key=lambda one: (elsewhere(one.language), max(one.p, SHOWN), -one.low))
    if language and losses[0].language != language:
        raise _unscored(language, [code for _, code in cells])
    return losses


def refuse_unscored(config: ExperimentConfig, language: str | None) -> None:
    """Refuse, before anything is trained, a language that no task of the config is scored in.

    Raises:
        ConfigError: such a language.
    """
    runs = [run for run in config.eval.runs if has_bits(run)]
    scored = [code for run in runs for code in run.languages]
    if language and scored and language not in scored:
        raise _unscored(language, scored)


def _unscored(language: str | None, scored: Sequence[str]) -> ConfigError:
    return ConfigError(
        f"no task is scored in {language}" if language else "nothing is scored on both sides",
        hint=f"scored are {', '.join(dict.fromkeys(scored))}; choose --languages and --tasks",
    )
