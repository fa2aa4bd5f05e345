"""Which seeds of an experiment were reported before: `looks/` in the store.

Each report leaves a small file there, under the hash of its config without the seeds. A later
report of the same comparison on other seeds names them (`leaderboard.looks`).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from harness.experiment.config import ExperimentConfig, config_hash
from leaderboard.looks import Look
from ultralink_data import atomic
from ultralink_data.errors import DataError

FOLDER = "looks"


class _SeenReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One report: its seeds, and the fingerprint of each compared variant's rows."""

    seeds: tuple[int, ...]
    variants: dict[str, str]


def earlier_looks(
    root: Path, ablation: str, config: ExperimentConfig, variants: Mapping[str, str]
) -> tuple[Look, ...]:
    """Reports of these comparisons on other seeds, in the order of their seeds.

    `variants` are those compared with the reference, with the fingerprints of their rows: a report
    of other data or other variants showed nothing about these.

    Raises:
        DataError: a file there is damaged.
    """
    found = set()
    for path in sorted(_folder(root, ablation, config).glob("*.json")):
        entry = _read(path)
        same = entry.variants.items() & variants.items()
        if same and set(entry.seeds) != set(config.seeds):
            found.add(tuple(sorted(entry.seeds)))
    return tuple(Look(seeds=seeds) for seeds in sorted(found))


def note_look(
    root: Path, ablation: str, config: ExperimentConfig, variants: Mapping[str, str]
) -> None:
    """Remember that these comparisons were reported.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    if variants:
        entry = _SeenReport(seeds=tuple(sorted(config.seeds)), variants=dict(variants))
        text = msgspec.json.encode(entry, order="deterministic")
        name = f"{hashlib.sha256(text).hexdigest()[:16]}.json"
        path = _folder(root, ablation, config) / name
        if not path.exists():
            atomic.write_bytes(path, text + b"\n")


def _folder(root: Path, ablation: str, config: ExperimentConfig) -> Path:
    """Where the looks at an experiment are, whatever its seeds."""
    same = config_hash(msgspec.structs.replace(config, seeds=(0,)))
    # The name of an ablation is a user's: it chooses no path.
    return root / FOLDER / hashlib.sha256(f"{ablation}/{same}".encode()).hexdigest()[:16]


def _read(path: Path) -> _SeenReport:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_SeenReport)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(
            f"{path}: {error}",
            hint="it says which seeds were reported before; delete it if nobody looked",
        ) from error
