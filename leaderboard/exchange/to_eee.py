"""Runs as records of Every Eval Ever, schema 0.3.0: a JSON file each, its samples beside it.

The layout is the datastore's: `data/ultralink-bench/DEVELOPER/MODEL/UUID.json`. The UUID is a hash
of the run, so that the same run gives the same bytes. What the schema has no field for stands in
`additional_details` and `metadata`, which hold texts.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from leaderboard.collection import StoredRun
from leaderboard.exchange.eee_records import EEE_SCHEMA, LIBRARY
from leaderboard.exchange.exported_runs import (
    RIGHT,
    deciding,
    ended,
    measured_by,
    saved_samples,
    scored_cells,
    sha256_text,
    task_name,
)
from leaderboard.exchange.finite_numbers import unix_seconds
from leaderboard.records import RunRecord, ScoreCell
from leaderboard.table import is_share
from tasks.saved_rows import Outcome, Sample

_LOCAL: Final = ("hf", "vllm", "vllm-cpu")
"""Backends that run the weights here."""


def eee_files(run: StoredRun, organization: str) -> dict[str, bytes]:
    """The files of one run by relative path; `organization` is who measured.

    Raises:
        DataError: a sample file is damaged.
    """
    record = run.record
    name = str(uuid.UUID(bytes=hashlib.sha256(run.key.encode()).digest()[:16], version=4))
    folder = PurePosixPath("data", LIBRARY, *_model_folders(record.model))
    results: list[dict[str, Any]] = []
    lines: list[str] = []
    for (task, language), cells in scored_cells(run).items():
        results += [_result(record, cell) for cell in cells]
        chosen = deciding(cells)
        if chosen is not None:
            rows = saved_samples(run, task, language)
            lines += (_dumped(one) for one in _instances(rows, run, chosen))
    content = _record(run, results, organization)
    found: dict[str, bytes] = {}
    if lines:
        path = str(folder / f"{name}_samples.jsonl")
        found[path] = ("\n".join(lines) + "\n").encode()
        content["detailed_evaluation_results"] = {
            "format": "jsonl",
            "file_path": path,
            "hash_algorithm": "sha256",
            "checksum": hashlib.sha256(found[path]).hexdigest(),
            "total_rows": len(lines),
        }
    return {str(folder / f"{name}.json"): (_dumped(content, indent=2) + "\n").encode(), **found}


def left_out(run: StoredRun) -> int:
    """How many samples have no place in the schema: those that nobody graded."""
    count = 0
    for (task, language), cells in scored_cells(run).items():
        if deciding(cells) is not None:
            rows = saved_samples(run, task, language)
            count += sum(row.outcome is Outcome.UNJUDGED for row in rows)
    return count


def _dumped(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)


def _model_folders(model: str) -> tuple[str, str]:
    """Developer and model as the names of folders; a model without a developer is `local`."""
    developer, mark, name = model.partition("/")
    if not mark:
        developer, name = "local", model
    return _folder(developer) or "local", _folder(name) or "unnamed"


def _folder(text: str) -> str:
    """A text as one safe part of a path."""
    return re.sub(r"[^A-Za-z0-9 ._+@-]", "_", text)[:100].strip(". _")


def _evaluation_id(run: StoredRun) -> str:
    return f"{LIBRARY}/{run.record.model}/{ended(run):.0f}"


def _record(run: StoredRun, results: list[dict[str, Any]], organization: str) -> dict[str, Any]:
    record = run.record
    by = measured_by(run)
    started = unix_seconds(record.started.replace("Z", "+00:00"))
    details = {
        "deployment_type": "self_deployed" if record.backend in _LOCAL else "unknown",
        "model_availability": "unknown",
    }
    if record.parameters is not None:
        details["num_parameters"] = str(record.parameters)
    if record.generation.dtype:
        details["dtype"] = record.generation.dtype
    if record.model_fingerprint:
        details["model_fingerprint"] = record.model_fingerprint
    return {
        "schema_version": EEE_SCHEMA,
        "evaluation_id": _evaluation_id(run),
        **({} if started is None else {"evaluation_timestamp": f"{started:.0f}"}),
        "retrieved_timestamp": f"{ended(run):.0f}",
        "source_metadata": {
            "source_name": LIBRARY,
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": "other",
        },
        "eval_library": {
            "name": by.harness,
            "version": by.version or "unknown",
            "additional_details": {"exported_by": LIBRARY},
        },
        "model_info": {
            "name": record.model,
            "id": record.model,
            "additional_details": details,
        },
        "evaluation_results": results,
    }


def _result_id(cell: ScoreCell) -> str:
    return f"{task_name(cell)}/{cell.metric}"


def _result(record: RunRecord, cell: ScoreCell) -> dict[str, Any]:
    """One number with its interval, both unrounded."""
    return {
        "evaluation_result_id": _result_id(cell),
        "evaluation_name": task_name(cell),
        "source_data": {"dataset_name": cell.task, "source_type": "other"},
        "metric_config": {
            "metric_id": cell.metric,
            "metric_name": cell.metric,
            "lower_is_better": not cell.higher_is_better,
            **(_bounds(cell) if record.imported is None else {}),
            "additional_details": {
                "task": cell.task,
                "language": cell.language,
                "task_version": record.task_versions.get(cell.task, ""),
                "protocol": record.protocols.get(cell.task, ""),
            },
        },
        "score_details": _score(cell),
        "generation_config": {"generation_args": _asked(record, cell.task)},
    }


def _bounds(cell: ScoreCell) -> dict[str, Any]:
    """The range of our own metrics: shares, and bits per byte."""
    most = 1.0 if cell.higher_is_better and is_share(cell.value) else "Infinity"
    return {"score_type": "continuous", "min_score": 0.0, "max_score": most}


def _score(cell: ScoreCell) -> dict[str, Any]:
    unsure: dict[str, Any] = {}
    if cell.standard_error is not None:
        unsure["standard_error"] = {"value": cell.standard_error}
    if cell.interval is not None:
        unsure["confidence_interval"] = {
            "lower": cell.interval.low,
            "upper": cell.interval.high,
            "confidence_level": 0.95,
        }
    if cell.n:
        unsure["num_samples"] = cell.n
    return {"score": cell.value, **({"uncertainty": unsure} if unsure else {})}


def _asked(record: RunRecord, task: str) -> dict[str, Any]:
    asked = {
        "temperature": record.generation.temperature.get(task),
        "top_p": record.generation.top_p,
        "max_tokens": record.generation.max_tokens.get(task),
    }
    return {name: value for name, value in asked.items() if value is not None}


def _instances(
    samples: Iterator[Sample], run: StoredRun, cell: ScoreCell
) -> Iterator[Mapping[str, Any]]:
    """A line for each sample that was graded or broke."""
    for sample in samples:
        score = RIGHT.get(sample.outcome)
        if score is None and sample.outcome is not Outcome.ERROR:
            continue
        answers = [] if sample.extracted is None else [_answer(sample.extracted)]
        yield {
            "schema_version": EEE_SCHEMA,
            "evaluation_id": _evaluation_id(run),
            "model_id": run.record.model,
            "evaluation_name": task_name(cell),
            "evaluation_result_id": _result_id(cell),
            "sample_id": sample.problem_id,
            "sample_hash": sha256_text(sample.prompt),
            "interaction_type": "single_turn",
            "input": {"raw": sample.prompt, "reference": []},
            "output": {
                "raw": [sample.generation],
                "reasoning_trace": [sample.thinking] if sample.thinking else None,
            },
            "messages": None,
            "answer_attribution": answers,
            "evaluation": {"score": score or 0.0, "is_correct": bool(score)},
            "error": (sample.detail or "not graded") if score is None else None,
            "metadata": _kept(sample),
        }


def _answer(extracted: str) -> dict[str, Any]:
    return {
        "turn_idx": 0,
        "source": "output.raw",
        "extracted_value": extracted,
        "extraction_method": "custom",
        "is_terminal": True,
    }


def _kept(sample: Sample) -> dict[str, str]:
    """What the schema has no field for, as texts."""
    limit = {True: "true", False: "false", None: ""}[sample.hit_limit]
    kept = {
        "outcome": sample.outcome.value,
        "detail": sample.detail,
        "hit_limit": limit,
        "cluster": sample.cluster,
    }
    return {name: value for name, value in kept.items() if value}
