"""The stages that part a dataset: rows held out, and those that may be trained beside them."""

from typing import TYPE_CHECKING

from harness.engine.stage_configs import HeldOutConfig, WithoutConfig

if TYPE_CHECKING:
    from harness.engine.stages import Folders, Report


def hold_out(folders: "Folders", config: HeldOutConfig, seed: int | None, report: "Report") -> None:
    """A dataset of the rows that are held out of another."""
    from ultralink_data.store import dataset
    from ultralink_data.whole.hold_out import held_out

    source = folders.inputs["dataset"]
    rows = [d for d in dataset.read(source) if d.language in config.languages]
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
    rows = dataset.read(source)
    threshold = CheckConfig().threshold
    kept = list(without_copies(rows, dataset.read(held), threshold))
    dataset.write_into(
        folders.out,
        kept,
        recipe=f"without(threshold={threshold:g})",
        parents=[dataset.read_manifest(folder).fingerprint for folder in (source, held)],
        dropped={"held out, or says the same": len(rows) - len(kept)},
    )
