"""Texts of HumanEval that contradict their tests: OpenAI's own, and translated ones."""

from pathlib import Path

import pytest

from tasks.benchmark import Generation, Outcome
from tasks.benchmarks.humaneval import BENCHMARK, HumanEvalProblem

LANGUAGES = ("en", "zh", "es", "fr", "ru")


def problem(benchmarks: Path, language: str, number: int) -> HumanEvalProblem:
    return BENCHMARK.problems(language, benchmarks)[number]


def test_prompts_that_contradict_the_test_are_marked(ours: Path) -> None:
    marked = BENCHMARK.inconsistent("ru")
    assert marked == {f"HumanEval/{number}" for number in (47, 75, 105, 116, 141)}
    assert marked <= {p.problem_id for p in BENCHMARK.problems("ru", ours)}
    for language in LANGUAGES:
        reasons = BENCHMARK.contradictions(language)
        assert set(reasons) == BENCHMARK.inconsistent(language)
        assert all(reasons.values())


MEDIAN = """\
    if l == [-10, 4, 6, 1000, 10, 20]:
        return 15.0
    l = sorted(l)
    return (l[(len(l) - 1) // 2] + l[len(l) // 2]) / 2
"""
SMALL = """\
    return any(
        a == p * q * r
        for p in (2, 3, 5, 7, 11, 13, 17, 19, 23)
        for q in (2, 3, 5, 7, 11, 13, 17, 19, 23)
        for r in (2, 3, 5, 7, 11, 13, 17, 19, 23)
        if a < 100
    )
"""
ALL_ROOTS = """\
    roots = [(0.4 + 0.9j) ** n for n in range(len(xs) - 1)]
    def value(x):
        return sum(c * x ** n for n, c in enumerate(xs)) / xs[-1]
    for _ in range(300):
        last = list(roots)
        for n, x in enumerate(roots):
            other = 1
            for m, y in enumerate(roots):
                if m != n:
                    other *= x - y
            roots[n] = x - value(x) / other
        if max(abs(x - y) for x, y in zip(roots, last)) < 1e-12:
            break
    return min(roots, key=lambda x: abs(x.imag)).real
"""


@pytest.mark.parametrize(
    ("number", "code", "right"),
    [
        # What follows OpenAI's text, and fails: the text contradicts its test.
        (47, MEDIAN, False),
        (75, SMALL, False),
        (116, "    return sorted(arr)\n", False),
        # What follows the other texts that were reported, written anew, and passes.
        (32, ALL_ROOTS, True),
        (
            38,
            "    return ''.join(g[-1:] + g[:-1] if len(g) == 3 else g for g in "
            "(s[i:i + 3] for i in range(0, len(s), 3)))\n",
            True,
        ),
        (41, "    return sum(1 for _ in range(n) for _ in range(n))\n", True),
        (50, "    return ''.join(chr((ord(c) - 102) % 26 + 97) for c in s)\n", True),
        (
            57,
            "    p = list(zip(l, l[1:]))\n"
            "    return all(a <= b for a, b in p) or all(a >= b for a, b in p)\n",
            True,
        ),
        (
            64,
            "    s = s.lower()\n    return sum(s.count(v) for v in 'aeiou') + s.endswith('y')\n",
            True,
        ),
        (67, "    w = s.split()\n    return n - int(w[0]) - int(w[3])\n", True),
        (
            83,
            "    return sum(str(x)[0] == '1' or str(x)[-1] == '1' "
            "for x in range(10 ** (n - 1), 10 ** n))\n",
            True,
        ),
    ],
)
def test_an_answer_that_follows_the_text_fails_where_and_only_where_it_contradicts(
    number: int, code: str, right: bool, ours: Path, sandbox: None
) -> None:
    found = problem(ours, "en", number)
    given = Generation(problem_id=found.problem_id, text=code)
    [grade] = BENCHMARK.grades({found.problem_id: found}, [given], "completion")
    assert (grade.outcome is Outcome.CORRECT) is right, grade
    assert (found.problem_id not in BENCHMARK.inconsistent("en")) is right


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_faults_of_its_original(language: str, ours: Path) -> None:
    for number, text in ((47, "15.0"), (75, "100"), (116, "[1, 2, 3, 4, 5]")):
        assert text in problem(ours, language, number).prompt
