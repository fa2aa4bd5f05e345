"""`ultralink-bench data extract`: a MediaWiki dump to clean articles."""

import argparse
from functools import partial

import msgspec

from harness import show
from harness.source_hash import source_hash
from harness.stage_report import tables
from ultralink_data import languages
from ultralink_data.errors import ConfigError
from ultralink_data.extract import CUT, ExtractConfig, extract
from ultralink_data.stage_run import run_computing
from ultralink_data.stages import Stage, StageManifest, sha256, stage_paths
from ultralink_data.wiki import Dump

INCOMPLETE = 3
"""Exit code where the dump ends within a page: what is whole was kept."""


def extract_command(arguments: argparse.Namespace) -> int:
    """Extract the articles; a dump cut in mid-page gives what is whole, and exit code 3.

    Raises:
        ConfigError: an unknown language, or an option out of its range.
        DataError: no MediaWiki export.
    """
    language = languages.get(arguments.language).code
    try:
        config = ExtractConfig(min_tokens=arguments.min_tokens, max_tokens=arguments.max_tokens)
    except ValueError as error:
        raise ConfigError(str(error), hint="give other bounds") from error
    if arguments.processes < 1:
        raise ConfigError(f"--processes {arguments.processes}", hint="1 or more")
    stage = Stage(
        name="extract",
        config=msgspec.json.encode((language, config)).decode(),
        inputs=(sha256(arguments.dump),),
        code_version=source_hash("ultralink_data.extract"),
    )
    dump = Dump(arguments.dump, language)
    manifest = _run(arguments, dump, config, stage)
    show.print_tables(tables(f"extract: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    if dump.said_language is not None and dump.said_language != language:
        show.warn(
            f"{arguments.dump} says that it is in {dump.said_language!r}; --language {language} "
            "counts, and pages in another language were rejected"
        )
    if any(tally.reason == CUT for tally in manifest.tallies):
        show.warn(
            f"{arguments.dump} ends within a page; its whole pages were kept. Fetch the dump again "
            "for the rest"
        )
        return INCOMPLETE
    return 0


def _run(
    arguments: argparse.Namespace, dump: Dump, config: ExtractConfig, stage: Stage
) -> StageManifest:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = show.console(error=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        line = bar.add_task("extract")

        def advance(done: int, _: int) -> None:
            bar.update(line, description=f"extract: {done:,} pages")

        return run_computing(
            dump.pages(),
            partial(extract, config=config),
            arguments.out,
            stage,
            processes=arguments.processes,
            advance=advance,
        )
