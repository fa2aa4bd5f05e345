"""Results of lm-eval, and of our own export in its form, as source runs."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from leaderboard.exchange.directions import Directions, no_direction
from leaderboard.exchange.finite_numbers import finite, utc_time
from leaderboard.exchange.lm_eval_files import (
    NO_METRICS,
    LmEvalResults,
    LoggedRow,
    logged_rows,
    metric_label,
    problem_of,
    read_results,
    samples_file,
)
from leaderboard.exchange.source_runs import (
    REPEATED,
    SourceRun,
    SourceScore,
    known_parameters,
    numbered,
)
from leaderboard.exchange.task_names import NamedTask, named_tasks
from leaderboard.records import GenerationSettings
from tasks.saved_rows import Outcome, Sample
from ultralink_data.errors import DataError

HARNESS: Final = "lm_eval"
_KEPT: Final = (
    *("configs", "versions", "n_shot", "config"),
    *("chat_template_sha", "system_instruction_sha"),
)
_STDERR: Final = "_stderr"


def lm_eval_runs(path: Path, data: bytes, directions: Directions) -> list[SourceRun]:
    """The run of one results file, with the samples logged beside it.

    Raises:
        DataError: the file or its samples are damaged, or hold no number.
    """
    results = read_results(path, data)
    scores: list[SourceScore] = []
    samples: dict[tuple[str, str], tuple[Sample, ...]] = {}
    notes: list[str] = []
    digest = hashlib.sha256(data)
    names = _names(results)
    for name, named in names.items():
        logged = samples_file(path, name)
        rows: tuple[Sample, ...] = ()
        label = ""
        if logged is not None:
            digest.update(logged.read_bytes())
            rows, label = _samples(logged, named.language, writes=_writes(results, name))
        found, said = _scores(results, name, named, directions, label)
        notes += said
        scores += found
        if rows and any(score.decides for score in found):
            _check_complete(path, results, name, found, rows)
            samples[named.task, named.language] = rows
        elif rows:
            notes.append(f"{name}: its samples, which have no score of one problem each")
    if not scores:
        raise DataError(
            f"{path} holds no number" + (f": {notes[0]}" if notes else ""),
            hint="it is what lm_eval wrote with --output_path?",
        )
    run = SourceRun(
        file=path,
        sha256=hashlib.sha256(data).hexdigest(),
        identity=digest.hexdigest(),
        form="lm-eval",
        harness=results.ultralink.harness if results.ultralink else HARNESS,
        version=(results.ultralink.version if results.ultralink else results.lm_eval_version) or "",
        model=results.model_name or "",
        scores=tuple(scores),
        samples=samples,
        notes=tuple(notes),
        **_conditions(results, names),
    )
    return [run]


def _metadata(results: LmEvalResults, name: str) -> Mapping[str, Any]:
    found = results.configs.get(name, {}).get("metadata")
    return found if isinstance(found, dict) else {}


def _said(results: LmEvalResults, name: str, what: str) -> str:
    """A word of our own export about a task, or ""."""
    found = _metadata(results, name).get(what)
    return found if isinstance(found, str) else ""


def _names(results: LmEvalResults) -> dict[str, NamedTask]:
    """Task and language by lm-eval's name: by its ending, or as our own export says."""
    if not results.ultralink:
        return named_tasks(results.results)
    return {
        name: NamedTask(_said(results, name, "task") or name, _said(results, name, "language"), "")
        for name in results.results
    }


def _writes(results: LmEvalResults, name: str) -> bool:
    """Whether a model writes texts in a task; else likelihoods are measured."""
    return results.configs.get(name, {}).get("output_type") == "generate_until"


