"""Prompts and graders that an exported lm-eval task calls (see `tasks.export.task_files`).

The YAML files name functions of this module, so this package must be installed where lm-eval runs.
Answers are graded as one batch, in lm-eval's filter step, so that programs go to the sandbox
together; `process_results` then only counts.

lm-eval passes texts, but not whether the token limit ended one. If it names the model or its
tokenizer (it passes `--model_args` on to data sets), the text's tokens are counted instead;
otherwise every answer counts as complete.
"""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from lm_eval.api.task import ConfigurableTask

from tasks import registry
from tasks.benchmark import Benchmark, Generation, Grade, Outcome, Problem, Request
from tasks.export.task_files import SHARES, prompts_hash
from tasks.models.generation import cut_at
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.tokenizer_loading import load_tokenizer

Row = dict[str, str | int]


class ExportedTask(ConfigurableTask):  # type: ignore[misc]  # lm-eval is not typed
    """An lm-eval task that refuses to run with or without a chat template against its protocol."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._chat = bool(config["dataset_kwargs"]["chat"])
        super().__init__(config={key: config[key] for key in config if key != "class"})

    def build_all_requests(self, **options: Any) -> None:
        """Build the requests as lm-eval does.

        Raises:
            ConfigError: a chat protocol without `--apply_chat_template`, or the reverse.
        """
        if bool(options.get("apply_chat_template")) != self._chat:
            asks, does = ("a chat model", "add") if self._chat else ("plain text", "leave out")
            raise ConfigError(
                f"task {self.config.task} asks {asks}",
                hint=f"{does} --apply_chat_template, or export another protocol",
            )
        super().build_all_requests(**options)


class Rows(list[Row]):
    """The parts of a data set that lm-eval uses."""

    features = dict.fromkeys(("problem_id", "prompt"))


def load(
    *, benchmark: str, language: str, protocol: str, benchmarks: str | None, **more: Any
) -> dict[str, Rows]:
    """The rows of the task; `more` has `chat` and `prompts` of the export, and lm-eval's metadata.

    Raises:
        PrerequisiteError: a benchmark file is missing.
        DataError: the prompts differ from the exported ones.
    """
    _, _, requests = _asked(benchmark, language, protocol, benchmarks)
    if prompts_hash(requests) != more["prompts"]:
        raise DataError(
            f"the prompts of {benchmark} {language} {protocol} differ from the exported ones",
            hint="export again with `ultralink-bench tasks export`, or use the files used then",
        )
    tokenizer = more.get("tokenizer") or more.get("pretrained") or ""
    if not tokenizer:
        what = "no tokenizer is known: no answer counts as cut off at the token limit"
        logging.getLogger("lm_eval").warning("%s %s: %s", benchmark, language, what)
    same: Row = {"benchmark": benchmark, "language": language, "protocol": protocol}
    same |= {"benchmarks": benchmarks or "", "tokenizer": str(tokenizer)}
    rows = [{"problem_id": r.problem_id, "prompt": r.prompt, **same} for r in requests]
    return {"test": Rows(rows)}


def grade(resps: Sequence[Sequence[str]], docs: Sequence[Row]) -> list[list[str]]:
    """The grades of each document's answers: lm-eval's filter step.

    Answers are cut at all stops of the task first: only some of them were sent (see
    `task_files.MOST_EXPORTED`), and what a stop ends was not ended by the token limit. The result
    is JSON, because lm-eval would log other types as Python literals.
    """
    first = docs[0]
    name, language, protocol, folder = (
        str(first[key]) for key in ("benchmark", "language", "protocol", "benchmarks")
    )
    benchmark, problems, requests = _asked(name, language, protocol, folder or None)
    asked = {request.problem_id: request for request in requests}
    generations = [
        _generation(asked[str(doc["problem_id"])], text, str(doc["tokenizer"]))
        for texts, doc in zip(resps, docs, strict=True)
        for text in texts
    ]
    by_id = {problem.problem_id: problem for problem in problems}
    grades = iter(benchmark.grades(by_id, generations, protocol))
    return [[msgspec.json.encode(next(grades)).decode() for _ in texts] for texts in resps]


def count(doc: Row, results: Sequence[Sequence[str]]) -> dict[str, float]:
    """The metrics of one document; the score is left out if nothing could be graded."""
    outcomes = [msgspec.json.decode(text, type=Grade).outcome for text in results[0]]
    shares = {o.value: outcomes.count(o) / len(outcomes) for o in SHARES}
    graded = [found is Outcome.CORRECT for found in outcomes if found is not Outcome.ERROR]
    if graded:
        shares[registry.get(str(doc["benchmark"])).metric] = sum(graded) / len(graded)
    return shares


@cache
def _asked(
    name: str, language: str, protocol: str, folder: str | None
) -> tuple[Benchmark[Any], list[Problem], list[Request]]:
    benchmark = registry.get(name)
    problems = benchmark.problems(language, Path(folder) if folder else None)
    return benchmark, problems, [benchmark.request(problem, protocol) for problem in problems]


def _generation(request: Request, text: str, tokenizer: str) -> Generation:
    cut = cut_at(text, request.stop)
    full = cut == text and _is_full(text, request.max_tokens, tokenizer)
    return Generation(problem_id=request.problem_id, text=cut, hit_limit=full)


def _is_full(text: str, limit: int, tokenizer: str) -> bool:
    """Whether the text has reached the token limit."""
    if not tokenizer:
        return False
    return len(_tokenizer(tokenizer)(text, add_special_tokens=False)["input_ids"]) >= limit


@cache
def _tokenizer(name: str) -> Any:
    tokenizer, note = load_tokenizer(name)
    if note:
        logging.getLogger("lm_eval").warning("%s", note)
    return tokenizer
