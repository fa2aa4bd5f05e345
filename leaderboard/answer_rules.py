"""Which rule finds the answer in a stored generation: asked again of the grader that graded it."""

from pathlib import Path
from typing import Any

from leaderboard.records import RunRecord
from tasks.benchmark import Benchmark, Problem
from tasks.eval_config import benchmark_of
from tasks.saved_rows import Sample
from ultralink_data.errors import BenchError
from ultralink_data.text.thinking import split_reply


class AnswerRules:
    """The rules that found the answers of one run.

    Nothing is said where the task's version is another by now, its files are missing, or it finds
    answers without rules. `benchmarks` is the folder of benchmark files.
    """

    def __init__(self, record: RunRecord, benchmarks: Path | None) -> None:
        self._record, self._root = record, benchmarks
        self._problems: dict[tuple[str, str], dict[str, Problem]] = {}
        self._benchmarks: dict[str, Benchmark[Any] | None] = {}

    def rule(self, task: str, sample: Sample) -> str:
        """The rule that finds this sample's answer, "" where that is not known."""
        benchmark = self._benchmark(task)
        if benchmark is None or sample.extracted is None:
            return ""
        problem = self._of_language(benchmark, sample.language).get(sample.problem_id)
        if problem is None:
            return ""
        protocol = self._record.protocols[task]
        whole = benchmark.reads_thinking(protocol)
        text = sample.generation if whole else split_reply(sample.generation).answer
        return benchmark.found_by(problem, text, protocol)

    def _benchmark(self, task: str) -> Benchmark[Any] | None:
        if task not in self._benchmarks:
            self._benchmarks[task] = self._same_version(task)
        return self._benchmarks[task]

    def _same_version(self, task: str) -> Benchmark[Any] | None:
        """The task as it graded the run, None if it has changed or is gone."""
        version = self._record.task_versions.get(task, "")
        protocol = self._record.protocols.get(task, "")
        try:
            found = benchmark_of(task, version)
        except BenchError:
            return None
        same = version == found.version or version.startswith(f"{found.version}, ")
        return found if same and protocol in found.protocols else None

    def _of_language(self, benchmark: Benchmark[Any], language: str) -> dict[str, Problem]:
        place = (benchmark.name, language)
        if place not in self._problems:
            try:
                found = benchmark.problems(language, self._root)
            except BenchError:
                found = []
            self._problems[place] = {problem.problem_id: problem for problem in found}
        return self._problems[place]
