import pytest

from tasks.benchmark import Benchmark, Generation, Outcome
from tasks.benchmarks import starter_code, starter_math
from ultralink_data.errors import ConfigError
from ultralink_data.starter.dialogues import starter_dialogues

BENCHMARKS = [starter_math.BENCHMARK, starter_code.BENCHMARK]
LANGUAGES = starter_math.BENCHMARK.languages


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: b.name)
def test_problems_are_parallel_and_sorted(benchmark: Benchmark) -> None:
    ids = [[p.problem_id for p in benchmark.problems(code, None)] for code in LANGUAGES]
    assert all(one == ids[0] for one in ids)
    assert ids[0] == sorted(ids[0])
    assert len(ids[0]) >= 20


def test_a_cluster_is_a_template_and_the_same_in_all_languages() -> None:
    for benchmark in BENCHMARKS:
        by_language = [
            {p.problem_id: p.cluster for p in benchmark.problems(language, None)}
            for language in benchmark.languages
        ]
        assert all(clusters == by_language[0] for clusters in by_language)
        assert all(by_language[0].values())
    math = starter_math.BENCHMARK.problems("en", None)
    assert all(problem.cluster in problem.problem_id for problem in math)
    assert len({problem.cluster for problem in math}) * starter_math.PER_TEMPLATE == len(math)


def test_there_are_78_math_problems() -> None:
    assert len(starter_math.BENCHMARK.problems("en", None)) == 78


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_solution_is_graded_correct(language: str) -> None:
    benchmark = starter_math.BENCHMARK
    problems = benchmark.problems(language, None)
    references = [benchmark.reference(p, "chat") for p in problems]
    generations = [Generation(problem_id=r.problem_id, text=r.target) for r in references]
    grades = benchmark.grade(
        {p.problem_id: p for p in problems}, generations, benchmark.protocols[0]
    )
    assert {grade.outcome for grade in grades} == {Outcome.CORRECT}
    assert {grade.detail for grade in grades} == {""}
    cut = [
        Generation(problem_id=g.problem_id, text=g.text[:8], hit_limit=True) for g in generations
    ]
    grades = benchmark.grade({p.problem_id: p for p in problems}, cut, "chat")
    assert {grade.outcome for grade in grades} == {Outcome.TRUNCATED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_code_is_graded_correct(language: str, sandbox: None) -> None:
    benchmark = starter_code.BENCHMARK
    problems = benchmark.problems(language, None)
    references = [benchmark.reference(p, "chat") for p in problems]
    generations = [Generation(problem_id=r.problem_id, text=r.target) for r in references]
    grades = benchmark.grade(
        {p.problem_id: p for p in problems}, generations, benchmark.protocols[0]
    )
    assert {grade.outcome for grade in grades} == {Outcome.CORRECT}
    empty = [Generation(problem_id=p.problem_id, text="...") for p in problems[:1]]
    (grade,) = benchmark.grade({p.problem_id: p for p in problems}, empty, "chat")
    assert grade.outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: b.name)
def test_questions_have_the_training_form_and_are_not_trained_on(benchmark: Benchmark) -> None:
    rows = starter_dialogues(0, 4)
    trained = {row.turns[0] for row in rows}
    for language in LANGUAGES:
        for problem in benchmark.problems(language, None):
            request = benchmark.request(problem, "chat")
            assert request.chat
            assert request.prompt not in trained
    kind = "math" if benchmark is starter_math.BENCHMARK else "code"
    row = next(row for row in rows if row.language == "en" and row.kind == kind)
    reference = benchmark.reference(benchmark.problems("en", None)[0], "chat")
    assert reference is not None
    if kind == "code":
        assert reference.prompt.splitlines()[0] == row.turns[0].splitlines()[0]
        assert reference.target.splitlines()[0] == row.turns[1].splitlines()[0]
    else:
        assert "The answer is" in reference.target
        assert "The answer is" in row.turns[1]


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: b.name)
def test_unknown_names_are_refused(benchmark: Benchmark) -> None:
    with pytest.raises(ConfigError, match="de"):
        benchmark.problems("de", None)
    with pytest.raises(ConfigError, match="chatt"):
        benchmark.request(benchmark.problems("en", None)[0], "chatt")