def _conditions(results: LmEvalResults, names: Mapping[str, NamedTask]) -> dict[str, Any]:
    """The fields of a source run that say how was measured."""
    asked = {
        named.task: _protocol(results, name, named)
        for name, named in reversed([*names.items()])  # the first of a task's languages stands
    }
    versions = {
        named.task: str(version)
        for name, named in reversed([*names.items()])
        if (version := results.versions.get(name)) is not None
    }
    config = results.config
    kept = {field: value for field in _KEPT if (value := getattr(results, field))}
    packages = {"lm-eval": results.lm_eval_version, "transformers": results.transformers_version}
    return {
        "task_versions": versions,
        "protocols": asked,
        "config": {HARNESS: kept | {"names": {n: list(t) for n, t in names.items()}}},
        "generation": _generation(results, names),
        "backend": text if isinstance(text := config.get("model"), str) else "",
        "packages": {name: version for name, version in packages.items() if version},
        "wall_seconds": _seconds(results.total_evaluation_time_seconds),
        "started": utc_time(results.date),
        "parameters": known_parameters(config.get("model_num_parameters")),
    }


def _protocol(results: LmEvalResults, name: str, named: NamedTask) -> str:
    """How a task was asked, as far as the file says it; our own export says it in one word."""
    if results.ultralink:
        return _said(results, name, "protocol")
    shots = results.n_shot.get(name)
    parts = [named.asked] if named.asked else []
    parts += [f"{shots}-shot"] if type(shots) is int else []
    parts += ["chat template"] if results.chat_template_sha else []
    parts += ["system instruction"] if results.system_instruction_sha else []
    return f"lm-eval: {', '.join(parts)}" if parts else ""


def _generation(results: LmEvalResults, names: Mapping[str, NamedTask]) -> GenerationSettings:
    settings = {
        named.task: asked
        for name, named in names.items()
        if isinstance(asked := results.configs.get(name, {}).get("generation_kwargs"), dict)
    }
    batch = results.config.get("batch_size")
    dtype = results.config.get("model_dtype")
    return GenerationSettings(
        temperature={
            task: float(value)
            for task, asked in settings.items()
            if (value := finite(asked.get("temperature"))) is not None
        },
        top_p=None,
        samples_per_problem=None,
        max_tokens={
            task: value
            for task, asked in settings.items()
            if type(value := asked.get("max_gen_toks")) is int
        },
        max_length=None,
        batch_size=batch if type(batch) is int else None,
        dtype=dtype if isinstance(dtype, str) else "",
    )


def _scores(
    results: LmEvalResults, name: str, named: NamedTask, directions: Directions, decides: str
) -> tuple[list[SourceScore], list[str]]:
    """The numbers of one task or group, and what was left out of them."""
    found: list[SourceScore] = []
    notes: list[str] = []
    row = results.results[name]
    for key, value in row.items():
        metric, mark, filtered = key.partition(",")
        if not mark or metric.endswith(_STDERR) or metric in NO_METRICS:
            continue
        label = metric_label(metric, filtered)
        number = None if isinstance(value, bool) else finite(value)
        said = results.higher_is_better.get(name, {}).get(metric)
        better = directions.of(label, said)
        if number is None:
            notes.append(f"{name} {label}: {value!r} is no number")
        elif better is None:
            notes.append(no_direction(name, label))
        else:
            found.append(
                SourceScore(
                    task=named.task,
                    language=named.language,
                    metric=label,
                    higher_is_better=better,
                    value=number,
                    n=_size(results, name, label),
                    standard_error=finite(row.get(f"{metric}{_STDERR},{filtered}")),
                    decides=label == decides,
                )
            )
    return found, notes


def _size(results: LmEvalResults, name: str, label: str) -> int | None:
    """How many problems of a task were asked; None if the file does not say it.

    Our own export says for each metric how many were scored.
    """
    scored = _metadata(results, name).get("scored")
    for said in (
        scored.get(label) if results.ultralink and isinstance(scored, dict) else None,
        results.n_samples.get(name, {}).get("effective"),
        results.results[name].get("sample_len"),
    ):
        if type(said) is int and said > 0:
            return said
    return None


