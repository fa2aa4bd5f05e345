"""Grade saved samples again, without a model, and list what changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tasks.benchmark import Benchmark, Generation, Grade, Outcome, Sample, is_answered
from ultralink_data.errors import DataError


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One sample whose outcome or extracted answer changed; `index` counts within its problem."""

    run: str
    task: str
    language: str
    problem_id: str
    index: int
    old_outcome: Outcome
    old_extracted: str | None
    outcome: Outcome
    extracted: str | None


class Regraded(msgspec.Struct, frozen=True, kw_only=True):
    """The samples of one file, graded again.

    `other_prompts` counts samples whose prompt differs from the current one.
    """

    samples: tuple[Sample, ...]
    other_prompts: int


def regrade(
    benchmark: Benchmark[Any],
    language: str,
    protocol: str,
    samples: Sequence[Sample],
    benchmarks: Path | None,
) -> Regraded:
    """Grade the samples of one language again, in order.

    Samples without an answer (a prompt over the context, or refused by the endpoint) are unchanged.
    Samples saved before `hit_limit` existed count as cut off if their outcome says so.

    Raises:
        PrerequisiteError: a benchmark file or the sandbox is missing.
        DataError: a sample's problem is not in the benchmark.
    """
    problems = {p.problem_id: p for p in benchmark.problems(language, benchmarks)}
    for sample in samples:
        if sample.problem_id not in problems:
            raise DataError(
                f"problem {sample.problem_id!r} is not in {benchmark.name} {language}",
                hint="name the benchmark files that the samples were made with (--benchmarks DIR)",
            )
    asked = [sample for sample in samples if is_answered(sample)]
    generations = [
        Generation(
            problem_id=s.problem_id,
            text=s.generation,
            hit_limit=_was_cut(s),
            thinking=s.thinking,
        )
        for s in asked
    ]
    if benchmark.executes_code and asked:
        benchmark.prepare()
    grades = iter(benchmark.grades(problems, generations, protocol))
    return Regraded(
        samples=tuple(
            _graded(sample, next(grades)) if is_answered(sample) else sample for sample in samples
        ),
        other_prompts=sum(
            sample.prompt != benchmark.request(problems[sample.problem_id], protocol).prompt
            for sample in samples
        ),
    )


def _was_cut(sample: Sample) -> bool:
    if sample.hit_limit is None:
        return sample.outcome is Outcome.TRUNCATED
    return sample.hit_limit


def _graded(sample: Sample, grade: Grade) -> Sample:
    return msgspec.structs.replace(
        sample,
        extracted=grade.extracted,
        outcome=grade.outcome,
        detail=grade.detail,
        thinking=grade.thinking,
    )


def find_changes(
    run: str, task: str, old: Iterable[Sample], new: Iterable[Sample]
) -> tuple[Change, ...]:
    """The samples that are graded differently; `old` and `new` are in the same order."""
    return tuple(
        Change(
            run=run,
            task=task,
            language=after.language,
            problem_id=after.problem_id,
            index=after.index,
            old_outcome=before.outcome,
            old_extracted=before.extracted,
            outcome=after.outcome,
            extracted=after.extracted,
        )
        for before, after in zip(old, new, strict=True)
        if (before.outcome, before.extracted) != (after.outcome, after.extracted)
    )


def count_moves(changes: Iterable[Change]) -> dict[str, int]:
    """Number of samples by change of outcome ("wrong -> correct"), most frequent first.

    Both outcomes are the same if only the extracted answer differs.
    """
    moves = (f"{change.old_outcome.value} -> {change.outcome.value}" for change in changes)
    return dict(Counter(moves).most_common())
