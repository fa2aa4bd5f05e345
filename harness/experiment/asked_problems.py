"""The problems that an evaluation asks: their hash, and how many requests they are."""

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from harness.engine.kept_results import kept, reads_so_far
from harness.engine.source_hash import ROOMS, ROOT
from harness.engine.watched_reads import watched_reads
from harness.experiment.config import ExperimentConfig
from tasks.eval_config import EvalConfig, TaskRun, selected
from tasks.files import ENVIRONMENT, cache_folder
from ultralink_data.added_code import blaming, file_of
from ultralink_data.completion import hash_file


class _Hashed(msgspec.Struct, frozen=True, kw_only=True):
    """The hash of problems, and the data files that they were read from, by their own hashes.

    The files of this project are not among them: they are part of its code.
    """

    digest: str
    files: dict[str, str]


def with_demonstrations(config: ExperimentConfig, is_reference: bool) -> EvalConfig:
    """The eval config; of a starter base the reference answers a few problems in any case.

    Of a pretrained model nothing is answered that was not asked for: with a limit of a
    thousand tokens that takes longer than all else on a CPU.
    """
    if not is_reference or config.model.path is not None:
        return config.eval
    runs = [
        msgspec.structs.replace(run, generate=run.benchmark().demonstrations)
        if run.generate == 0
        else run
        for run in config.eval.runs
    ]
    return msgspec.structs.replace(config.eval, runs=tuple(runs))


def problems_hash(config: EvalConfig, benchmarks: Path | None) -> str:
    """Hash of every problem that an evaluation asks: prompts, answers, tests, references.

    Problems that come with the code or with a package are made once, and their hash is kept.

    Raises:
        PrerequisiteError: a benchmark file is missing.
    """
    environment = os.environ.get(ENVIRONMENT)
    return kept(
        "problems",
        (config.runs, str(benchmarks), environment),
        _Hashed,
        lambda: _hashed(config, benchmarks, environment),
        holds=_unchanged,
        lasts=lambda made: not _searched(benchmarks, environment),
    ).digest


def _hashed(config: EvalConfig, benchmarks: Path | None, environment: str | None) -> _Hashed:
    digest = hashlib.sha256()
    with watched_reads() as reads:
        for run in config.runs:
            count = (
                None
                if None in (run.generate, run.likelihood)
                else max(run.generate or 0, run.likelihood or 0)
            )
            for language in run.languages:
                problems = _problems(run, language, benchmarks, environment)
                for problem in selected(problems, count):
                    digest.update(problem)
    ours = [ROOT / room for room in ROOMS]
    return _Hashed(
        digest=digest.hexdigest(),
        files={
            str(path): hash_file(path)
            for path in reads.data_files()
            if not any(path.is_relative_to(room) for room in ours)
        },
    )


def _unchanged(found: _Hashed) -> bool:
    with suppress(OSError):
        return all(hash_file(Path(name)) == known for name, known in found.files.items())
    return False


def _searched(benchmarks: Path | None, environment: str | None) -> bool:
    """Whether files were taken from the places where benchmark files are searched for.

    Another file may be the first that is found next time, so that no hash of it would do. What was
    read before counts too: a benchmark may have it in memory.
    """
    places = [Path(place) for place in (benchmarks, environment, cache_folder()) if place]
    return reads_so_far().any_below(places)


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
    """Answers that an evaluation generates, and problems whose reference texts it scores.

    A protocol may have no reference text: with a chain of thought the model's own reasoning comes
    first.
    """
    answers = texts = 0
    for run in config.runs:
        benchmark = run.benchmark()
        for language in run.languages:
            problems = benchmark.problems(language, benchmarks)
            repeats = run.sampling(config.sampling).repeats
            answers += len(selected(problems, run.generate)) * repeats
            scored = selected(problems, run.likelihood)
            texts += sum(bool(benchmark.references(one, run.protocol)) for one in scored)
    return answers, texts
