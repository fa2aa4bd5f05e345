"""Records of Every Eval Ever as source runs; those of our own export with all that we know."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from leaderboard.exchange.eee_records import (
    EEE_SCHEMA,
    LIBRARY,
    EeeInstance,
    EeeRecord,
    EeeResult,
)
from leaderboard.exchange.finite_numbers import finite, unix_seconds, utc_time
from leaderboard.exchange.source_runs import (
    REPEATED,
    SourceRun,
    SourceScore,
    known_parameters,
    numbered,
)
from leaderboard.exchange.task_names import NamedTask, named_task
from leaderboard.records import GenerationSettings, Interval
from tasks.saved_rows import Outcome, Sample
from ultralink_data.errors import DataError
from ultralink_data.python_json import decoded

_LEVEL: Final = 0.95
_FORM: Final = f"it follows schema {EEE_SCHEMA} of Every Eval Ever?"


def eee_runs(path: Path, data: bytes) -> list[SourceRun]:
    """The run of one record, with the samples beside it.

    Raises:
        DataError: it is damaged, of another schema, or holds no number.
    """
    record = _convert(data, EeeRecord, str(path))
    if record.schema_version != EEE_SCHEMA:
        raise DataError(
            f"{path}: field `schema_version` is {record.schema_version!r}, not {EEE_SCHEMA!r}",
            hint="migrate it with the every_eval_ever package",
        )
    if not record.evaluation_results:
        raise DataError(f"{path}: field `evaluation_results` is empty", hint=_FORM)
    own = record.eval_library.additional_details.get("exported_by") == LIBRARY
    named = {_key(one): _named(one, own=own) for one in record.evaluation_results}
    logged = path.with_name(f"{path.stem}_samples.jsonl")
    digest = hashlib.sha256(data)
    samples: dict[tuple[str, str], tuple[Sample, ...]] = {}
    deciding: dict[str, str] = {}
    if logged.is_file():
        content = logged.read_bytes()
        digest.update(content)
        samples, deciding = _samples(logged, content, record, named, own=own)
    details = [one.metric_config.additional_details for one in record.evaluation_results]
    run = SourceRun(
        form="eee",
        file=path,
        sha256=hashlib.sha256(data).hexdigest(),
        identity=digest.hexdigest(),
        harness=record.eval_library.name,
        version="" if record.eval_library.version == "unknown" else record.eval_library.version,
        model=record.model_info.id or record.model_info.name,
        scores=tuple(_score(one, named[_key(one)], deciding) for one in record.evaluation_results),
        samples=samples,
        task_versions=_said(details, named, "task_version") if own else {},
        protocols=_said(details, named, "protocol") if own else {},
        config={"every_eval_ever": {"evaluation_id": record.evaluation_id}},
        generation=_generation(record, named),
        started=utc_time(unix_seconds(record.evaluation_timestamp or "")),
        parameters=known_parameters(
            _count(record.model_info.additional_details.get("num_parameters", ""))
        ),
    )
    return [run]


def _convert(data: bytes, kind: Any, where: str) -> Any:
    try:
        return msgspec.convert(decoded(data), kind)
    except msgspec.DecodeError as error:
        raise DataError(f"{where}: no record of Every Eval Ever: {error}", hint=_FORM) from error


def _key(result: EeeResult) -> str:
    """What tells a number from the others of its record."""
    return result.evaluation_result_id or f"{result.evaluation_name}\n{_metric(result)}"


def _metric(result: EeeResult) -> str:
    config = result.metric_config
    return config.metric_id or config.metric_name or config.evaluation_description or "score"


def _named(result: EeeResult, *, own: bool) -> NamedTask:
    details = result.metric_config.additional_details
    if own and "task" in details:
        return NamedTask(details["task"], details.get("language", ""), "")
    return named_task(result.evaluation_name)


def _said(
    details: list[dict[str, str]], named: Mapping[str, NamedTask], what: str
) -> dict[str, str]:
    """A detail of our own export, by task."""
    pairs = zip(named.values(), details, strict=True)
    return {task.task: found[what] for task, found in pairs if what in found}


def _score(result: EeeResult, named: NamedTask, deciding: Mapping[str, str]) -> SourceScore:
    found = result.score_details
    unsure = found.uncertainty
    asked = unsure.num_samples if unsure else None
    interval = unsure.confidence_interval if unsure else None
    at_level = interval is not None and interval.confidence_level == _LEVEL
    return SourceScore(
        task=named.task,
        language=named.language,
        metric=_metric(result),
        higher_is_better=not result.metric_config.lower_is_better,
        value=found.score,
        n=asked if asked else None,
        standard_error=unsure.standard_error.value if unsure and unsure.standard_error else None,
        interval=Interval(low=interval.lower, high=interval.upper)
        if interval and at_level
        else None,
        decides=deciding.get(result.evaluation_name) == _key(result),
    )


def _generation(record: EeeRecord, named: Mapping[str, NamedTask]) -> GenerationSettings:
    temperature: dict[str, float] = {}
    tokens: dict[str, int] = {}
    top_p: set[float] = set()
    for result in record.evaluation_results:
        asked = result.generation_config.generation_args if result.generation_config else {}
        task = named[_key(result)].task
        if (value := finite(asked.get("temperature"))) is not None:
            temperature[task] = value
        if (value := finite(asked.get("top_p"))) is not None:
            top_p.add(value)
        if type(most := asked.get("max_tokens")) is int:
            tokens[task] = most
    return GenerationSettings(
        temperature=temperature,
        top_p=top_p.pop() if len(top_p) == 1 else None,
        samples_per_problem=None,
        max_tokens=tokens,
        max_length=None,
        batch_size=None,
        dtype=record.model_info.additional_details.get("dtype", ""),
    )


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _samples(
    path: Path,
    content: bytes,
    record: EeeRecord,
    named: Mapping[str, NamedTask],
    *,
    own: bool,
) -> tuple[dict[tuple[str, str], tuple[Sample, ...]], dict[str, str]]:
    """The samples by task and language, and of which number of each evaluation they are.

    A sample has a line for each number that it counts in: those of the first are taken. A line
    that names no number, of an evaluation with several, is of none of them.
    """
    numbers: dict[str, list[EeeResult]] = {}
    for result in record.evaluation_results:
        numbers.setdefault(result.evaluation_name, []).append(result)
    deciding: dict[str, str] = {}
    found: dict[tuple[str, str], list[Sample]] = {}
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        row = _convert(line, EeeInstance, where)
        mine = numbers.get(row.evaluation_name, [])
        if row.evaluation_result_id is not None:
            mine = [one for one in mine if _key(one) == row.evaluation_result_id]
        if not mine:
            raise DataError(
                f"{where}: evaluation {row.evaluation_name!r} is not in the record beside it",
                hint="the samples belong to another record",
            )
        key = _key(mine[0])
        graded = len(mine) == 1 and not mine[0].metric_config.lower_is_better
        if deciding.setdefault(row.evaluation_name, key if graded else "") not in (key, ""):
            continue
        task = named[key]
        rows = found.setdefault((task.task, task.language), [])
        rows += _row(row, task.language, graded=graded, own=own)
    return {key: numbered(rows) for key, rows in found.items()}, deciding


def _row(row: EeeInstance, language: str, *, graded: bool, own: bool) -> Iterator[Sample]:
    """A line as samples, one a generation; in a dialogue the last turn of the model is it.

    Every line has to say `is_correct`, those of perplexities too: only a share makes it a grade.
    """
    outcome, detail = Outcome.UNJUDGED, f"score {row.evaluation.score!r}"
    if graded:
        outcome, detail = Outcome.CORRECT if row.evaluation.is_correct else Outcome.WRONG, ""
    if row.error:
        outcome, detail = Outcome.ERROR, row.error
    kept = (row.metadata or {}) if own else {}
    if kept.get("outcome") in set(Outcome):
        outcome, detail = Outcome(kept["outcome"]), kept.get("detail", "")
    answers = [answer.extracted_value for answer in row.answer_attribution if answer.is_terminal]
    thinking = row.output.reasoning_trace if row.output else None
    limits = {"true": True, "false": False}
    for place, text in enumerate(_generations(row)):
        yield Sample(
            problem_id=row.sample_id,
            language=language,
            index=0,
            prompt=row.input.formatted or row.input.raw,
            generation=text,
            extracted=answers[-1] if answers and not place else None,
            outcome=Outcome.UNJUDGED if place else outcome,
            detail=REPEATED if place else detail,
            hit_limit=limits.get(kept.get("hit_limit", "")),
            thinking="\n".join(thinking or ()),
            cluster=kept.get("cluster", ""),
        )


def _generations(row: EeeInstance) -> list[str]:
    if row.output is not None:
        return [*row.output.raw] or [""]
    said = [
        message.get("content")
        for message in row.messages or ()
        if message.get("role") == "assistant"
    ]
    texts = [text for text in said if isinstance(text, str)]
    return texts[-1:] or [""]
