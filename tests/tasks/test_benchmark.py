"""What every benchmark's class is checked for when it is used."""

import msgspec
import pytest

from tasks.benchmark import Generation, Reference
from tasks.benchmarks.starter_math import StarterMath
from ultralink_data.errors import ConfigError


class Choosing(StarterMath):
    """Gives three texts, of which those in `right` are the right ones."""

    def __init__(self, *right: int) -> None:
        self.right = right

    def references(self, problem, protocol):
        text = Reference(problem_id=problem.problem_id, prompt="Q", target="T", chat=False)
        return tuple(msgspec.structs.replace(text, right=n in self.right) for n in range(3))


def measured(*right: int) -> tuple[Reference, ...]:
    benchmark = Choosing(*right)
    return benchmark.measured(benchmark.problems("fr", None)[0], "chat")


def test_one_right_text_of_several_is_taken():
    assert [text.right for text in measured(1)] == [False, True, False]


@pytest.mark.parametrize("right", [(), (0, 2)])
def test_several_right_texts_or_none_are_refused_before_a_model_runs(right):
    with pytest.raises(ConfigError, match=f"of the 3 texts of problem .* in fr, {len(right)} are"):
        measured(*right)


def test_a_single_text_needs_no_mark():
    problem = StarterMath().problems("fr", None)[0]
    (text,) = StarterMath().measured(problem, "chat")
    assert text.right is None


@pytest.mark.parametrize("change", [-1, 1])
def test_more_or_fewer_grades_than_generations_are_refused(change):
    class Miscounting(StarterMath):
        def grade(self, problems, generations, protocol):
            return super().grade(problems, generations, protocol)[:1] * (2 + change)

    problems = {p.problem_id: p for p in StarterMath().problems("fr", None)[:2]}
    generations = [Generation(problem_id=name, text="1") for name in problems]
    with pytest.raises(ConfigError, match=rf"Miscounting.grade returned {2 + change} grades for 2"):
        Miscounting().grades(problems, generations, "chat")
