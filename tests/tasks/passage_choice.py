"""A benchmark in one module: multiple choice over passages (as Belebele, arXiv 2308.16884).

`test_new_benchmark.py` copies it into `tasks/benchmarks/` and puts its pinned files in.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from tasks.benchmark import (
    CHOICE_ACCURACY,
    Benchmark,
    ChosenBy,
    Generation,
    Grade,
    Outcome,
    Problem,
    Reference,
    Request,
)
from tasks.files import locate
from tasks.pins import PinnedFile, PinnedSource
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.store.release import decode_lines

LETTERS = "ABCD"
FILES: tuple[PinnedFile, ...] = ()


class PassageRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a file; `right` counts from 0."""

    passage: str
    question: str
    options: tuple[str, str, str, str]
    right: int


class PassageProblem(Problem, frozen=True, kw_only=True):
    """One question."""

    row: PassageRow


class PassageChoice(Benchmark[PassageProblem]):
    """A model answers with a letter; the likelihood of the four answers is measured too."""

    name: ClassVar[str] = "belebele"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "questions on short passages, four answers each"
    metric: ClassVar[str] = "accuracy"
    primary: ClassVar[str] = CHOICE_ACCURACY
    chosen_by: ClassVar[ChosenBy] = "bits_per_byte"
    protocols: ClassVar[tuple[str, ...]] = ("plain", "chat")
    profile_protocols: ClassVar[Mapping[str, str]] = {"tiny": "chat"}
    languages: ClassVar[tuple[str, ...]] = ("en", "fr", "zh")
    checked_by_default: ClassVar[bool] = True

    def problems(self, language: str, root: Path | None) -> list[PassageProblem]:
        """All rows of `belebele/{language}.jsonl`; a problem's id is its place."""
        path = locate(root, f"belebele/{language}.jsonl", "upstream")
        return [
            PassageProblem(problem_id=str(line - 1), language=language, row=row)
            for line, row in decode_lines(path, PassageRow)
        ]

    def request(self, problem: PassageProblem, protocol: str) -> Request:
        """Passage, question and the lettered answers."""
        self.check((), protocol)
        row = problem.row
        lines = [f"{x}. {text}" for x, text in zip(LETTERS, row.options, strict=True)]
        return Request(
            problem_id=problem.problem_id,
            prompt="\n".join((row.passage, row.question, *lines)) + "\n",
            chat=protocol == "chat",
            stop=("\n",),
            max_tokens=4,
        )

    def references(self, problem: PassageProblem, protocol: str) -> tuple[Reference, ...]:
        """The four answers after the question, without their letters."""
        row = problem.row
        return tuple(
            Reference(
                problem_id=problem.problem_id,
                prompt=f"{row.passage}\n{row.question}\n",
                target=text,
                chat=protocol == "chat",
                right=place == row.right,
            )
            for place, text in enumerate(row.options)
        )

    def grade(
        self,
        problems: Mapping[str, PassageProblem],
        generations: Sequence[Generation],
        protocol: str,
    ) -> list[Grade]:
        """The first letter of the answer."""
        grades = []
        for generation in generations:
            letter = generation.text.strip()[:1]
            right = LETTERS[problems[generation.problem_id].row.right]
            if not letter or letter not in LETTERS:
                grades.append(Grade(extracted=None, outcome=Outcome.NO_ANSWER))
                continue
            outcome = Outcome.CORRECT if letter == right else Outcome.WRONG
            grades.append(Grade(extracted=letter, outcome=outcome))
        return grades

    def item(self, problem: PassageProblem) -> BenchmarkItem:
        """Passage and question; the answers are too short to look for."""
        row = problem.row
        return BenchmarkItem(
            task=self.name,
            problem_id=problem.problem_id,
            language=problem.language,
            question=f"{row.passage} {row.question}",
        )

    def pinned(self) -> PinnedSource:
        """A file a language, of one commit."""
        return PinnedSource(base="owner/belebele/0123", files=FILES)


BENCHMARK = PassageChoice()
