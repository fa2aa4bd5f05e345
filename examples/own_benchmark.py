"""A benchmark of your own in one file: capitals, in two languages, four names to choose from.

    cp examples/own_benchmark.py tasks/benchmarks/capitals.py
    ultralink-bench tasks list
    echo "The answer is Paris." | ultralink-bench tasks show capitals
    ultralink-bench eval --model FOLDER_OR_GGUF --tasks capitals --languages en,fr
    ultralink-bench grade capitals outputs.jsonl --languages fr

The problems are in this file. Larger sets belong in files: `tasks.files.locate` finds them, and
`capitals.toml` beside the module pins what `tasks fetch` downloads (see `mgsm.toml`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

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

QUESTIONS = {"en": "What is the capital of {}?", "fr": "Quelle est la capitale : {} ?"}
COUNTRIES = (
    ({"en": "France", "fr": "la France"}, {"en": "Paris", "fr": "Paris"}),
    ({"en": "England", "fr": "l'Angleterre"}, {"en": "London", "fr": "Londres"}),
    ({"en": "China", "fr": "la Chine"}, {"en": "Beijing", "fr": "Pékin"}),
    ({"en": "Russia", "fr": "la Russie"}, {"en": "Moscow", "fr": "Moscou"}),
)


class CapitalProblem(Problem, frozen=True, kw_only=True):
    """One question; `names` are those to choose from, `right` the place of the right one."""

    question: str
    names: tuple[str, ...]
    right: int


class Capitals(Benchmark[CapitalProblem]):
    """Which city is meant: by an answer, and by which name the model finds likeliest."""

    name: ClassVar[str] = "capitals"
    version: ClassVar[str] = "1"
    description: ClassVar[str] = "capitals of four countries"
    metric: ClassVar[str] = "accuracy"
    primary: ClassVar[str] = CHOICE_ACCURACY
    chosen_by: ClassVar[ChosenBy] = "bits_per_byte"
    protocols: ClassVar[tuple[str, ...]] = ("plain", "chat")
    languages: ClassVar[tuple[str, ...]] = ("en", "fr")

    def problems(self, language: str, root: Path | None) -> list[CapitalProblem]:
        """All four; `root`, where benchmark files are, is not needed."""
        self.check((language,))
        names = tuple(capital[language] for _, capital in COUNTRIES)
        return [
            CapitalProblem(
                problem_id=f"capitals/{place}",
                language=language,
                question=QUESTIONS[language].format(country[language]),
                names=names,
                right=place,
            )
            for place, (country, _) in enumerate(COUNTRIES)
        ]

    def request(self, problem: CapitalProblem, protocol: str) -> Request:
        """The bare question."""
        self.check((), protocol)
        return Request(
            problem_id=problem.problem_id,
            prompt=f"{problem.question}\n",
            chat=protocol == "chat",
            stop=("\n",),
            max_tokens=16,
        )

    def references(self, problem: CapitalProblem, protocol: str) -> tuple[Reference, ...]:
        """The names, one of them right."""
        request = self.request(problem, protocol)
        return tuple(
            Reference(
                problem_id=problem.problem_id,
                prompt=request.prompt,
                target=name,
                chat=request.chat,
                right=place == problem.right,
            )
            for place, name in enumerate(problem.names)
        )

    def grade(
        self,
        problems: Mapping[str, CapitalProblem],
        generations: Sequence[Generation],
        protocol: str,
    ) -> list[Grade]:
        """The one name that an answer holds; none or several are no answer."""
        grades = []
        for generation in generations:
            problem = problems[generation.problem_id]
            said = [name for name in problem.names if name.lower() in generation.text.lower()]
            if len(said) != 1:
                outcome = Outcome.TRUNCATED if generation.hit_limit else Outcome.NO_ANSWER
                grades.append(Grade(extracted=None, outcome=outcome))
                continue
            right = said[0] == problem.names[problem.right]
            outcome = Outcome.CORRECT if right else Outcome.WRONG
            grades.append(Grade(extracted=said[0], outcome=outcome))
        return grades


BENCHMARK = Capitals()
