"""Files of margins that were measured on the user's own model and data: `margins`, `--margins`."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from harness.experiment.config import ExperimentConfig
from harness.statistics.measured_margin import MeasuredMargin
from harness.statistics.verdict import Margins
from tasks import registry
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.json_text import json_value

ORIGIN: Final = "Margins from an A/A run"
"""How the sentence begins that says where the margins of a config come from."""

MEASURED: Final = ("languages", "data", "model", "train", "eval")
"""The fields of a config that an A/A run measures a margin for."""


class MarginFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Margins, and the A/A run that they come from.

    `margins` are what a run takes; `measured` are those of every task and metric. `config` holds
    the fields `MEASURED` of the runs.
    """

    schema: Literal[1]
    kind: Literal["margins"]
    margins: Margins
    measured: tuple[MeasuredMargin, ...]
    variant: str
    seeds: tuple[int, ...]
    profile: str | None
    config: dict[str, Any]
    task_versions: dict[str, str]


def write_margins(path: Path, found: MarginFile) -> None:
    """Write the file, whole or not at all.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    atomic.write_bytes(path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def read_margins(path: Path) -> MarginFile:
    """Read a file of margins.

    Raises:
        PrerequisiteError: no such file.
        DataError: it is none, or damaged.
    """
    try:
        return json_value(path.read_bytes(), MarginFile)
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {path}: {error.strerror or error}",
            hint="measure margins with `ultralink-bench margins REPORT -o FILE`",
        ) from error
    except msgspec.DecodeError as error:
        raise DataError(
            f"{path}: {error}", hint="it is written by `ultralink-bench margins`, never by hand"
        ) from error


def origin(path: Path, found: MarginFile) -> str:
    """Where the margins come from, in one sentence; the hash is that of the file's content."""
    parts = [
        f"{one.task} {_shown(one.margin, one.metric)} [{_shown(one.low, one.metric)}, "
        f"{_shown(one.high, one.metric)}]"
        for one in found.measured
        if one.primary
    ]
    content = hashlib.sha256(msgspec.json.encode(found, order="deterministic")).hexdigest()[:12]
    return (
        f"{ORIGIN} of {len(found.seeds)} seeds ({', '.join(map(str, found.seeds))}) of "
        f"{found.variant}, {path.name} {content}: {'; '.join(parts)}. So few seeds know a margin "
        "only as well as these intervals say."
    )


def _shown(value: float, metric: str) -> str:
    return f"{value:.3f}" if metric.startswith("bpb") else f"{100 * value:.1f} pt"


def with_margin_file(config: ExperimentConfig, path: Path) -> ExperimentConfig:
    """The config with the margins of a file, and what to know of them among its caveats.

    Both are part of the config's hash.

    Raises:
        PrerequisiteError: no such file.
        DataError: it is none, or damaged.
        ConfigError: the config has margins of its own that were set.
    """
    found = read_margins(path)
    said = [origin(path, found), *mismatches(config, found)]
    return msgspec.structs.replace(config, margins=found.margins, caveats=(*config.caveats, *said))


def refuse_two_margins(settings: Mapping[str, object] | tuple[str, ...], path: Path) -> None:
    """Refuse `--set margins...` beside a file.

    Raises:
        ConfigError: there is one.
    """
    for setting in settings:
        if str(setting).startswith("margins"):
            raise ConfigError(
                f"--set {setting} and --margins {path} both set the margins",
                hint="give one of them",
            )


def mismatches(config: ExperimentConfig, found: MarginFile) -> list[str]:
    """What of the A/A run is otherwise here: settings, versions of tasks, and seeds used twice."""
    now = msgspec.json.decode(msgspec.json.encode(config))
    changed = [
        name for name in MEASURED if name in found.config and now[name] != found.config[name]
    ]
    said = []
    if changed:
        said.append(f"The A/A run had other settings: this run changes {', '.join(changed)}.")
    versions = {run.task: registry.get(run.task).version for run in config.eval.runs}
    other = [
        f"{task} {version} (now {versions[task]})"
        for task, version in found.task_versions.items()
        if task in versions and versions[task] != version
    ]
    if other:
        said.append(f"The margins were measured on {', '.join(other)}.")
    unknown = sorted(set(versions) - set(found.task_versions))
    if unknown:
        said.append(f"No margin was measured for {', '.join(unknown)}; those of the others hold.")
    twice = sorted(set(config.seeds) & set(found.seeds))
    if twice:
        said.append(
            f"Seeds {', '.join(map(str, twice))} are also those of the A/A run, so that its margin "
            "knows this reference: take other seeds."
        )
    return said
