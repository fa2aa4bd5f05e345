"""Runs as `.eval_results/*.yaml` of a model's repository on the Hugging Face Hub.

Form: huggingface.co/docs/hub/eval-results. The dataset has to be registered there as a benchmark,
with an `eval.yaml` that names its tasks: of those that the page names, the two whose tasks its own
examples and Every Eval Ever's exporter call alike are known here. Of any other the user says it.
Scores are percentages, as in the page's first example.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from leaderboard.collection import StoredRun
from leaderboard.exchange.exported_runs import measured_by, scored_cells, task_name
from leaderboard.records import ScoreCell
from leaderboard.table import is_share
from ultralink_data.errors import ConfigError


class HubTask(NamedTuple):
    """A benchmark of the Hub: the dataset's id, and a task of its `eval.yaml`."""

    dataset: str
    task: str


KNOWN: Final[Mapping[str, HubTask]] = {
    "gsm8k": HubTask("openai/gsm8k", "gsm8k"),
    "mmlu_pro": HubTask("TIGER-Lab/MMLU-Pro", "mmlu_pro"),
}
_PAGE: Final = "huggingface.co/docs/hub/eval-results"
_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?")


def hub_task(text: str) -> tuple[str, HubTask]:
    """`mgsm_zh=OWNER/DATASET:TASK` as the name of a task and language, and where it is.

    Raises:
        ConfigError: it is written otherwise.
    """
    name, mark, place = text.partition("=")
    dataset, colon, task = place.partition(":")
    if not (mark and colon and name and task and "/" in dataset and _SAFE.fullmatch(dataset)):
        raise ConfigError(
            f"--hub-dataset {text!r} is not NAME=OWNER/DATASET:TASK",
            hint="e.g. mgsm_zh=my-org/mgsm:zh, the task as the dataset's eval.yaml calls it",
        )
    return name, HubTask(dataset, task)


def hub_files(
    run: StoredRun, asked: Mapping[str, HubTask], source_url: str
) -> tuple[dict[str, bytes], list[str]]:
    """The files of one run, and why other numbers have none.

    Raises:
        ConfigError: no number of the run belongs to a benchmark of the Hub.
    """
    found: dict[str, bytes] = {}
    refused: list[str] = []
    for cells in scored_cells(run).values():
        cell = cells[0]  # the task's own metric stands first
        name = task_name(cell)
        place = asked.get(name) or KNOWN.get(name)
        if place is None:
            refused.append(f"{name}: no dataset of the Hub is known as its benchmark ({_PAGE})")
        elif not (cell.higher_is_better and is_share(cell.value)):
            refused.append(f"{name}: {cell.metric} is no share, and the Hub shows percentages")
        else:
            file = f".eval_results/{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}.yaml"
            if file in found:
                raise ConfigError(
                    f"{name} and another task would both be {file}",
                    hint="export them apart, with --hub-dataset for one",
                )
            found[file] = _yaml(_entry(run, cell, place, source_url))
    if not found:
        raise ConfigError(
            f"{run.name} has no number for the Hub: {refused[0] if refused else 'it is empty'}",
            hint="register the benchmark there, then --hub-dataset NAME=OWNER/DATASET:TASK",
        )
    return found, refused


def _entry(
    run: StoredRun, cell: ScoreCell, place: HubTask, source_url: str
) -> list[dict[str, Any]]:
    record = run.record
    by = measured_by(run)
    protocol = record.protocols.get(cell.task, "")
    notes = [
        f"{by.harness} {by.version}".strip(),
        f"{cell.task} {record.task_versions.get(cell.task, '')}".strip(),
        cell.metric,
        f"protocol {protocol}" if protocol else "",
        f"n {cell.n}" if cell.n else "",
    ]
    entry: dict[str, Any] = {
        "dataset": {"id": place.dataset, "task_id": place.task},
        "value": round(100 * (cell.value or 0.0), 10),
    }
    if record.started:
        entry["date"] = record.started
    if source_url:
        entry["source"] = {"url": source_url, "name": "ultralink-bench"}
    return [entry | {"notes": ", ".join(filter(None, notes))}]


def _yaml(entries: list[dict[str, Any]]) -> bytes:
    """YAML; every text in the quotes of JSON, which YAML takes and nothing in a text can leave."""
    lines: list[str] = []
    for entry in entries:
        mark = "- "
        for name, value in entry.items():
            if isinstance(value, dict):
                lines.append(f"{mark}{name}:")
                lines += (f"    {key}: {json.dumps(text)}" for key, text in value.items())
            else:
                lines.append(f"{mark}{name}: {json.dumps(value)}")
            mark = "  "
    return ("\n".join(lines) + "\n").encode()


def check_repository(name: str) -> str:
    """The name of a repository, OWNER/NAME.

    Raises:
        ConfigError: it is none.
    """
    if "/" not in name or not _SAFE.fullmatch(name):
        raise ConfigError(f"--push {name!r} is no repository", hint="write --push OWNER/MODEL")
    return name
