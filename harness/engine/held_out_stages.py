"""The stages that part a dataset: rows held out, and those that may be trained beside them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.engine.stage_configs import HeldOutConfig, WithoutConfig
from ultralink_data.dialogue import Dialogue

if TYPE_CHECKING:
    from harness.engine.stages import Folders, Report

_DROPPED: Final = "held out, or says the same"


def hold_out(folders: "Folders", config: HeldOutConfig, seed: int | None, report: "Report") -> None:
    """A dataset of the rows that are held out of another."""
    from ultralink_data.store import dataset
    from ultralink_data.whole.hold_out import held_out

    source = folders.inputs["dataset"]
    rows = (row for row in dataset.stream(source) if row.language in config.languages)
    dataset.write_into(
        folders.out,
        held_out(rows, config.share),
        recipe=f"held_out(share={config.share:g})",
        parents=[dataset.read_manifest(source).fingerprint],
    )


def leave_out(
    folders: "Folders", config: WithoutConfig, seed: int | None, report: "Report"
) -> None:
    """A dataset without the rows of another, and without their near duplicates."""
    from ultralink_data.checking.check_config import CheckConfig
    from ultralink_data.store import dataset
    from ultralink_data.whole.hold_out import without_copies

    source, held = folders.inputs["dataset"], folders.inputs["held"]
    threshold = CheckConfig().threshold
    dropped = {_DROPPED: sum(cell.rows for cell in dataset.read_manifest(source).counts)}

    def kept() -> Iterator[Dialogue]:
        rows, measured = dataset.stream(source), dataset.stream(held)
        for row in without_copies(rows, measured, threshold, scratch=folders.out):
            dropped[_DROPPED] -= 1
            yield row

    dataset.write_into(
        folders.out,
        kept(),
        recipe=f"without(threshold={threshold:g})",
        parents=[dataset.read_manifest(folder).fingerprint for folder in (source, held)],
        dropped=dropped,
    )
