"""`ultralink-bench tasks show`: the prompt as it is, and the grade of an answer given to it."""

import io

import pytest

from harness import cli
from harness.commands.task_show import _print_text, read_answer
from tasks import registry


@pytest.fixture
def shown(monkeypatch, capsys, ours):
    """Shows a problem with an answer on standard input: exit code, output, errors."""

    def run(*words, answer=""):
        stdin = answer if isinstance(answer, io.TextIOBase) else io.StringIO(answer)
        monkeypatch.setattr("sys.stdin", stdin)
        capsys.readouterr()
        code = cli.main(["tasks", "show", *words, "--benchmarks", str(ours)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_prompt_stands_there_character_by_character(shown, ours):
    task = registry.get("mgsm")
    problem = task.problems("zh", ours)[3]
    for words in (("--sample", "3"), ("--problem", "3")):
        code, out, _ = shown("mgsm", "--languages", "zh", *words)
        assert code == 0
        assert f"\n{task.request(problem, 'direct').prompt}\n" in out
        assert "grade of the answer" not in out


def test_tabs_of_a_text_stay_tabs(capsys):
    _print_text("prompt", "def f():\n\treturn 1")
    assert "\n\treturn 1\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "answer", "said"),
    [
        ((), "答案是 18。", ("outcome    correct", "found by   answer phrase", "extracted  18")),
        ((), "先 9，再 18\n", ("outcome    correct", "found by   last number", "extracted  18")),
        ((), "不知道", ("outcome    no_answer", "detail     no number", "extracted  nothing")),
        (
            (),
            "<think>答案是 17。</think>答案是 18。",
            ("extracted  18", "thinking   7 characters, not read"),
        ),
        (
            ("--protocol", "reference_direct"),
            "18",
            ("outcome    correct", "detail     remove_whitespace: correct", "extracted  18"),
        ),
    ],
)
def test_an_answer_is_graded_and_the_rule_named(shown, words, answer, said):
    code, out, _ = shown("mgsm", "--languages", "zh", *words, answer=answer)
    assert code == 0
    for line in said:
        assert line in out.splitlines()


def test_a_program_is_run(shown, sandbox):
    answer = registry.get("humaneval").problems("en", None)[2].canonical_solution
    assert "outcome    correct" in shown("humaneval", "--problem", "2", answer=answer)[1]
    out = shown("humaneval", "--problem", "2", answer="    return 'a'\n")[1]
    assert "outcome    wrong" in out
    assert "detail     " in out


def test_an_answer_that_is_not_utf_8_is_two_lines(shown):
    broken = io.TextIOWrapper(io.BytesIO(b"18 \xff"), encoding="utf-8")
    code, _, err = shown("mgsm", answer=broken)
    assert code == 3
    assert err.splitlines()[0].endswith("not UTF-8 (byte 3)")
    assert len(err.splitlines()) == 2


def test_no_standard_input_is_no_answer(shown, monkeypatch):
    monkeypatch.setattr("harness.commands.task_show.sys.stdin", None)
    assert read_answer() == ""
