"""Logs of inspect_ai (`.eval`, a ZIP of JSON, and `.json`), decoded as far as they are read.

Texts over 100 characters stand apart as attachments, by hash; here they are back in their places.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from leaderboard.exchange.bounded_zip import BoundedZip
from ultralink_data.errors import DataError
from ultralink_data.python_json import decoded

_ATTACHED: Final = re.compile(r"attachment://([0-9a-f]{32})")
_SAMPLE: Final = re.compile(r"samples/.+_epoch_\d+\.json", re.DOTALL)
_HINT: Final = "is it a whole log of inspect_ai? `inspect log dump` reads those"


class InspectMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of a scorer."""

    name: str
    value: float | None = None


class InspectScore(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics of a scorer over all samples, those of an epoch reduced before."""

    name: str
    reducer: str | None = None
    scored_samples: int | None = None
    metrics: dict[str, InspectMetric] = {}


class InspectResults(msgspec.Struct, frozen=True, kw_only=True):
    """The results of an evaluation; an old log has no `scored_samples`."""

    scores: tuple[InspectScore, ...] = ()


class InspectDataset(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked."""

    name: str | None = None
    samples: int | None = None
    sample_ids: tuple[str | int, ...] | None = None


class InspectEval(msgspec.Struct, frozen=True, kw_only=True):
    """What was run. `model_args` are not read: they may hold a key."""

    task: str
    model: str
    task_version: int | str = 0
    created: str = ""
    task_args: dict[str, Any] = {}
    dataset: InspectDataset = InspectDataset()
    config: dict[str, Any] = {}
    model_generate_config: dict[str, Any] = {}
    packages: dict[str, str] = {}


class InspectStep(msgspec.Struct, frozen=True, kw_only=True):
    """A solver of the plan."""

    solver: str


class InspectPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How a sample is asked; `config` is what it asks of the model."""

    steps: tuple[InspectStep, ...] = ()
    config: dict[str, Any] = {}


class InspectStats(msgspec.Struct, frozen=True, kw_only=True):
    """When it ran, ISO 8601."""

    started_at: str = ""
    completed_at: str = ""


class InspectSampleScore(msgspec.Struct, frozen=True, kw_only=True):
    """A scorer's word on one sample; `value` is a letter (C, I, P, N), a number, or several."""

    value: Any = None
    answer: str | None = None
    explanation: str | None = None


class InspectSample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample in one epoch. `input` is a text or messages, `output` what the model returned."""

    id: str | int
    epoch: int
    input: Any
    output: dict[str, Any] = {}
    scores: dict[str, InspectSampleScore] | None = None
    error: dict[str, Any] | None = None
    attachments: dict[str, str] = {}


class InspectLog(msgspec.Struct, frozen=True, kw_only=True):
    """A log: `status` is `success` for an evaluation that ended well."""

    version: int
    status: str
    eval: InspectEval
    plan: InspectPlan = InspectPlan()
    results: InspectResults | None = None
    stats: InspectStats = InspectStats()
    samples: tuple[InspectSample, ...] | None = None


def read_inspect(path: Path, data: bytes) -> tuple[InspectLog, list[InspectSample]]:
    """A log and its samples, in the order of the dataset and then of epochs.

    Raises:
        DataError: it is damaged, too large, or not a log; the message names entry and field.
    """
    if path.suffix == ".eval":
        archive = BoundedZip(path)
        log = _convert(archive.read("header.json"), InspectLog, f"{path}, header.json")
        samples = [
            _sample(archive.read(name), f"{path}, {name}")
            for name in archive.entries
            if _SAMPLE.fullmatch(name)
        ]
    else:
        log = _convert(data, InspectLog, str(path))
        samples = [_resolved(sample) for sample in log.samples or ()]
    order = {str(name): place for place, name in enumerate(log.eval.dataset.sample_ids or ())}
    samples.sort(key=lambda one: (order.get(str(one.id), len(order)), str(one.id), one.epoch))
    return log, samples


def _sample(data: bytes, where: str) -> InspectSample:
    return _resolved(_convert(data, InspectSample, where))


def _convert(data: bytes, kind: Any, where: str) -> Any:
    try:
        return msgspec.convert(decoded(data), kind)
    except msgspec.DecodeError as error:
        raise DataError(f"{where}: no log of inspect_ai: {error}", hint=_HINT) from error


def _resolved(sample: InspectSample) -> InspectSample:
    """A sample with its attachments in their places, in what is read of it."""
    if not sample.attachments:
        return sample
    texts = sample.attachments

    def filled(value: Any) -> Any:
        match value:
            case str():
                return _ATTACHED.sub(lambda found: texts.get(found[1], found[0]), value)
            case list():
                return [filled(one) for one in value]
            case dict():
                return {name: filled(one) for name, one in value.items()}
        return value

    scores = {
        name: msgspec.structs.replace(
            score, answer=filled(score.answer), explanation=filled(score.explanation)
        )
        for name, score in (sample.scores or {}).items()
    }
    return msgspec.structs.replace(
        sample, input=filled(sample.input), output=filled(sample.output), scores=scores
    )


def contents(message: Any) -> Iterator[tuple[str, str]]:
    """Type and text of each part of a message: `text` and `reasoning`; others have no text."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        yield "text", content
        return
    for part in content if isinstance(content, list) else ():
        match part:
            case {"type": "text", "text": str(text)}:
                yield "text", text
            case {"type": "reasoning", "reasoning": str(text)}:
                yield "reasoning", text
