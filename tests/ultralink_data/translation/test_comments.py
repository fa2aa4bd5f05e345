"""What of code a translation may change: comments and docstrings, and nothing else."""

import pytest

from ultralink_data.translation.comments import comments, docstrings, without_comments

SAME = [
    ("python", "x = 1  # one\n", "x = 1\n"),
    (
        "python",
        'def f():\n    """Doc."""\n    return 1\n',
        'def f():\n    """D\n    x."""\n    return 1',
    ),
    ("", "import os  # a\n\n# b\nos.sep\n", "import os\nos.sep\n"),
    ("python", "def f(:\n  # broken\n  pass", "def f(:\n  # roto\n  pass"),
    ("js", "a = 1 // one\n/* b\n c */ d", "a = 1 // uno\n/* x */ d"),
    ("ruby", "puts 1 # one", "puts 1 # uno"),
    ("php", "# a\n$b = 1; // c", "# x\n$b = 1; // y"),
    ("sql", "select 1 -- one\n/* two */", "select 1 -- uno"),
    ("lua", "x = 1 --[[ one\n two ]]", "x = 1 --[[ uno ]]"),
    ("css", "a { b: c } /* d */", "a { b: c }"),
    ("lisp", "(f) ; call", "(f) ; llama"),
    ("", "int a = 1; // one\nint b = 2; // two\n}", "int a = 1; // uno\nint b = 2; // dos\n}"),
]
DIFFERENT = [
    ("python", "x = 1", "x = 2"),
    ("python", "x = 'one'", "x = 'uno'"),
    ("python", "if a:\n    b()\nc()", "if a:\n    b()\n    c()"),
    ("python", 'x = """text"""', 'x = """texto"""'),
    ("js", "a = '// one'", "a = '// uno'"),
    ("js", 'f("a\\" // b")', 'f("a\\" // c")'),
    ("bash", "echo $#", "echo $"),
    ("bash", "curl a.org/#one", "curl a.org/#uno"),
    ("c", "a /* unclosed", "b /* unclosed"),
    ("text", "# a title", "# un título"),
    ("tex", "50\\% of it", "50\\% de ello"),
]


@pytest.mark.parametrize(("tag", "one", "other"), SAME)
def test_comments_and_docstrings_may_change(tag, one, other):
    assert without_comments(one, tag) == without_comments(other, tag) != ()


@pytest.mark.parametrize(("tag", "one", "other"), DIFFERENT)
def test_code_may_not_change(tag, one, other):
    assert without_comments(one, tag) != without_comments(other, tag)


def test_docstrings_are_strings_that_stand_alone():
    code = '"""A."""\ndef f(x="b"):\n    \'c\'\n    return "d"\n'
    assert docstrings(code) == '"""A."""\n\'c\''
    assert docstrings("def f(:") == ""


def test_human_translations_of_humaneval_differ_only_where_they_are_damaged(benchmarks):
    """In zh the one prompt that is refused has another parameter name (README of the data)."""
    import json

    def prompts(code):
        path = benchmarks / "humaneval" / f"humaneval_{code}.jsonl"
        rows = map(json.loads, path.read_text("utf-8").splitlines())
        return {row["task_id"]: row["prompt"].rstrip() for row in rows}

    english, chinese = prompts("en"), prompts("zh")
    changed = [
        name
        for name, code in english.items()
        if without_comments(code, "python") != without_comments(chinese[name], "python")
    ]
    assert changed == ["HumanEval/64"]


@pytest.mark.parametrize(
    ("tag", "code", "told"),
    [
        ("python", 'def f():\n    """Doc."""\n    return "x"  # one\n', "Doc.\none"),
        ("python", "def f(:\n  # broken\n  pass", "broken"),
        ("js", "a = '// no' // one\n/* two */", "one\ntwo"),
        ("", "no code # at all", ""),
    ],
)
def test_comments_are_read_without_their_marks(tag, code, told):
    assert comments(code, tag) == told
