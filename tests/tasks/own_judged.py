"""A benchmark in one module, graded by a judge: questions that people translated.

`test_graded_kinds.py` copies it into `tasks/benchmarks/`.
"""

from pathlib import Path
from typing import ClassVar

from tasks.benchmark import GradedBy, Problem, Request, Translated
from tasks.judged_benchmark import JudgedBenchmark
from ultralink_data.checking.decontaminate.items import BenchmarkItem

QUESTIONS = {
    "en": ("Which soup is eaten at a wedding?", "What is a river?", "What is a lake?"),
    "fr": (
        "Quelle soupe mange-t-on à un mariage ?",
        "Qu'est-ce qu'une rivière ?",
        "Qu'est-ce qu'un lac ?",
    ),
}
TEMPLATE = (
    "<|im_start|>system\nYou compare.\n<|im_end|>\n"
    "<|im_start|>user\n{instruction}\nA: {output_1}\nB: {output_2}\n<|im_end|>\n"
)


class OpenQuestion(Problem, frozen=True, kw_only=True):
    """One question."""

    text: str


class OwnJudged(JudgedBenchmark[OpenQuestion]):
    """Three questions, the first of them about food."""

    name: ClassVar[str] = "open_questions"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "three open questions"
    protocols: ClassVar[tuple[str, ...]] = ("chat", "raw")
    profile_protocols: ClassVar[dict[str, str]] = {"tiny": "raw"}
    languages: ClassVar[tuple[str, ...]] = ("en", "fr")
    graded_by: ClassVar[GradedBy] = "judge"
    human_translations: ClassVar[Translated] = "chat_agnostic"

    def problems(self, language: str, root: Path | None) -> list[OpenQuestion]:
        """All three."""
        self.check((language,))
        return [
            OpenQuestion(problem_id=f"open/{place}", language=language, text=text)
            for place, text in enumerate(QUESTIONS[language])
        ]

    def request(self, problem: OpenQuestion, protocol: str) -> Request:
        """The question."""
        self.check((), protocol)
        return Request(
            problem_id=problem.problem_id,
            prompt=problem.text,
            chat=protocol == "chat",
            stop=(),
            max_tokens=8,
        )

    def item(self, problem: OpenQuestion) -> BenchmarkItem:
        """The question."""
        return BenchmarkItem(
            task=self.name,
            problem_id=problem.problem_id,
            language=problem.language,
            question=problem.text,
        )

    def template(self, language: str, root: Path | None) -> str:
        """One for all languages."""
        return TEMPLATE

    def subsets(self, problem: OpenQuestion) -> tuple[str, ...]:
        """The first is about food."""
        return ("food",) if problem.problem_id.endswith("/0") else ()

    def spellings(self, language: str) -> tuple[str, ...]:
        """`fr`, or `French`."""
        return (language, {"en": "English", "fr": "French"}[language])


BENCHMARK = OwnJudged()
