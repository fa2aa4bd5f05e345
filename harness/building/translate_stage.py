"""Stage `translate`: translate English dialogues into other languages with a model."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.building.asking_stage import AskedRows, ModelAccess, require_limit, run_stage
from harness.building.dialogue_files import stage_rows
from harness.progress.display import QUIET, Display
from ultralink_data import languages
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError
from ultralink_data.llm.client import Client
from ultralink_data.stage.outcome import RowOutcome, StageManifest
from ultralink_data.translation.translate import TranslationTask, task, translate
from ultralink_data.translation.translate_config import TranslateConfig


def translate_stage(
    rows: Path,
    to: Sequence[str],
    out: Path,
    config: TranslateConfig,
    *,
    access: ModelAccess,
    limit: int | None = None,
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Translate the dialogues of `rows`, or the first `limit`, into each language of `to`.

    Raises:
        ConfigError: no language, a language that is unknown, English or named twice, a limit below
            1, or `out` was made by something else and may not be replaced.
        DataError: a bad row, or no row.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    targets = _targets(to)
    require_limit(limit, "dialogues")

    def tasks() -> Iterator[TranslationTask]:
        for number, dialogue in stage_rows(rows):
            if limit is not None and number > limit:
                return
            for language in targets:
                yield task(dialogue, language)

    asked = AskedRows(
        name="translate",
        rows=tasks,
        inputs=(rows,),
        decides=(config, targets, limit),
        caller=__name__,
        modules=("ultralink_data.translation.translate",),
        languages=lambda row: (row.dialogue.language,),
    )

    async def work(row: TranslationTask, client: Client) -> RowOutcome[Dialogue]:
        return await translate(row, client, config, model=access.endpoint.model)

    return run_stage(asked, work, out, access=access, display=display, replace=replace)


def _targets(to: Sequence[str]) -> tuple[str, ...]:
    for code in to:
        languages.get(code)
    if not to or "en" in to or len(set(to)) < len(to):
        raise ConfigError(
            f"--languages {','.join(to) or '(nothing)'}",
            hint="name one or more languages other than English, each once",
        )
    return tuple(to)
