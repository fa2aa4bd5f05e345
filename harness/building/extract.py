"""Stage `extract`: a MediaWiki dump to clean articles."""

from functools import partial
from pathlib import Path

import msgspec

from harness import show
from harness.source_hash import source_hash
from ultralink_data import languages
from ultralink_data.errors import ConfigError
from ultralink_data.extract import CUT, ExtractConfig, extract
from ultralink_data.stage_run import run_computing
from ultralink_data.stages import Stage, StageManifest, sha256
from ultralink_data.wiki import Dump


def extract_stage(
    path: Path,
    language: str,
    out: Path,
    config: ExtractConfig,
    *,
    processes: int = 1,
    replace: bool = False,
) -> StageManifest:
    """Extract the articles of a dump into `out`; warns where the dump names another language.

    Raises:
        ConfigError: an unknown language, no process, or `out` was made by something else and may
            not be replaced.
        DataError: no MediaWiki export.
    """
    language = languages.get(language).code
    if processes < 1:
        raise ConfigError(f"--processes {processes}", hint="1 or more")
    stage = Stage(
        name="extract",
        config=msgspec.json.encode((language, config)).decode(),
        inputs=(sha256(path),),
        code_version=source_hash("ultralink_data.extract"),
    )
    dump = Dump(path, language)
    with show.counting("extract", "pages") as advance:
        manifest = run_computing(
            dump.pages(),
            partial(extract, config=config),
            out,
            stage,
            processes=processes,
            advance=advance,
            replace=replace,
        )
    if dump.said_language is not None and dump.said_language != language:
        show.warn(
            f"{path} says that it is in {dump.said_language!r}; --language {language} counts, and "
            "pages in another language were rejected"
        )
    if is_cut(manifest):
        show.warn(
            f"{path} ends within a page; its whole pages were kept. Fetch the dump again for the "
            "rest"
        )
    return manifest


def is_cut(manifest: StageManifest) -> bool:
    """Whether the dump ended within a page."""
    return any(tally.reason == CUT for tally in manifest.tallies)
