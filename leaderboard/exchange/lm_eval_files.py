"""The files of lm-eval: results and, with `--log_samples`, the samples of each task.

lm-eval (0.4.9 to 0.4.13) writes `results_TIME.json` and one `samples_TASK_TIME.jsonl` a task beside
it. A sample line has one value for each metric, and there is one line for each filter.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from leaderboard.record_files import files_under
from ultralink_data.errors import DataError
from ultralink_data.python_json import decoded

PREFIX: Final = "results_"
NO_METRICS: Final = ("bypass",)
"""Metrics that stand for none: lm-eval writes 999."""


class OwnMark(msgspec.Struct, frozen=True, kw_only=True):
    """What our own export adds: who measured. Its tasks say the rest in their `metadata`."""

    harness: str
    version: str


class LmEvalResults(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a results file that are read.

    `results` are by task and group, then by `METRIC,FILTER`. `date` is in seconds since 1970.
    """

    results: dict[str, dict[str, Any]]
    configs: dict[str, dict[str, Any]] = {}
    versions: dict[str, Any] = {}
    higher_is_better: dict[str, dict[str, bool | None]] = {}
    model_name: str | None = None
    chat_template_sha: str | None = None
    system_instruction_sha: str | None = None
    n_shot: dict[str, Any] = msgspec.field(name="n-shot", default_factory=dict)
    n_samples: dict[str, dict[str, Any]] = msgspec.field(name="n-samples", default_factory=dict)
    config: dict[str, Any] = {}
    date: float | None = None
    lm_eval_version: str | None = None
    transformers_version: str | None = None
    total_evaluation_time_seconds: str | float | None = None
    ultralink: OwnMark | None = None


class LoggedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a line of samples; the values of its metrics are read by their names."""

    doc_id: int
    doc: Any = None
    filter: str = "none"
    metrics: tuple[str, ...] = ()
    doc_hash: str = ""
    prompt_hash: str = ""
    target_hash: str = ""


def results_files(path: Path) -> list[Path]:
    """The results files that a path names or holds, the oldest first."""
    if not path.is_dir():
        return [path] if path.name.startswith(PREFIX) and path.suffix == ".json" else []
    found = [file for file in files_under(path, ".json") if file.name.startswith(PREFIX)]
    return sorted(found, key=lambda file: (file.name, str(file)))


def read_results(path: Path, data: bytes | None = None) -> LmEvalResults:
    """The content of a results file; `data` are its bytes if they were read already.

    Raises:
        DataError: it cannot be read, or is none; the message names file and field.
    """
    try:
        text = path.read_bytes() if data is None else data
        return msgspec.convert(decoded(text), LmEvalResults)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    except msgspec.DecodeError as error:
        raise DataError(
            f"{path} is no results file of lm-eval: {error}", hint="evaluate again with lm_eval"
        ) from error


def samples_file(results: Path, task: str) -> Path | None:
    """The samples of a task that were logged with a results file."""
    time = results.stem.removeprefix(PREFIX)
    path = results.parent / f"samples_{task}_{time}.jsonl"
    return path if path.parent == results.parent and path.is_file() else None


def logged_rows(path: Path) -> Iterator[tuple[LoggedRow, dict[str, Any]]]:
    """The lines of a sample file.

    Raises:
        DataError: it cannot be read, or a line is none; the message names file and line.
    """
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                try:
                    line = decoded(text)
                    yield msgspec.convert(line, LoggedRow), line
                except msgspec.DecodeError as error:
                    raise DataError(
                        f"{path}, line {number}: no sample of lm-eval: {error}",
                        hint="log the samples again with lm_eval --log_samples",
                    ) from error
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


def problem_of(row: LoggedRow) -> str:
    """The problem's own id where the document has one (ours do), else its number."""
    own = row.doc.get("problem_id") if isinstance(row.doc, dict) else None
    if type(own) is int:
        return str(own)
    return own if isinstance(own, str) and own else f"{row.doc_id:06d}"


def metric_label(metric: str, filtered: str) -> str:
    """A metric's name in our records: with its filter, unless that is none."""
    return metric if filtered == "none" else f"{metric},{filtered}"
