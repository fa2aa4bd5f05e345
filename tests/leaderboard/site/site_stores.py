"""Stores to make sites of: a plain one, whose numbers can be followed by eye, and its parts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from report_examples import cell, effect, record, report, variant

from leaderboard.records import ExperimentReport, Interval, RunRecord, VariantScore, write_record
from tasks.saved_rows import Outcome, Sample

PROBLEMS = 12


def sample(**changes: Any) -> Sample:
    """A sample: a right answer to the first problem in English."""
    fields: dict[str, Any] = {
        "problem_id": "mgsm/000",
        "language": "en",
        "index": 0,
        "prompt": "Question 0: how many apples?",
        "generation": "The answer is 4.",
        "extracted": "4",
        "outcome": Outcome.CORRECT,
    }
    return Sample(**(fields | changes))


def write_run(
    store: Path,
    folder: str,
    name: str,
    samples: dict[tuple[str, str], Sequence[Sample]],
    **changes: Any,
) -> RunRecord:
    """A record `reports/FOLDER/records/NAME.json` with its samples, by task and language.

    The sample files are named by number, as what a test calls tasks and languages may be no name.
    """
    cells = []
    for number, ((task, language), rows) in enumerate(samples.items()):
        file = store / "evals" / name / "samples" / f"{number}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        right = sum(row.outcome is Outcome.CORRECT for row in rows)
        cells.append(
            cell(
                task=task,
                language=language,
                n=len(rows),
                value=right / len(rows),
                interval=Interval(low=0.0, high=1.0),
                outcomes={"correct": right, "wrong": len(rows) - right},
                samples=len(rows),
                sample_file=f"../../../evals/{name}/samples/{number}.jsonl",
            )
        )
    tasks = dict.fromkeys(task for task, _ in samples)
    fields: dict[str, Any] = {
        "run_id": name,
        "model_fingerprint": name,
        "task_versions": dict.fromkeys(tasks, "1"),
        "protocols": dict.fromkeys(tasks, "direct"),
        "cells": tuple(cells),
    }
    made = record(**(fields | changes))
    write_record(store / "reports" / folder / "records" / f"{name}.json", made)
    return made


def graded(language: str, right: int, seed: int = 0) -> list[Sample]:
    """Samples of all problems, the first of them right."""
    return [
        sample(
            problem_id=f"mgsm/{number:03d}",
            language=language,
            prompt=f"Question {number} ({language}): how many apples?",
            generation=f"Seed {seed} says {'yes ' * (number + 1)}{number + 4}.",
            extracted=str(number + 4),
            outcome=Outcome.CORRECT if number < right + seed else Outcome.WRONG,
        )
        for number in range(PROBLEMS)
    ]


def experiment(**changes: Any) -> ExperimentReport:
    """The report of the plain store's experiment."""
    scores = [
        VariantScore(variant=name, cell=cell(task="mgsm", language=language, value=value))
        for name, value in (("keep-all", 0.8), ("keep-0", 0.3))
        for language in ("en", "fr")
    ]
    fields: dict[str, Any] = {
        "reference": "keep-all",
        "variants": (variant("keep-0", rows=0), variant("keep-all", rows=1000)),
        "scores": tuple(scores),
        "effects": tuple(
            effect(task="mgsm", language=language, variant="keep-0", reference="keep-all")
            for language in ("en", "fr")
        ),
    }
    return report(**(fields | changes))


def plain_store(store: Path) -> Path:
    """Two variants with three seeds each of one experiment, and a model by itself."""
    for name, right in (("keep-all", 9), ("keep-0", 2)):
        for seed in range(3):
            samples = {("mgsm", code): graded(code, right, seed) for code in ("en", "fr")}
            key = f"{name}-{seed}"
            write_run(store, "prune-starter", key, samples, variant=name, seed=seed)
    folder = store / "reports" / "prune-starter"
    names = sorted(f"records/{path.name}" for path in (folder / "records").iterdir())
    write_record(folder / "report.json", experiment(records=tuple(names)))
    alone = {"experiment": None, "variant": None, "profile": None, "seed": None}
    samples = {("mgsm", code): graded(code, 6) for code in ("en", "fr")}
    write_run(
        store, "alone", "alone", samples, model="one/model-7B", parameters=7_000_000_000, **alone
    )
    return store


def many_samples(store: Path, *, runs: int, problems: int) -> Path:
    """Runs of the same problems in one language: of every problem half of the runs are right."""
    for run in range(runs):
        rows = [
            sample(
                problem_id=f"mgsm/{number}",
                prompt=f"Question {number}",
                generation=f"run {run} says {number}",
                outcome=Outcome.CORRECT if (number + run) % 2 else Outcome.WRONG,
            )
            for number in range(problems)
        ]
        write_run(store, "many", f"run-{run}", {("mgsm", "en"): rows}, variant=f"v{run}", seed=0)
    return store
