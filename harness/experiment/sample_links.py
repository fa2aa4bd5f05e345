"""Samples under names that say whose they are: `samples/VARIANT_seedN` beside the tables.

The store keeps an evaluation under its key; a link leads there. Where no links can be made, the
file `samples.txt` lists names and folders.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.engine.graph import Made
from harness.experiment.measured_runs import variant_runs
from harness.experiment.nodes import Experiment
from ultralink_data import atomic

SAMPLES: Final = "samples"


def link_samples(experiment: Experiment, made: Mapping[str, Made], out: Path) -> Path | None:
    """Link the sample folder of every run below `out`; where the links are, or their list.

    Links of an earlier report that no run of this one has are taken away; what is no link stays.

    Raises:
        PrerequisiteError: the folder cannot be written.
    """
    found: dict[str, Path] = {}
    for variant in experiment.variants:
        for seed, run in variant_runs(made, variant.name, experiment.config.seeds):
            if (run.path / SAMPLES).is_dir():
                found[f"{variant.name}_seed{seed}"] = run.path / SAMPLES
    folder = out / SAMPLES
    if folder.is_dir():
        for old in [path for path in folder.iterdir() if path.is_symlink()]:
            old.unlink()
    if not found:
        return None
    with atomic.disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        for name, target in found.items():
            relative = os.path.relpath(target.resolve(), folder.resolve())
            (folder / name).symlink_to(relative, target_is_directory=True)
    except OSError:  # a file system without links
        listed = "".join(f"{name}\t{target.resolve()}\n" for name, target in found.items())
        atomic.write_text(out / f"{SAMPLES}.txt", listed)
        return out / f"{SAMPLES}.txt"
    return folder
