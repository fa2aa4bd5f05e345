"""Stage `sources`: convert files of ShareGPT, MetaMathQA, Magicoder to English dialogues."""

from functools import partial
from pathlib import Path
from typing import Final

from harness.engine.stage_code import building_code
from harness.progress.display import QUIET, ROWS_KEPT, Display
from ultralink_data import sources
from ultralink_data.sources.reading import CUT, read
from ultralink_data.stage.drive import run_computing
from ultralink_data.stage.outcome import BuildingStage, StageManifest, sha256

_SOURCES: Final = "ultralink_data.sources"


def sources_stage(
    path: Path, source: str, out: Path, *, display: Display = QUIET, replace: bool = False
) -> StageManifest:
    """Write the dialogues of a published file to `out`; warn if the file ends within a row.

    Raises:
        ConfigError: an unknown source, or `out` was made by something else and may not be replaced.
        DataError: not a file of this source.
    """
    found = sources.get(source)
    chosen = ((_SOURCES, frozenset({source})),)
    code = building_code(__name__, _SOURCES, languages=["en"], chosen=chosen)
    stage = BuildingStage(
        name="sources",
        config=source,
        inputs=(sha256(path),),
        code_version=code.source,
        packages=code.packages,
    )
    with display.work(f"convert {source}", kept=ROWS_KEPT) as meter:
        manifest = run_computing(
            read(path, found),
            partial(sources.convert, source=source),
            out,
            stage,
            advance=meter.resumed,
            replace=replace,
        )
    if is_cut(manifest):
        display.warn(
            f"{path} ends within a row; its whole rows were kept. Fetch it again for the rest"
        )
    return manifest


def is_cut(manifest: StageManifest) -> bool:
    """Whether the file ended within a row."""
    return any(tally.reason == CUT for tally in manifest.tallies)
