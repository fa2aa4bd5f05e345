"""Stage `meaning`: what translated turns say, held against what their sources say."""

from collections.abc import Sequence
from pathlib import Path

from harness.building.asking_stage import AskedRows, ModelAccess, run_stage
from harness.building.quality_stage import sourced_turns
from harness.progress.display import QUIET, Display
from ultralink_data.llm.client import Client
from ultralink_data.stage.outcome import RowOutcome, StageManifest
from ultralink_data.translation.meaning_config import MeaningConfig
from ultralink_data.translation.meaning_report import (
    MeaningRow,
    MeaningTask,
    examine,
    meaning_tasks,
)
from ultralink_data.translation.quantities import numbers_of


def meaning_stage(
    translated: Sequence[Path],
    source: Path,
    out: Path,
    config: MeaningConfig,
    *,
    access: ModelAccess,
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Read `config.sample` turns with numbers per language of the translated files, and sources.

    Raises:
        ConfigError: `out` was made by something else and may not be replaced.
        DataError: a bad row, or no turn whose source is in `source`.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    seed = config.asking.seed
    turns = sourced_turns(
        translated, source, config.sample, seed, lambda *turn: bool(numbers_of(*turn))
    )
    tasks = meaning_tasks(turns)

    async def work(task: MeaningTask, client: Client) -> RowOutcome[MeaningRow]:
        return await examine(task, client, config)

    asked = AskedRows(
        name="meaning",
        rows=lambda: tasks,
        inputs=(*translated, source),
        decides=(config,),
        caller=__name__,
        modules=("ultralink_data.translation.meaning_report",),
        languages=lambda task: ("en",),
    )
    return run_stage(asked, work, out, access=access, display=display, replace=replace)
