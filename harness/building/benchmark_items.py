"""The problems of the registered benchmarks as `check` looks for them in training rows."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tasks import registry
from tasks.benchmarks.humaneval import HumanEvalProblem
from tasks.benchmarks.mgsm import MgsmProblem
from tasks.benchmarks.omgeval import Question
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.errors import unknown_name

DEFAULT: Final = ("mgsm", "humaneval", "omgeval")
_DOCSTRING: Final = re.compile(r"(\"\"\"|''')(.*?)(?:\1|\Z)", re.S)
_EXAMPLE_LINE: Final = re.compile(r"^\s*>>>.*$", re.M)


def benchmark_items(
    tasks: Sequence[str], benchmarks: Path | None, languages: Sequence[str] = ()
) -> Iterator[BenchmarkItem]:
    """Every problem of the tasks in every language that they have (or in `languages`).

    Raises:
        ConfigError: an unknown task, or one that nothing here can be looked for of.
        PrerequisiteError, DataError: a benchmark file is missing or damaged.
    """
    for task in tasks:
        benchmark = registry.get(task)
        if task not in _MAKERS:
            raise unknown_name("task to check against", task, _MAKERS)
        for language in benchmark.languages:
            if languages and language not in languages:
                continue
            for problem in benchmark.problems(language, benchmarks):
                yield _MAKERS[task](task, problem)


def _mgsm(task: str, problem: MgsmProblem) -> BenchmarkItem:
    """MGSM's rows are the first of GSM8K's test set, row by row."""
    number = problem.problem_id.rpartition("/")[2]
    return BenchmarkItem(
        task=task,
        problem_id=problem.problem_id,
        language=problem.language,
        question=problem.question,
        answer=str(problem.answer),
        aliases=(f"gsm8k_test/{number}",),
    )


def _humaneval(task: str, problem: HumanEvalProblem) -> BenchmarkItem:
    """The docstring's prose; program and tests with English only, as all languages share them."""
    english = problem.language == "en"
    found = _DOCSTRING.findall(problem.prompt)
    prose = " ".join(body for _, body in found) or problem.prompt
    return BenchmarkItem(
        task=task,
        problem_id=problem.problem_id,
        language=problem.language,
        question=_EXAMPLE_LINE.sub("", prose),
        code=problem.original + problem.canonical_solution if english else "",
        examples=f"{problem.prompt}\n{problem.test}" if english else problem.prompt,
    )


def _omgeval(task: str, problem: Question) -> BenchmarkItem:
    """Questions without a right answer: found by their text only."""
    return BenchmarkItem(
        task=task,
        problem_id=problem.problem_id,
        language=problem.language,
        question=problem.text,
    )


_MAKERS: Final[dict[str, Callable[[str, Any], BenchmarkItem]]] = {
    "mgsm": _mgsm,
    "humaneval": _humaneval,
    "omgeval": _omgeval,
}
