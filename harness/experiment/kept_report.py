"""The report of an experiment, written again only where something that decides it has changed.

It depends on finished artefacts, on what was asked and on our code. Where all of them are as they
were and every file stands there as it was written, the report is read from them.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.engine.graph import Made
from harness.engine.kept_results import kept
from harness.experiment.ablation import Ablation
from harness.experiment.nodes import Experiment
from harness.statistics.policy import NO_POLICY, Policy
from leaderboard.looks import Look
from ultralink_data.completion import FileMark, first_fault, hash_file, mark_file

if TYPE_CHECKING:
    from harness.experiment.packed_facts import Plans
    from harness.experiment.until_decided import SeedLooks
    from leaderboard.records import ExperimentReport


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a report, the report itself last."""

    files: tuple[FileMark, ...]


def experiment_report(
    experiment: Experiment,
    made: Mapping[str, Made],
    plans: "Plans",
    out: Path,
    started: datetime,
    command: tuple[str, ...],
    looks: tuple[Look, ...] = (),
    policy: Policy = NO_POLICY,
    seed_looks: "SeedLooks | None" = None,
) -> "tuple[ExperimentReport, list[Path]]":
    """As `harness.experiment.report.write_experiment`, but nothing is written twice.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    fresh: list[ExperimentReport] = []

    def write() -> _Written:
        from harness.experiment.report import write_experiment

        report, paths = write_experiment(
            experiment, made, plans, out, started, command, looks, policy, seed_looks
        )
        fresh.append(report)
        return _Written(files=tuple(mark_file(path, out) for path in paths))

    own = _own_file(experiment.ablation)
    if own is None:
        written = write()
    else:
        parts = (
            *(str(out.absolute()), own, command, looks, policy, seed_looks),
            _asked(experiment),
            {name: (one.marker.key, one.marker.seal, str(one.path)) for name, one in made.items()},
        )
        written = kept("report", parts, _Written, write, holds=lambda found: _stands(found, out))
    paths = [out / file.name for file in written.files]
    if fresh:
        return fresh[0], paths
    from leaderboard.records import read_report

    return read_report(paths[-1]), paths


def _stands(found: _Written, out: Path) -> bool:
    """Whether every file is there as it was written."""
    return first_fault(out / "report", found.files) is None


def _asked(experiment: Experiment) -> dict[str, object]:
    """What a report says of an experiment beside its artefacts."""
    ablation = experiment.ablation
    return {
        "config": experiment.config,
        "further seeds": experiment.further_seeds,
        "checkpoints": experiment.checkpoints,
        "variants": [
            (v.name, v.label, v.after, experiment.recorded(v)) for v in experiment.variants
        ],
        "benchmarks": str(experiment.benchmarks),
        "ablation": (ablation.name, ablation.question, ablation.reference, ablation.parameters),
        "notes": (ablation.caveats, ablation.controls),
    }


def _own_file(ablation: Ablation) -> str | None:
    """Hash of the file that a user's ablation is described in, "" for one of ours.

    None for a file of code: it may read anything.
    """
    if ablation.file is None or ablation.file.is_relative_to(Path(__file__).parent):
        return ""
    return None if ablation.file.suffix == ".py" else hash_file(ablation.file)
