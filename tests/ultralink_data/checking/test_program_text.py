"""What makes another program, and what does not."""

import ast

import pytest
from dialogue_samples import dialogue

from ultralink_data.checking.decontaminate.python_code import functions_in, nodes
from ultralink_data.checking.dedup import Deduplicator
from ultralink_data.checking.program_text import program_hash
from ultralink_data.checking.sketch import sketch

PYTHON = '''def total(values, least=10):
    """Add up what is large."""
    result = 0
    for value in values:
        # small ones do not count
        if value > least and value != 13:
            result += value * 2
    return result - 1
'''
JAVASCRIPT = """function total(values) {
  let result = 0;  // nothing yet
  for (const value of values) {
    if (value > 10 && value !== 13) { result += value * 2; }
  }
  return result - 1;
}
"""
SCRIPT = """import sys
rows = sys.stdin.read().split("\\n")
for row in rows[1:]:
    if len(row) > 3 or not row.startswith("x"):
        print(row, -1)
"""
PROGRAMS = {"python": PYTHON, "javascript": JAVASCRIPT, "py": SCRIPT}
STORY = (
    "Write a program for the tailor who buys cloth at the market on Mondays before he opens his "
    "little shop in the old town; it adds up the prices of all that is dearer than a given sum."
)


def row(name, language, code, question=STORY):
    text = f"Here is the program that you asked for.\n```{language}\n{code}```\nTell me if it runs."
    return dialogue(name, "en", "code", turns=(question, text), source=f"s{name}")


def how(one, other):
    found = Deduplicator(0.6, 1)
    for each in (one, other):
        found.add(each)
    return [cluster.how for cluster in found.resolve([one, other]).clusters]


OTHERS = [
    ("python", "value > least", "value >= least"),
    ("python", "value > least", "value < least"),
    ("python", "value != 13", "value == 13"),
    ("python", " and ", " or "),
    ("python", "value * 2", "value + 2"),
    ("python", "value * 2", "value * 3"),
    ("python", "value * 2", "value // 2"),
    ("python", "+= value", "-= value"),
    ("python", "- 1", "- -1"),
    ("python", "result = 0", "result = 1"),
    ("python", "least=10", "least=11"),
    ("python", "    return", "        return"),
    ("python", "value > least", "least > value"),
    ("javascript", "value > 10", "value >= 10"),
    ("javascript", "!== 13", "=== 13"),
    ("javascript", "&&", "||"),
    ("javascript", "* 2", "/ 2"),
    ("javascript", "* 2", "* 3"),
    ("javascript", "+= value", "-= value"),
    ("py", "[1:]", "[2:]"),
    ("py", "> 3", "< 3"),
    ("py", " or not ", " or "),
    ("py", '"x"', '"X"'),
    ("py", "-1", "1"),
]
SAME = [
    ("python", "least", "bound"),
    ("python", "small ones do not count", "those below are left out"),
    ("python", "Add up what is large.", "The sum of large values, doubled."),
    ("python", "value > least", "(value > least)"),
    ("javascript", "result", "sum"),
    ("javascript", "nothing yet", "empty"),
    ("javascript", "; }", ";}"),
    ("py", "rows", "lines"),
]


@pytest.mark.parametrize(("language", "before", "after"), OTHERS)
def test_one_changed_operator_comparison_or_constant_is_another_program(language, before, after):
    code = PROGRAMS[language]
    assert before in code
    one, other = row("a", language, code), row("b", language, code.replace(before, after))
    assert how(one, other) == []


@pytest.mark.parametrize(("language", "before", "after"), SAME)
def test_names_comments_and_layout_make_no_other_program(language, before, after):
    code = PROGRAMS[language]
    assert before in code
    one, other = row("a", language, code), row("b", language, code.replace(before, after))
    assert program_hash(one.turns) == program_hash(other.turns) != 0
    assert how(one, other) == ["near"]


@pytest.mark.parametrize("language", PROGRAMS)
def test_other_words_around_one_program_are_a_near_duplicate(language):
    code = PROGRAMS[language]
    other = row("b", language, code, STORY.replace("little shop", "small shop"))
    assert how(row("a", language, code), other) == ["near"]
    assert how(row("a", language, code), row("b", language, code)) == ["exact"]


def test_a_program_without_a_fence_is_read_too():
    one, other = ((STORY, code) for code in (PYTHON, PYTHON.replace("> least", "< least")))
    assert 0 != program_hash(one) != program_hash(other) != 0


@pytest.mark.parametrize("turns", [("Is 2 < 3?", "Yes, 2 < 3."), (STORY, "x = 1"), ("a", "```\n")])
def test_without_a_program_there_is_no_key(turns):
    assert program_hash(turns) == 0


def test_layout_alone_can_make_another_program_of_the_same_words():
    moved = PYTHON.replace("    return", "        return")
    one, other = row("a", "python", PYTHON), row("a", "python", moved)
    assert sketch(one, 1).exact != sketch(other, 1).exact


def test_chats_are_one_text_whatever_the_layout_of_their_code():
    turns = (STORY, f"```python\n{PYTHON}```")
    spaced = (STORY, turns[1].replace("    return", "        return"))
    first, second = (dialogue("a", "en", "chat_agnostic", turns=x) for x in (turns, spaced))
    assert sketch(first, 1).exact == sketch(second, 1).exact


def test_functions_are_found_wherever_statements_stand():
    code = """
class A:
    async def one(self):
        try:
            def two(): pass
        except ValueError:
            def three(): pass
        else:
            def four(): pass
        finally:
            def five(): pass
for x in y:
    with z:
        match x:
            case 1:
                def six(): return lambda: 1 if x else 2
else:
    def seven(): pass
"""
    tree = ast.parse(code)
    expected = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [*functions_in(tree)] == expected
    assert len(expected) == 7
    parts = [node for node in ast.walk(tree) if node._fields]
    assert nodes(tree) == parts
