"""Stage `translate`: English dialogues into other languages, through a model."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness.building.asking_stage import ModelAccess, run_stage
from harness.engine.source_hash import source_hash
from ultralink_data import languages
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.llm.client import Client
from ultralink_data.stage.outcome import BuildingStage, RowOutcome, StageManifest, sha256
from ultralink_data.store import release
from ultralink_data.translation.translate import TranslateConfig, TranslationTask, task, translate


def translate_stage(
    rows: Path,
    to: Sequence[str],
    out: Path,
    config: TranslateConfig,
    *,
    access: ModelAccess,
    limit: int | None = None,
    replace: bool = False,
) -> StageManifest:
    """Translate the dialogues of `rows`, or the first `limit`, into each language of `to`.

    Raises:
        ConfigError: no language, one that is unknown, English or named twice, a limit below 1, or
            `out` was made by something else and may not be replaced.
        DataError: a bad row, or none.
        LLMError, BudgetError: rows stay open; what was done is kept.
    """
    targets = _targets(to)
    if limit is not None and limit < 1:
        raise ConfigError(f"--limit {limit}", hint="1 or more dialogues")

    def tasks() -> Iterator[TranslationTask]:
        for number, dialogue in release.decode_lines(rows, Dialogue):
            if limit is not None and number > limit:
                return
            for language in targets:
                yield task(dialogue, language)

    total = sum(1 for _ in tasks())
    if not total:
        raise DataError(f"{rows} has no row", hint="check the file")

    async def work(row: TranslationTask, client: Client) -> RowOutcome[Dialogue]:
        return await translate(row, client, config, model=access.endpoint.model)

    decides = (config, targets, limit, access.endpoint.identity)
    stage = BuildingStage(
        name="translate",
        config=msgspec.json.encode(decides).decode(),
        inputs=(sha256(rows),),
        code_version=source_hash("ultralink_data.translation.translate"),
    )
    return run_stage(
        tasks,
        work,
        out,
        stage,
        access=access,
        total=total,
        replace=replace,
    )


def _targets(to: Sequence[str]) -> tuple[str, ...]:
    for code in to:
        languages.get(code)
    if not to or "en" in to or len(set(to)) < len(to):
        raise ConfigError(
            f"--to {' '.join(to) or '(nothing)'}",
            hint="name one or more languages other than English, each once",
        )
    return tuple(to)
