"""Stage `ground`: dialogues about the passages of articles, through a model."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from harness.building.asking_stage import AskedRows, ModelAccess, require_limit, run_stage
from harness.progress.display import QUIET, Display
from ultralink_data.dialogue import Dialogue
from ultralink_data.documents import Page, Passage
from ultralink_data.grounding.ground import ground, prompts
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.grounding.passages import split
from ultralink_data.llm.client import Client
from ultralink_data.stage.outcome import RowOutcome, StageManifest
from ultralink_data.store import release
from ultralink_data.store.ids import require_distinct


def ground_stage(
    pages: Path,
    out: Path,
    config: GroundConfig,
    *,
    access: ModelAccess,
    limit: int | None = None,
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Make a dialogue of each passage, or of the first `limit` ones.

    Raises:
        ConfigError: a limit below 1, a language without prompts, or `out` was made by something
            else and may not be replaced.
        DataError: a bad page, a duplicate id, or no text.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    require_limit(limit, "passages")
    require_distinct([pages])
    asked = AskedRows(
        name="ground",
        rows=lambda: islice(_passages(pages, config.passage_tokens), limit),
        inputs=(pages,),
        decides=(config, limit),
        caller=__name__,
        modules=("ultralink_data.grounding.ground", "ultralink_data.grounding.passages"),
        unit="text",
    )

    async def work(passage: Passage, client: Client) -> RowOutcome[Dialogue]:
        return await ground(passage, client, config, model=access.endpoint.model)

    return run_stage(asked, work, out, access=access, display=display, replace=replace)


def _passages(path: Path, limit: int) -> Iterator[Passage]:
    for number, page in release.decode_lines(path, Page):
        with release.at_line(path, number):
            prompts(page.language)
        yield from (passage for passage in split(page, limit) if not passage.is_blank)