def _check_complete(
    path: Path,
    results: LmEvalResults,
    name: str,
    scores: list[SourceScore],
    rows: tuple[Sample, ...],
) -> None:
    """Refuse samples that are fewer than the results say.

    Raises:
        DataError: some are missing, or there are more.
    """
    said = results.n_samples.get(name, {}).get("effective")
    n = said if type(said) is int else next(score.n for score in scores if score.decides)
    problems = len({row.problem_id for row in rows})
    if n is not None and n != problems:
        raise DataError(
            f"{path} says that {name} has {n} problems, its samples file has {problems}",
            hint="get the whole samples file, or move it away to import the results alone",
        )


def _samples(path: Path, language: str, *, writes: bool) -> tuple[tuple[Sample, ...], str]:
    """The samples of one file, of its first filter, and the metric that their outcomes are of."""
    rows: list[Sample] = []
    chosen: str | None = None
    label = ""
    for row, line in logged_rows(path):
        chosen = row.filter if chosen is None else chosen
        if row.filter != chosen:
            continue
        metric = next((name for name in row.metrics if finite(line.get(name)) is not None), "")
        label = label or (metric_label(metric, row.filter) if metric else "")
        rows += _row_samples(row, line, metric, language, writes=writes)
    return numbered(rows), label


def _row_samples(
    row: LoggedRow, line: Mapping[str, Any], metric: str, language: str, *, writes: bool
) -> Iterator[Sample]:
    """One sample a generated text; a row without texts (of likelihoods) is one sample."""
    texts = _texts(line.get("resps")) if writes else []
    extracted = _texts([line.get("filtered_resps")])
    outcome, detail = _outcome(line, metric)
    own = line.get("ultralink")
    kept = own if isinstance(own, dict) else {}
    shown = extracted[0] if texts and extracted else None
    yield Sample(
        problem_id=problem_of(row),
        language=language,
        index=0,
        prompt=_prompt(line.get("arguments")),
        generation=texts[0] if texts else "",
        extracted=_text_or_none(kept["extracted"]) if "extracted" in kept else shown,
        outcome=outcome,
        detail=str(kept.get("detail", detail)),
        hit_limit=limit if isinstance(limit := kept.get("hit_limit"), bool) else None,
        thinking=str(kept.get("thinking", "")),
        cluster=str(kept.get("cluster", "")),
    )
    for text in texts[1:]:
        yield Sample(
            problem_id=problem_of(row),
            language=language,
            index=0,
            prompt=_prompt(line.get("arguments")),
            generation=text,
            extracted=None,
            outcome=Outcome.UNJUDGED,
            detail=REPEATED,
        )


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _outcome(line: Mapping[str, Any], metric: str) -> tuple[Outcome, str]:
    """Right or wrong where the metric is 1 or 0; else the number as the detail, not judged."""
    own = line.get("ultralink")
    said = own.get("outcome") if isinstance(own, dict) else None
    if said in set(Outcome):
        return Outcome(str(said)), ""
    value = finite(line.get(metric)) if metric else None
    if value in (0.0, 1.0):
        return (Outcome.CORRECT if value else Outcome.WRONG), ""
    return Outcome.UNJUDGED, f"{metric} {line[metric]!r}" if metric else "no score"


def _prompt(arguments: object) -> str:
    """The first text that was given to the model for a row."""
    match arguments:
        case {"gen_args_0": {"arg_0": str(prompt)}}:
            return prompt
    return ""


def _texts(responses: object) -> list[str]:
    """The texts of a row's only request; there are several if it was asked repeatedly."""
    match responses:
        case [[*found]] if all(isinstance(text, str) for text in found):
            return [str(text) for text in found]
        case [str(text)]:
            return [text]
    return []


def _seconds(value: str | float | None) -> float | None:
    """A time, which lm-eval writes as text."""
    try:
        return None if value is None else finite(float(value))
    except ValueError:
        return None
