"""What the record of a model says of its training, where the model's folder tells."""

from pathlib import Path
from typing import Any

import msgspec

from harness.engine.jobs import external
from harness.engine.provenance import PROVENANCE, ModelProvenance, read_provenance
from harness.experiment.external_models import external_model
from harness.experiment.run_context import RunContext
from leaderboard.records import TokenCount
from ultralink_data.adapters import base_of, is_adapter

FIELD = "provenance"
"""Where a record's config holds it."""


def known_training(folder: Path, fingerprint: str) -> tuple[ModelProvenance | None, str]:
    """How the model in `folder` was trained, and a warning or "".

    A folder whose files changed since it was trained is not the model that its provenance
    describes, nor are adapters whose base changed; `fingerprint` is that of the files.

    Raises:
        DataError: the file that says so is damaged.
    """
    found = read_provenance(folder)
    if found is None:
        return None, ""
    if is_adapter(folder):
        fingerprint = external(folder).fingerprint  # without that of the base
    if found.fingerprint != fingerprint:
        return None, f"{folder / PROVENANCE} is about other files than the folder has: not used"
    if is_adapter(folder) and (doubt := _other_base(folder, found)):
        return None, f"{doubt}: {folder / PROVENANCE} is not used"
    return found, ""


def _other_base(folder: Path, found: ModelProvenance) -> str:
    """What is wrong where adapters were trained on another base than they name now; else ""."""
    base = base_of(folder)
    if not Path(base).exists() or external_model(base).fingerprint == found.base.fingerprint:
        return ""
    return f"the adapters in {folder} were trained on another model than the one at {base} now"


def with_training(context: RunContext, found: ModelProvenance | None) -> RunContext:
    """The fields of a record that a model's provenance gives."""
    if found is None:
        return context
    more: dict[str, Any] = {FIELD: msgspec.to_builtins(found)}
    return msgspec.structs.replace(
        context,
        config=context.config | more,
        seed=found.seed,
        dataset_fingerprint=found.dataset.fingerprint,
        trained=tuple(
            TokenCount(language=c.language, kind=c.kind, rows=c.rows, tokens=c.learned)
            for c in found.dataset.cells
        ),
        steps=found.steps,
    )
