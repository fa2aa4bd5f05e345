import ast

import pytest
from decontaminate_samples import CODE, HAS_CLOSE, PARENS, TINY, code_item

from ultralink_data.checking.decontaminate.code_shape import ShapeIndex, runs_of, shape
from ultralink_data.checking.decontaminate.python_code import functions, parse

INDEX = ShapeIndex(enumerate(CODE), {})

RENAMED = '''def trop_proches(valeurs: list, seuil: float):
    """Vérifie si deux nombres de la liste sont plus proches que le seuil."""
    # comparer chaque paire
    for i, x in enumerate(valeurs):
        for j, y in enumerate(valeurs):
            if not i == j:
                ecart = abs(x - y)
                if seuil > ecart: return True
    return False
'''


def strengths(reply, question="Écris la fonction."):
    found = INDEX.find((question, reply))
    return {problem: evidence.strength for problem, evidence in found.items()}


def marks(source):
    return shape(functions(("", source))[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x += 1", "x = x + 1"),
        ("if a > b: x = 1", "if b < a: y = 2"),
        ("if not a == b: x()", "if c != d: z()"),
        ("x: int = 3", "y = 'three'"),
        ("x = list()", "x = []"),
        ("'''docstring'''\n    x = 1", "x = 1"),
        ("if a: return 1\n    else: return 2", "if a: return 1\n    return 2"),
        ("x = -1", "x = 1"),
        ("x = f'{a}'", "x = 'a'"),
    ],
)
def test_ways_to_write_the_same_are_one_shape(one, other):
    first, second = (f"def f(a, b, c, d):\n    {body}\n" for body in (one, other))
    assert marks(first) == marks(second)


def test_builtins_and_methods_are_kept():
    assert marks("def f(x):\n    return sorted(x)") != marks("def f(x):\n    return sum(x)")
    assert marks("def f(x):\n    x.append(1)") != marks("def f(x):\n    x.remove(1)")
    assert marks("def f(x):\n    return g(x)") == marks("def h(y):\n    return k(y)")


def test_a_renamed_function_with_a_translated_docstring_is_found():
    assert strengths(f"Voici :\n```python\n{RENAMED}```\n") == {0: 1.0}


def test_a_reply_that_completes_the_users_stub_is_found():
    head, _, body = PARENS.partition("    result = []\n")
    assert strengths("```python\n    result = []\n" + body + "```", head) == {1: 1.0}


def test_a_method_of_a_class_is_found():
    inside = "class Solver:\n" + "".join(f"    {x}\n" for x in PARENS.splitlines())
    assert strengths(f"```python\n{inside}```") == {1: 1.0}


def test_a_short_function_tells_nothing():
    assert strengths(f"```python\n{TINY}```") == {}
    assert strengths("```python\ndef part(x):\n    return x % 1.0\n```") == {}


def test_another_solution_is_not_the_same_shape():
    other = (
        "def close(a, t):\n    a = sorted(a)\n    return any(y - x < t for x, y in zip(a, a[1:]))"
    )
    assert strengths(f"```python\n{other}\n```").get(0, 0) < 1


@pytest.mark.parametrize(
    "reply",
    [
        "```python\ndef broken(:\n```",
        "```java\nint f() { return 1; }\n```",
        "no code at all, only a def word(",
        "```python\n" + "(" * 500 + "\n```",
        "```python\ndef f():\n    return " + "-" * 5000 + "1\n```",
        "```python\ndef f():\n    x = '\0'\n```",
        "```python\ndef f(",
    ],
)
def test_what_is_no_python_is_passed_over(reply):
    assert strengths(reply) == {}


def test_a_tree_nested_too_deep_has_no_marks():
    (function,) = ast.parse("def f():\n    return 1").body
    returned = function.body[0]
    for _ in range(5000):
        returned.value = ast.UnaryOp(op=ast.USub(), operand=returned.value)
    assert shape(function) == ()


def test_code_is_cut_out_of_prose():
    tree = parse(f"Sure, here it is:\n\n{HAS_CLOSE}\nI hope it helps!")
    assert tree is not None
    assert any(isinstance(node, ast.FunctionDef) for node in tree.body)


def test_a_very_long_function_ends():
    body = "\n".join(f"    x{n} = {n}" for n in range(1500))
    assert strengths(f"```python\ndef f():\n{body}\n```") == {}


# Thresholds: every run weighs the same here, so that what they add up to is known.


class Uniform(dict):
    """The same weight for whatever run is asked for."""

    def __init__(self, bits):
        self.bits = bits

    def get(self, run, default):
        return self.bits


RARE = [code_item(0, HAS_CLOSE)]
RARE += [code_item(n, f"def f{n}(a):\n    return a{' % 2' * n}\n") for n in range(1, 90)]
RUNS = runs_of(shape(functions(("", HAS_CLOSE))[0])).total()


def weighed(reply, bits):
    """The strength of the evidence for HAS_CLOSE, None where there is none."""
    found = ShapeIndex(enumerate(RARE), Uniform(bits)).find(("Write it.", reply))
    return found[0].strength if 0 in found else None


@pytest.mark.parametrize(
    ("total", "expected"), [(19.9, None), (20.0, 0.5), (30.0, 0.75), (39.9, 0.998), (40.0, 1.0)]
)
def test_forty_bits_are_needed_and_twenty_to_be_looked_at(total, expected):
    assert weighed(HAS_CLOSE, total / RUNS + 1e-9) == expected


@pytest.mark.parametrize("extra", [5, 10, 20, 30, 40, 60])
def test_seven_tenths_must_be_alike_and_half_of_them_to_be_named(extra):
    lines = [f"    x{n} = f{n}(x{n}, x{n} @ 2)\n" for n in range(extra // 5)]
    longer = HAS_CLOSE.replace("    for idx,", "".join(lines) + "    for idx,", 1)
    own, of = (runs_of(shape(functions(("", code))[0])) for code in (longer, HAS_CLOSE))
    alike = (own & of).total() / (own | of).total()
    expected = round(min(alike / 0.7, 1.0), 3) if alike >= 0.35 else None
    assert weighed(longer, 3.0) == expected


@pytest.mark.parametrize(("bits", "expected"), [(19.9, None), (20.0, 0.5), (32.0, 0.8)])
def test_under_twenty_bits_in_common_a_part_of_a_function_tells_nothing(bits, expected):
    part = HAS_CLOSE.replace("                distance = abs(elem - elem2)\n", "")
    own, of = (runs_of(shape(functions(("", code))[0])) for code in (part, HAS_CLOSE))
    assert 0.5 < (own & of).total() / (own | of).total() < 0.9
    assert weighed(part, bits / (own & of).total() + 1e-9) == expected
