"""Logs of inspect_ai as source runs."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from leaderboard.exchange.directions import Directions, no_direction
from leaderboard.exchange.finite_numbers import finite
from leaderboard.exchange.inspect_logs import (
    InspectLog,
    InspectSample,
    InspectScore,
    contents,
    read_inspect,
)
from leaderboard.exchange.source_runs import SourceRun, SourceScore
from leaderboard.exchange.task_names import NamedTask, named_task
from leaderboard.records import GenerationSettings
from tasks.saved_rows import Outcome, Sample
from ultralink_data.errors import DataError

HARNESS: Final = "inspect_ai"
_STDERR: Final = "stderr"
_MEANS: Final = ("accuracy", "mean")
"""Metrics that inspect's `stderr` is the standard error of."""
_LETTERS: Final = {"C": Outcome.CORRECT, "I": Outcome.WRONG, "N": Outcome.NO_ANSWER}


def inspect_runs(path: Path, data: bytes, directions: Directions) -> list[SourceRun]:
    """The run of one log.

    Raises:
        DataError: it is damaged, the evaluation did not end well, or it holds no number.
    """
    log, samples = read_inspect(path, data)
    if log.status != "success" or log.results is None:
        raise DataError(
            f"{path}: the evaluation has no results (status {log.status!r})",
            hint="finish it with `inspect eval-retry`, then import the new log",
        )
    name = log.eval.task.rpartition("/")[2]
    named = named_task(name)
    scores, notes, decides = _scores(log, named, directions)
    if not scores:
        raise DataError(
            f"{path} holds no number" + (f": {notes[0]}" if notes else ""),
            hint="name the metrics with --higher-is-better or --lower-is-better",
        )
    rows = tuple(_row(sample, decides, named.language) for sample in samples)
    run = SourceRun(
        file=path,
        sha256=hashlib.sha256(data).hexdigest(),
        form="inspect",
        harness=HARNESS,
        version=log.eval.packages.get(HARNESS, ""),
        model=log.eval.model,
        scores=tuple(scores),
        samples={(named.task, named.language): rows} if rows else {},
        task_versions={named.task: str(log.eval.task_version)},
        protocols={named.task: _protocol(log, named)},
        config={HARNESS: _settings(log, name)},
        generation=_generation(log, named.task),
        packages=log.eval.packages,
        wall_seconds=_seconds(log),
        started=log.stats.started_at or log.eval.created,
        notes=tuple(notes),
    )
    return [run]


def _protocol(log: InspectLog, named: NamedTask) -> str:
    solvers = [step.solver.rpartition("/")[2] for step in log.plan.steps]
    parts = [*filter(None, (named.asked,)), *solvers]
    return f"inspect: {', '.join(parts)}" if parts else ""


def _settings(log: InspectLog, name: str) -> dict[str, Any]:
    """What the log says of the settings, without arguments of the model: they may hold a key."""
    return {
        "task": name,
        "task_args": log.eval.task_args,
        "config": log.eval.config,
        "model_generate_config": log.eval.model_generate_config | log.plan.config,
        "dataset": log.eval.dataset.name,
    }


def _generation(log: InspectLog, task: str) -> GenerationSettings:
    asked = log.eval.model_generate_config | log.plan.config
    temperature, top_p = (finite(asked.get(name)) for name in ("temperature", "top_p"))
    tokens, epochs = asked.get("max_tokens"), log.eval.config.get("epochs")
    return GenerationSettings(
        temperature={} if temperature is None else {task: temperature},
        top_p=top_p,
        samples_per_problem=epochs if type(epochs) is int else None,
        max_tokens={task: tokens} if type(tokens) is int else {},
        max_length=None,
        batch_size=None,
        dtype="",
    )


def _seconds(log: InspectLog) -> float | None:
    try:
        start, end = map(datetime.fromisoformat, (log.stats.started_at, log.stats.completed_at))
        return (end - start).total_seconds()
    except (ValueError, TypeError):
        return None


def _scores(
    log: InspectLog, named: NamedTask, directions: Directions
) -> tuple[list[SourceScore], list[str], str]:
    """The numbers, what was left out, and the scorer whose words the outcomes are."""
    found: list[SourceScore] = []
    notes: list[str] = []
    decides = ""
    all_scores = log.results.scores if log.results else ()
    for score in all_scores:
        error = score.metrics.get(_STDERR)
        for metric in score.metrics.values():
            if metric.name == _STDERR:
                continue
            label = _label(metric.name, score, all_scores)
            value = finite(metric.value)
            better = directions.of(label, None)
            if value is None:
                notes.append(f"{log.eval.task} {label}: {metric.value} is no number")
            elif better is None:
                notes.append(no_direction(log.eval.task, label))
            else:
                mean = metric.name in _MEANS
                first = mean and not decides
                decides = decides or (score.name if mean else "")
                found.append(
                    SourceScore(
                        task=named.task,
                        language=named.language,
                        metric=label,
                        higher_is_better=better,
                        value=value,
                        n=score.scored_samples or None,
                        standard_error=finite(error.value) if error and mean else None,
                        decides=first,
                    )
                )
    return found, notes, decides


def _label(metric: str, score: InspectScore, scores: tuple[InspectScore, ...]) -> str:
    """A metric's name, with scorer and reducer where there are several."""
    parts = [metric]
    if len({one.name for one in scores}) > 1:
        parts.append(score.name)
    if score.reducer and len({one.reducer for one in scores}) > 1:
        parts.append(score.reducer)
    return ",".join(parts)


def _row(sample: InspectSample, scorer: str, language: str) -> Sample:
    score = (sample.scores or {}).get(scorer)
    outcome, detail = _outcome(sample, scorer)
    choices = sample.output.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else {}
    choice = choice if isinstance(choice, dict) else {}
    parts = [*contents(choice.get("message"))]
    stopped = choice.get("stop_reason")
    completion = sample.output.get("completion")
    return Sample(
        problem_id=str(sample.id),
        language=language,
        index=sample.epoch - 1,
        prompt=_asked(sample.input),
        generation=completion
        if isinstance(completion, str)
        else "".join(text for kind, text in parts if kind == "text"),
        extracted=score.answer if score else None,
        outcome=outcome,
        detail=detail,
        hit_limit=stopped == "max_tokens" if isinstance(stopped, str) else None,
        thinking="\n".join(text for kind, text in parts if kind == "reasoning"),
    )


def _asked(given: Any) -> str:
    """The text of a sample's input; of several messages each with its role."""
    if isinstance(given, str):
        return given
    found = []
    for message in given if isinstance(given, list) else ():
        text = "".join(text for _, text in contents(message))
        role = message.get("role") if isinstance(message, Mapping) else ""
        found.append((role, text))
    if len(found) == 1:
        return found[0][1]
    return "\n\n".join(f"{role}: {text}" for role, text in found)


def _outcome(sample: InspectSample, scorer: str) -> tuple[Outcome, str]:
    """Right or wrong by inspect's letters or 1 and 0; any other score is the detail."""
    if sample.error is not None:
        return Outcome.ERROR, str(sample.error.get("message", ""))
    score = (sample.scores or {}).get(scorer)
    if score is None:
        return Outcome.UNJUDGED, "no score"
    if isinstance(score.value, str) and score.value in _LETTERS:
        return _LETTERS[score.value], ""
    number = finite(score.value)
    if number in (0.0, 1.0):
        return (Outcome.CORRECT if number else Outcome.WRONG), ""
    return Outcome.UNJUDGED, f"{scorer} {score.value!r}"
