"""The problems that an evaluation asks: their hash, and how many requests they are."""

import hashlib
import os
from functools import cache
from pathlib import Path

import msgspec

from tasks.eval_config import EvalConfig, TaskRun, selected
from tasks.files import ENVIRONMENT
from ultralink_data.added_code import blaming, file_of


def problems_hash(config: EvalConfig, benchmarks: Path | None) -> str:
    """Hash of every problem that an evaluation asks: prompts, answers, tests, references.

    Raises:
        PrerequisiteError: a benchmark file is missing.
    """
    digest = hashlib.sha256()
    for run in config.runs:
        count = (
            None
            if None in (run.generate, run.likelihood)
            else max(run.generate or 0, run.likelihood or 0)
        )
        for language in run.languages:
            problems = _problems(run, language, benchmarks, os.environ.get(ENVIRONMENT))
            for problem in selected(problems, count):
                digest.update(problem)
    return digest.hexdigest()


@cache
def _problems(
    run: TaskRun, language: str, benchmarks: Path | None, environment: str | None
) -> tuple[bytes, ...]:
    """The encoded problems; `environment` is an argument so that a change of it counts."""
    benchmark, protocol = run.benchmark(), run.protocol
    encoder = msgspec.json.Encoder(enc_hook=_without_place, order="deterministic")
    problems = benchmark.problems(language, benchmarks)
    with blaming(file_of(type(benchmark)), f"benchmark {benchmark.name}: a problem"):
        return tuple(encoder.encode((p, *benchmark.asked(p, protocol))) for p in problems)


def _without_place(value: object) -> None:
    """Encode a path as null: a benchmark file's content counts, its location does not."""
    if not isinstance(value, Path):
        raise TypeError(f"it holds a {type(value).__name__}: keep plain types in it, or a struct")


def requests(config: EvalConfig, benchmarks: Path | None) -> tuple[int, int]:
    """Answers that an evaluation generates, and reference texts that it scores."""
    answers = texts = 0
    for run in config.runs:
        benchmark = run.benchmark()
        for language in run.languages:
            problems = benchmark.problems(language, benchmarks)
            repeats = run.sampling(config.sampling).repeats
            answers += len(selected(problems, run.generate)) * repeats
            texts += len(selected(problems, run.likelihood))
    return answers, texts
