"""Stage `extract`: a MediaWiki dump, or already extracted texts, to clean articles."""

from functools import partial
from pathlib import Path

import msgspec

from harness.engine.stage_code import StageCode, building_code
from harness.progress.display import QUIET, ROWS_KEPT, Display
from ultralink_data import languages
from ultralink_data.errors import ConfigError
from ultralink_data.stage.drive import run_batches, run_computing
from ultralink_data.stage.outcome import BuildingStage, StageManifest, sha256
from ultralink_data.wiki import multistream
from ultralink_data.wiki.articles import BAD_ROW, CUT, extract
from ultralink_data.wiki.extract_config import ExtractConfig
from ultralink_data.wiki.page_source import PageSource

_SHARED = (
    "ultralink_data.wiki.multistream",
    "ultralink_data.text.loaded_identifier",
    "mwparserfromhell",
)
"""Modules that the processes need and that take long to load."""


def extract_stage(
    path: Path,
    language: str,
    out: Path,
    config: ExtractConfig,
    *,
    format: str | None = None,
    index: Path | None = None,
    processes: int = 1,
    display: Display = QUIET,
    replace: bool = False,
) -> StageManifest:
    """Extract the articles of a dump, file or folder into `out`; warns about damaged input.

    With the `index` of a multistream dump all processes decompress its streams; the output is the
    same.

    Raises:
        ConfigError: an unknown language or format, fewer than 1 process, an index without a bz2
            dump, or `out` was made by something else and may not be replaced.
        DataError: the input does not match its format, or the index belongs to another dump.
    """
    language = languages.get(language).code
    if processes < 1:
        raise ConfigError(f"--processes {processes}", hint="use 1 or more processes")
    source = PageSource(path, language, format)
    if index is not None and (source.format != "mediawiki" or path.suffix != ".bz2"):
        raise ConfigError(
            f"--index with {path}", hint="an index belongs to a *-multistream.xml.bz2"
        )
    code = extract_code(language)
    stage = BuildingStage(
        name="extract",
        config=msgspec.json.encode((language, config, source.format)).decode(),
        inputs=_hashes(source, display),
        code_version=code.source,
        packages=code.packages,
    )
    with display.work("extract", unit="pages", kept=ROWS_KEPT) as meter:
        run = partial(
            run_computing if index is None else run_batches,
            out=out,
            stage=stage,
            processes=processes,
            advance=meter.resumed,
            replace=replace,
            preload=_SHARED,
        )
        if index is None:
            manifest = run(source.pages(), partial(extract, config=config))
            said = source.dump.said_language if source.dump is not None else None
        else:
            opening = multistream.head(index, path)
            said = multistream.said_language(opening, path, language)
            work = partial(
                multistream.extract_stream,
                dump=path,
                index=index,
                language=language,
                opening=opening,
                config=config,
            )
            manifest = run(multistream.streams(index, path), work)
    _warn(display, path, language, said, manifest)
    return manifest


def extract_code(language: str) -> StageCode:
    """The code that reads a dump and cleans its articles."""
    return building_code(
        __name__,
        "ultralink_data.wiki.articles",
        "ultralink_data.wiki.page_source",
        "ultralink_data.wiki.multistream",
        languages=[language],
    )


def is_incomplete(manifest: StageManifest) -> bool:
    """Whether a part of the input could not be read: a dump ends within a page, or rows are bad."""
    return _count(manifest, CUT) + _count(manifest, BAD_ROW) > 0


def _hashes(source: PageSource, display: Display) -> tuple[str, ...]:
    size = sum(file.stat().st_size for file in source.files)
    with display.work("reading", size, unit="bytes") as meter:
        return tuple(sha256(file, meter.add) for file in source.files)


def _warn(
    display: Display, path: Path, language: str, said: str | None, manifest: StageManifest
) -> None:
    if said is not None and said != language:
        display.warn(
            f"{path} says that it is in {said!r}; --languages {language} counts, and pages in "
            "another language were rejected"
        )
    if _count(manifest, CUT):
        display.warn(
            f"{path} ends within a page, or is damaged in one; the whole pages before it were "
            "kept, and the rejects say where. Fetch the dump again for the rest"
        )
    bad = _count(manifest, BAD_ROW)
    if bad:
        display.warn(f"{path} has {bad:,} bad rows; the rejects name file and line of each")


def _count(manifest: StageManifest, reason: str) -> int:
    # A template may have any name.
    rejects = (tally for tally in manifest.tallies if tally.what == "rejected")
    return sum(tally.count for tally in rejects if tally.reason == reason)
