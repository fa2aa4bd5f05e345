"""What every benchmark's class is checked for when it is used."""

import msgspec
import pytest

from tasks.benchmark import ONLY_THINKING, Generation, Grade, Outcome, Reference
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


class ReadsAll(StarterMath):
    """Grades by reading all of a text, as benchmarks of other people do."""

    def grade(self, problems, generations, protocol):
        return [
            Grade(extracted=g.text, outcome=Outcome.WRONG if g.text else Outcome.NO_ANSWER)
            for g in generations
        ]


def graded(text: str, benchmark: StarterMath | None = None, **given) -> Grade:
    problem = StarterMath().problems("en", None)[0]
    generation = Generation(problem_id=problem.problem_id, text=text, **given)
    benchmark = benchmark or ReadsAll()
    (grade,) = benchmark.grades({problem.problem_id: problem}, [generation], "chat")
    return grade


def test_every_benchmark_reads_answers_without_their_thinking():
    grade = graded("<think>17?</think>18")
    assert (grade.extracted, grade.thinking) == ("18", "17?")
    assert graded("18").thinking == ""


def test_thinking_that_came_apart_is_told_with_what_was_cut():
    assert graded("18", thinking="17?").thinking == "17?"
    assert graded("<think>17?</think>18", thinking="16?").thinking == "16?\n\n17?"


def test_nothing_but_thinking_is_the_reason_of_no_answer():
    grade = graded("<think>The answer is 17.")
    assert (grade.outcome, grade.detail) == (Outcome.NO_ANSWER, ONLY_THINKING)
    cut = graded("<think>The answer is 17.", StarterMath(), hit_limit=True)
    assert (cut.outcome, cut.extracted) == (Outcome.TRUNCATED, None)


def test_a_limit_after_the_marked_end_of_an_answer_did_not_cut_it():
    assert graded("<answer>18</answer>", StarterMath(), hit_limit=True).extracted == "18"
    assert graded("<answer>18", StarterMath(), hit_limit=True).extracted is None


def test_a_benchmark_may_read_all():
    class Other(ReadsAll):
        def reads_thinking(self, protocol):
            return True

    assert graded("<think>17?</think>18", Other()).extracted == "<think>17?</think>18"
