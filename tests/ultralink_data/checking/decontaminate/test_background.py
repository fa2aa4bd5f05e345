import random

from decontaminate_samples import CODE, MATH, PARENS, row

from ultralink_data.checking.decontaminate.background import background
from ultralink_data.checking.decontaminate.problem_index import BenchmarkIndex

CALLS = ("sum", "len", "max", "min", "abs", "sorted", "set")


def program(n):
    """One of many distinct functions that all begin and end alike."""
    middle = "\n".join(f"    x{i} = {CALLS[(n >> i) % 7]}(v)" for i in range(8))
    return f"def f{n}(v):\n    result = []\n{middle}\n    result.append(v)\n    return result\n"


def code(n, source):
    return row("Write it", f"```python\n{source}```", name=f"c{n}")


def math(n, question):
    return row(question, "So many.", name=f"m{n}", kind="math")


def test_what_many_distinct_rows_have_says_less():
    found = background([code(n, program(n)) for n in range(200)])
    bits = sorted(found.runs.values())
    assert bits[0] < 0.1 < 1 < bits[-1]


def test_a_program_that_all_are_built_like_is_no_evidence():
    rows = []
    for n in range(200):
        lines = "".join(f"    x{i} = {CALLS[(n >> i) % 7]}(v)\n" for i in range(8))
        rows.append(code(n, PARENS.replace("    return result", f"{lines}    return result")))
    leaked = code("x", PARENS)
    assert BenchmarkIndex(CODE).find(leaked)
    assert not BenchmarkIndex(CODE, background(rows)).find(leaked)


def test_a_leak_that_is_repeated_does_not_make_itself_common():
    other = [code(n, program(n)) for n in range(150)]
    once = background([*other, code("x", PARENS)])
    often = background(
        [*other, *(code(f"x{n}", PARENS.replace("result", f"r{n}")) for n in range(50))]
    )
    assert once == often
    hit = BenchmarkIndex(CODE, often).find(code("x", PARENS))
    assert [one.problem_id for one in hit] == ["HumanEval/1"]


def test_numbers_of_many_problems_say_less():
    rows = [math(n, f"A robe costs 68 dollars, and {n} robes {n * 7}.") for n in range(200)]
    found = background(rows)
    assert found.numbers["68"] < 2
    leaked = math("x", "Elle paie 3 x 68, 2 x 80 et 6 x 55 dollars.")
    alone, among = (BenchmarkIndex(MATH, x).find(leaked) for x in (background([]), found))
    assert alone
    assert not among or among[0].evidence[0].strength <= alone[0].evidence[0].strength


def test_few_rows_say_nothing():
    assert background([code(n, program(n)) for n in range(20)]).runs == {}
    assert background([math(n, f"{n} and 68") for n in range(20)]).numbers == {}


def test_order_does_not_matter_and_a_sample_is_enough():
    rows = [math(n, f"{n} and {n % 90 + 10} and {n % 7 + 2} things") for n in range(2500)]
    expected = background(rows)
    random.Random(1).shuffle(rows)
    assert background(rows) == expected
    assert expected.numbers
