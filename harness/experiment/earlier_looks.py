"""Which seeds and margins of an experiment were reported before: `looks/` in the store.

Each report leaves a small file there, under the hash of its config without seeds and margins. A
later report of the same comparison on others names them (`leaderboard.looks`). So does each look of
a run until it is decided, as its verdicts are shown, even if the run is killed before its report.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from harness.experiment.config import ExperimentConfig, config_hash
from harness.experiment.until_decided import SeedLooks
from harness.statistics.verdict import Margins
from leaderboard.looks import Look
from ultralink_data import atomic
from ultralink_data.errors import DataError
from ultralink_data.json_text import json_value

FOLDER = "looks"


class _SeenReport(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One report: its seeds, margins, and the fingerprint of each compared variant's rows.

    `plan` has the looks that were fixed before the first, of which this is one.
    """

    seeds: tuple[int, ...]
    margins: dict[str, float]
    variants: dict[str, str]
    plan: SeedLooks | None = None


def earlier_looks(
    root: Path,
    ablation: str,
    config: ExperimentConfig,
    variants: Mapping[str, str],
    plan: SeedLooks | None = None,
) -> tuple[Look, ...]:
    """Reports of these comparisons on other seeds or with other margins, in order of seeds.

    `variants` are those compared with the reference, with the fingerprints of their rows: a report
    of other data or other variants showed nothing about these. The bounds of a run until it is
    decided allow for the looks of its `plan`, so they are left out.

    Raises:
        DataError: a file there is damaged.
    """
    now = _look(config)
    found = {}
    for path in sorted(_folder(root, ablation, config).glob("*.json")):
        seen = _read(path)
        look = Look(seeds=tuple(sorted(seen.seeds)), margins=seen.margins)
        planned = plan is not None and seen.plan == plan and look.margins == now.margins
        if look != now and not planned and seen.variants.items() & variants.items():
            found[look.seeds, tuple(sorted(look.margins.items()))] = look
    return tuple(found[key] for key in sorted(found))


def _look(config: ExperimentConfig) -> Look:
    margins = msgspec.to_builtins(config.margins)
    known = {name: value for name, value in margins.items() if value is not None}
    return Look(seeds=tuple(sorted(config.seeds)), margins=known)


def note_look(
    root: Path,
    ablation: str,
    config: ExperimentConfig,
    variants: Mapping[str, str],
    plan: SeedLooks | None = None,
) -> None:
    """Remember that these comparisons were reported, or looked at as planned.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    if variants:
        look = _look(config)
        entry = _SeenReport(
            seeds=look.seeds, margins=look.margins, variants=dict(variants), plan=plan
        )
        text = msgspec.json.encode(entry, order="deterministic")
        name = f"{hashlib.sha256(text).hexdigest()[:16]}.json"
        path = _folder(root, ablation, config) / name
        if not path.exists():
            atomic.write_bytes(path, text + b"\n")


def _folder(root: Path, ablation: str, config: ExperimentConfig) -> Path:
    """Where the looks at an experiment are, whatever its seeds and margins."""
    same = config_hash(msgspec.structs.replace(config, seeds=(0,), margins=Margins()))
    # The name of an ablation is a user's: it chooses no path.
    return root / FOLDER / hashlib.sha256(f"{ablation}/{same}".encode()).hexdigest()[:16]


def _read(path: Path) -> _SeenReport:
    try:
        return json_value(path.read_bytes(), _SeenReport)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(
            f"{path}: {error}",
            hint="it says which seeds were reported before; delete it if nobody looked",
        ) from error
