"""Runs in lm-eval's form: `results_TIME.json` and a `samples_TASK_TIME.jsonl` for each task.

lm-eval's own readers take them; fields named `ultralink` and a task's `metadata` hold what its form
has no place for. A run that came from lm-eval gets the names, settings and versions it came with.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from leaderboard.collection import StoredRun
from leaderboard.exchange.exported_runs import (
    RIGHT,
    deciding,
    file_time,
    measured_by,
    saved_samples,
    scored_cells,
    sha256_text,
    task_name,
)
from leaderboard.exchange.finite_numbers import unix_seconds
from leaderboard.exchange.from_lm_eval import HARNESS
from leaderboard.records import ScoreCell
from tasks.saved_rows import Sample

_NONE: Final = "N/A"
"""What lm-eval writes for no standard error."""


def lm_eval_files(run: StoredRun) -> dict[str, bytes]:
    """The files of one run by name.

    Raises:
        DataError: a sample file is damaged.
    """
    record, time = run.record, file_time(run)
    kept = record.config.get(HARNESS) if record.imported else None
    source: Mapping[str, Any] = kept if isinstance(kept, dict) and "names" in kept else {}
    found: dict[str, bytes] = {}
    results: dict[str, tuple[list[ScoreCell], int]] = {}
    for (task, language), cells in scored_cells(run).items():
        name = _name(source, task, language) or task_name(cells[0])
        chosen = deciding(cells)
        rows = [*saved_samples(run, task, language)] if chosen else []
        results[name] = (cells, len({row.problem_id for row in rows}))
        if rows and chosen:
            lines = (_dumped(row) + "\n" for row in _rows(rows, chosen.metric))
            found[f"samples_{_file_part(name)}_{time}.jsonl"] = "".join(lines).encode()
    content = _results(run, results, source)
    return {f"results_{time}.json": (_dumped(content, indent=2) + "\n").encode(), **found}


def _dumped(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)


def _file_part(name: str) -> str:
    """A task's name as part of a file's name: one that would choose a path is its hash."""
    plain = all(letter.isalnum() or letter in "-_.+" for letter in name)
    return name if plain and len(name) <= 120 else sha256_text(name)[:16]


def _name(source: Mapping[str, Any], task: str, language: str) -> str:
    """The name that a task and language had in lm-eval's own file, or ""."""
    for name, named in source.get("names", {}).items():
        if list(named[:2]) == [task, language]:
            return str(name)
    return ""


def _results(
    run: StoredRun, results: Mapping[str, tuple[list[ScoreCell], int]], source: Mapping[str, Any]
) -> dict[str, Any]:
    """The content of the results file."""
    record = run.record
    by = measured_by(run)
    mark = {} if source else {"ultralink": {"harness": by.harness, "version": by.version}}
    version = by.version if source else record.packages.get("lm-eval")
    started = unix_seconds(record.started.replace("Z", "+00:00"))
    seconds = record.wall_seconds
    own_config: dict[str, Any] = {
        "model": record.backend,
        "model_args": {"pretrained": record.model},
    }
    if record.parameters is not None:
        own_config["model_num_parameters"] = record.parameters
    return {
        "results": {name: _scores(name, cells) for name, (cells, _) in results.items()},
        "group_subtasks": {},
        "configs": source.get("configs")
        or {name: _config(run, name, cells) for name, (cells, _) in results.items()},
        "versions": source.get("versions")
        or {
            name: record.task_versions.get(cells[0].task, "")
            for name, (cells, _) in results.items()
        },
        "n-shot": source.get("n_shot", {}),
        "higher_is_better": {
            name: {cell.metric.partition(",")[0]: cell.higher_is_better for cell in cells}
            for name, (cells, _) in results.items()
        },
        "n-samples": {
            name: {"original": size, "effective": size}
            for name, (cells, asked) in results.items()
            if (size := asked or cells[0].n)
        },
        "config": source.get("config") or own_config,
        **({"date": started} if started is not None else {}),
        "lm_eval_version": version or None,
        "transformers_version": record.packages.get("transformers"),
        "model_name": record.model,
        "chat_template_sha": source.get("chat_template_sha"),
        "system_instruction_sha": source.get("system_instruction_sha"),
        "total_evaluation_time_seconds": None if seconds is None else str(seconds),
        **mark,
    }


def _scores(name: str, cells: list[ScoreCell]) -> dict[str, Any]:
    """The row of a task: every metric under `METRIC,FILTER`, its standard error beside it."""
    row: dict[str, Any] = {"name": name, "alias": name}
    for cell in cells:
        metric, mark, filtered = cell.metric.partition(",")
        ending = f",{filtered}" if mark else ",none"
        row[f"{metric}{ending}"] = cell.value
        error = cell.standard_error
        row[f"{metric}_stderr{ending}"] = _NONE if error is None else error
    if cells[0].n:
        row["sample_len"] = cells[0].n
    return row


def _config(run: StoredRun, name: str, cells: list[ScoreCell]) -> dict[str, Any]:
    """A task's settings as far as lm-eval has words for them; the rest is its metadata."""
    record, cell = run.record, cells[0]
    asked = {
        "temperature": record.generation.temperature.get(cell.task),
        "max_gen_toks": record.generation.max_tokens.get(cell.task),
    }
    return {
        "task": name,
        "output_type": "generate_until",
        "generation_kwargs": {key: value for key, value in asked.items() if value is not None},
        "metadata": {
            "version": record.task_versions.get(cell.task, ""),
            "task": cell.task,
            "language": cell.language,
            "protocol": record.protocols.get(cell.task, ""),
            "scored": {one.metric: one.n for one in cells},
        },
    }


def _rows(samples: list[Sample], metric: str) -> Iterator[dict[str, Any]]:
    """A row for each sample; problems are numbered in their order."""
    name, mark, filtered = metric.partition(",")
    numbers: dict[str, int] = {}
    for sample in samples:
        score = RIGHT.get(sample.outcome)
        number = numbers.setdefault(sample.problem_id, len(numbers))
        doc = {"problem_id": sample.problem_id, "prompt": sample.prompt}
        answer = sample.generation if sample.extracted is None else sample.extracted
        yield {
            "doc_id": number,
            "doc": doc,
            "target": "",
            "arguments": {"gen_args_0": {"arg_0": sample.prompt}},
            "resps": [[sample.generation]],
            "filtered_resps": [answer],
            "filter": filtered if mark else "none",
            "metrics": [] if score is None else [name],
            "doc_hash": sha256_text(_dumped(doc)),
            "prompt_hash": sha256_text(sample.prompt),
            "target_hash": sha256_text(""),
            **({} if score is None else {name: score}),
            "ultralink": {
                "outcome": sample.outcome.value,
                "detail": sample.detail,
                "extracted": sample.extracted,
                "hit_limit": sample.hit_limit,
                "thinking": sample.thinking,
                "cluster": sample.cluster,
            },
        }
