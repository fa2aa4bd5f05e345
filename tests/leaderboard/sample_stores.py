"""A small store with samples, to make sites of."""

from pathlib import Path
from typing import Any

import msgspec
from report_examples import cell, record

from leaderboard.records import write_record
from tasks.saved_rows import LikelihoodSample, Outcome, Sample


def sample(problem_id: str, **changes: Any) -> Sample:
    fields: dict[str, Any] = {
        "problem_id": problem_id,
        "language": "zh",
        "index": 0,
        "prompt": f"What is {problem_id}?",
        "generation": "The answer is 7.",
        "extracted": "7",
        "outcome": Outcome.CORRECT,
    }
    return Sample(**(fields | changes))


def measured(problem_id: str, **changes: Any) -> LikelihoodSample:
    fields: dict[str, Any] = {
        "problem_id": problem_id,
        "language": "zh",
        "prompt": f"What is {problem_id}?",
        "target": "It is 7.",
        "outcome": "scored",
        "bits": 16.0,
        "bytes": 8,
        "digit_bits": 3.0,
        "digit_bytes": 1,
    }
    return LikelihoodSample(**(fields | changes))


def write_rows(path: Path, rows: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def write_run(
    store: Path, name: str, files: dict[tuple[str, str, str], list[Any]], **changes: Any
) -> Path:
    """A run with rows by folder (`samples`, `likelihood`), task and language."""
    folder = store / "reports" / "all" / "records"
    cells = []
    for (kind, task, language), rows in files.items():
        path = f"{name}/{kind}/{task}_{language}.jsonl"
        write_rows(folder / path, rows)
        metric = "bpb" if kind == "likelihood" else "exact_match"
        cells.append(cell(task=task, language=language, metric=metric, sample_file=path))
    fields = {"run_id": name, "cells": tuple(cells), "model": name, **changes}
    write_record(folder / f"{name}.json", record(**fields))
    return folder
