"""Stage `ground`: dialogues about the passages of articles, through a model."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from harness.building.asking_stage import ModelAccess, run_stage
from harness.engine.source_hash import source_hash
from ultralink_data.dialogue import Dialogue
from ultralink_data.documents import Page, Passage
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.grounding.ground import GroundConfig, ground, prompts
from ultralink_data.grounding.passages import split
from ultralink_data.llm.client import Client
from ultralink_data.stage.outcome import BuildingStage, RowOutcome, StageManifest, sha256
from ultralink_data.store import release
from ultralink_data.store.ids import require_distinct


def ground_stage(
    pages: Path,
    out: Path,
    config: GroundConfig,
    *,
    access: ModelAccess,
    limit: int | None = None,
    replace: bool = False,
) -> StageManifest:
    """Make a dialogue of each passage, or of the first `limit` ones.

    Raises:
        ConfigError: a limit below 1, a language without prompts, or `out` was made by something
            else and may not be replaced.
        DataError: a bad page, an id that stands twice, or no text.
        LLMError, BudgetError: rows stay open; what was done is kept.
    """
    if limit is not None and limit < 1:
        raise ConfigError(f"--limit {limit}", hint="1 or more passages")

    def passages() -> Iterator[Passage]:
        return islice(_passages(pages, config.passage_tokens), limit)

    require_distinct([pages])
    total = 0
    for passage in passages():
        prompts(passage.language)
        total += 1
    if not total:
        raise DataError(f"{pages} has no text", hint="check the file")

    async def work(passage: Passage, client: Client) -> RowOutcome[Dialogue]:
        return await ground(passage, client, config, model=access.endpoint.model)

    decides = (config, limit, access.endpoint.identity)
    stage = BuildingStage(
        name="ground",
        config=msgspec.json.encode(decides).decode(),
        inputs=(sha256(pages),),
        code_version=source_hash("ultralink_data.grounding.ground"),
    )
    return run_stage(
        passages,
        work,
        out,
        stage,
        access=access,
        total=total,
        replace=replace,
    )


def _passages(path: Path, limit: int) -> Iterator[Passage]:
    for _, page in release.decode_lines(path, Page):
        yield from (passage for passage in split(page, limit) if not passage.is_blank)
