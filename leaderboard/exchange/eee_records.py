"""Records of Every Eval Ever, schema 0.3.0: one file a model and evaluation, samples beside it.

Source: github.com/evaleval/every_eval_ever, `schemas/*.json`. Only what both they and our records
hold is decoded. The samples of `UUID.json` are `UUID_samples.jsonl` beside it; the path that a
record names is not followed.
"""

from typing import Any, Final

import msgspec

EEE_SCHEMA: Final = "0.3.0"
LIBRARY: Final = "ultralink-bench"
"""What our own exports name as `exported_by`; only of theirs the additional details are read."""


class EeeLibrary(msgspec.Struct, frozen=True, kw_only=True):
    """The harness that measured."""

    name: str
    version: str
    additional_details: dict[str, str] = {}


class EeeModel(msgspec.Struct, frozen=True, kw_only=True):
    """The model."""

    name: str
    id: str
    additional_details: dict[str, str] = {}


class EeeMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric; which of its names is given differs by source."""

    lower_is_better: bool
    metric_id: str | None = None
    metric_name: str | None = None
    evaluation_description: str | None = None
    additional_details: dict[str, str] = {}


class EeeError(msgspec.Struct, frozen=True, kw_only=True):
    """A standard error."""

    value: float


class EeeInterval(msgspec.Struct, frozen=True, kw_only=True):
    """A confidence interval."""

    lower: float
    upper: float
    confidence_level: float | None = None


class EeeUncertainty(msgspec.Struct, frozen=True, kw_only=True):
    """How far a score may be off."""

    standard_error: EeeError | None = None
    confidence_interval: EeeInterval | None = None
    num_samples: int | None = None


class EeeScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score on its own scale."""

    score: float
    uncertainty: EeeUncertainty | None = None


class EeeGeneration(msgspec.Struct, frozen=True, kw_only=True):
    """How answers were generated."""

    generation_args: dict[str, Any] = {}
    additional_details: dict[str, Any] = {}


class EeeResult(msgspec.Struct, frozen=True, kw_only=True):
    """One number."""

    evaluation_name: str
    metric_config: EeeMetric
    score_details: EeeScore
    evaluation_result_id: str | None = None
    generation_config: EeeGeneration | None = None


class EeeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A file of numbers."""

    schema_version: str
    evaluation_id: str
    eval_library: EeeLibrary
    model_info: EeeModel
    evaluation_results: tuple[EeeResult, ...]
    evaluation_timestamp: str | None = None


class EeeInput(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked; `formatted` is what the model read."""

    raw: str
    formatted: str | None = None


class EeeOutput(msgspec.Struct, frozen=True, kw_only=True):
    """What the model wrote."""

    raw: tuple[str, ...]
    reasoning_trace: tuple[str, ...] | None = None


class EeeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was read from it."""

    extracted_value: str
    is_terminal: bool = True


class EeeVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it was right."""

    score: float
    is_correct: bool


class EeeInstance(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the samples."""

    evaluation_name: str
    sample_id: str
    input: EeeInput
    evaluation: EeeVerdict
    output: EeeOutput | None = None
    messages: tuple[dict[str, Any], ...] | None = None
    answer_attribution: tuple[EeeAnswer, ...] = ()
    evaluation_result_id: str | None = None
    error: str | None = None
    metadata: dict[str, str] | None = None
