"""`ultralink-bench data diff`: show what changed between two datasets."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from harness import show
from harness.building.dialogue_files import dialogues
from harness.commands.data_diversity import write_report
from harness.commands.data_stats import counter
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.progress.terminal import TERMINAL
from leaderboard.diff_tables import diff_tables
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest
from ultralink_data.store.sort import in_order
from ultralink_data.whole.diff import CellDiff, Diff, Example, diff

_OPENING = "### Rows\n"
DIFFERENT = 1
"""Exit code if a row differs; 0 if none does, whatever the manifests say."""


class DiffReport(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers that `-o FILE.json` writes; a manifest is null if a side is not a dataset."""

    before: str
    after: str
    equal: bool
    tokens_counted: str
    cells: tuple[CellDiff, ...]
    examples: tuple[Example, ...]
    before_manifest: Manifest | None
    after_manifest: Manifest | None


def diff_command(arguments: argparse.Namespace) -> int:
    """Print what changed; exit code 1 if a row differs.

    Raises:
        ConfigError: a bad option, or an existing output that is not a report.
        DataError: a bad row, a duplicate id, or a dataset that does not match its manifest.
    """
    if arguments.show < 0:
        raise ConfigError(f"--show {arguments.show}", hint="use 0 or more examples")
    refuse_foreign_json(arguments.json, DiffReport)
    refuse_foreign_markdown(arguments.markdown, _OPENING)
    count_tokens, counted = counter(arguments.tokenizer)
    with TemporaryDirectory(prefix="ultralink-diff.") as scratch:
        sides = []
        for name, path in (("before", arguments.before), ("after", arguments.after)):
            folder = Path(scratch) / name
            folder.mkdir()
            with TERMINAL.work(f"sort {name}") as meter:
                sides.append(in_order(meter.over(dialogues(path)), folder))
        try:
            with TERMINAL.work("compare") as meter:
                sides[0] = meter.over(sides[0])
                found: Diff = diff(*sides, count_tokens=count_tokens, show=arguments.show)
        except ValueError as error:
            raise DataError(
                str(error), hint="ids are unique within a language and kind; rename or drop a row"
            ) from error
    manifests = (_manifest(arguments.before), _manifest(arguments.after))
    tables = diff_tables(found, *manifests, counted)
    show.print_tables(tables)
    names = [show.short(path) for path in (arguments.before, arguments.after)]
    word = "hold the same rows" if found.equal else "differ"
    show.console().print(f"{names[0]} and {names[1]} {word}", soft_wrap=True)
    report = DiffReport(
        before=names[0],
        after=names[1],
        equal=found.equal,
        tokens_counted=counted,
        cells=found.cells,
        examples=found.examples,
        before_manifest=manifests[0],
        after_manifest=manifests[1],
    )
    write_report(report, tables, arguments.json, arguments.markdown)
    return 0 if found.equal else DIFFERENT


def _manifest(path: Path) -> Manifest | None:
    return dataset.read_manifest(path) if (path / dataset.MANIFEST).is_file() else None
