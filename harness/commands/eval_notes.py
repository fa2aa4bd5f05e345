"""What must be said of an evaluation besides its scores."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from harness import show
from leaderboard.records import RunRecord
from tasks.benchmark import ONLY_THINKING, Outcome, Sample, is_answered
from tasks.eval_config import EvalConfig
from tasks.grading.missing_packages import count_missing, listed
from tasks.models import backends
from tasks.sampling import Thinking
from tasks.sandbox import NOT_ISOLATED
from ultralink_data.store.release import decode_lines


def warn_of(record: RunRecord, config: EvalConfig, folder: Path, *, likelihood: bool) -> None:
    """Warn of all that a reader of the scores must know; `folder` is the evaluation's.

    `likelihood` is false where the user wants no bits per byte.
    """
    name = record.model
    if NOT_ISOLATED in record.sandbox:
        show.warn(f"sandbox: {NOT_ISOLATED}")
    if "left_out" in record.config:
        left_out = ", ".join(record.config["left_out"])
        show.warn(f"{name} does not take {left_out}: not sent, the endpoint's own values hold")
    if "load_note" in record.config:
        show.warn(record.config["load_note"])
    if not backends.get(config.backend).scores and likelihood:
        show.warn(f"bits per byte: n/a, backend {config.backend} gives no log-likelihoods")
    if config.thinking == "on" and likelihood:
        show.warn("bits per byte: n/a, no thinking stands before a reference text")
    samples = _samples_of(folder)
    for sentence in unmeasured_notes(record):
        show.warn(sentence)
    _say_first_error(samples)
    for sentence in (*package_notes(samples), *thinking_notes(samples, config.thinking)):
        show.warn(sentence)


def unmeasured_notes(record: RunRecord) -> Iterator[str]:
    """Tasks of which the table has no row: `--no-generate` where there are no bits per byte."""
    measured = {cell.task for cell in record.cells}
    for task, protocol in record.protocols.items():
        if task not in measured:
            yield (
                f"{task}/{protocol}: nothing was measured, neither answers nor bits per byte; "
                "leave out --no-generate or choose a protocol with reference texts"
            )


def _samples_of(folder: Path) -> list[Sample]:
    paths = sorted((folder / "samples").glob("*.jsonl"))
    return [sample for path in paths for _, sample in decode_lines(path, Sample)]


def thinking_notes(samples: Sequence[Sample], mode: Thinking) -> Iterator[str]:
    """What the answers show of thinking that the options do not: the switch, and the limit."""
    answered = [sample for sample in samples if is_answered(sample)]
    thought = [sample for sample in answered if sample.thinking]
    cut = [s for s in thought if s.hit_limit and s.detail == ONLY_THINKING]
    if mode == "off" and thought:
        yield f"--thinking off, but {len(thought)} of {len(answered)} answers have thinking"
    if mode == "on" and answered and not thought:
        yield f"--thinking on, but none of {len(answered)} answers has thinking"
    if cut:
        yield (
            f"the token limit ended {len(cut)} of {len(answered)} answers in their thinking; "
            "--thinking-tokens gives them more room"
        )


def _say_first_error(samples: Sequence[Sample]) -> None:
    """Warn with the reason of the first sample that ended in an error; the table only counts."""
    errors = [sample for sample in samples if sample.outcome is Outcome.ERROR]
    if errors:
        first = errors[0]
        show.warn(
            f"{len(errors)} samples ended in an error; the first, {first.problem_id} in "
            f"{first.language}: {first.detail}"
        )


def package_notes(samples: Sequence[Sample]) -> Iterator[str]:
    """Where programs fail because they import more than the standard library."""
    failed = (("", sample.detail) for sample in samples if sample.outcome is Outcome.WRONG)
    counts = count_missing(failed)
    if counts:
        yield (
            f"failed samples that import what the sandbox lacks: {listed(counts)}; `grade NAME "
            "--sandbox-packages` shows them packages (docs/humaneval.md)"
        )
