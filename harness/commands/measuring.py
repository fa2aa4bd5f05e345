"""What a command that measures translations writes and prints in the end."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import show
from leaderboard.stage_tables import tables
from leaderboard.table import Table
from ultralink_data.atomic import write_bytes
from ultralink_data.stage.outcome import StageManifest, stage_paths


def report_measured(
    out: Path, manifest: StageManifest, name: str, found: Sequence[object], table: Table
) -> None:
    """Write what was found beside the rows in `out`, as `name`, and print its table and paths."""
    report = out.with_name(f"{out.stem}.{name}.json")
    write_bytes(report, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    show.print_tables([table, *tables("replies", manifest)])
    show.print_paths([*stage_paths(out)[:3], report])
