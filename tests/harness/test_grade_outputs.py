"""`ultralink-bench grade mgsm`: saved outputs to outcomes."""

import json

import pytest

from harness import cli
from tasks.benchmark import Generation
from tasks.mgsm import BENCHMARK

OUTPUTS = [
    {"problem_id": "mgsm/000", "output": "The answer is 18."},
    {"problem_id": "mgsm/000", "output": "１８"},
    {"problem_id": "mgsm/000", "output": "-18"},
    {"problem_id": "mgsm/001", "output": "I cannot say."},
    {"problem_id": "mgsm/001", "output": "Let us see: first we", "hit_limit": True},
]


@pytest.fixture
def grade(tmp_path, monkeypatch, capsys, benchmarks):
    """Writes a file of rows and grades it: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(rows, *words):
        path = tmp_path / "outputs.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        capsys.readouterr()
        code = cli.main(["grade", "mgsm", str(path), "--benchmarks", str(benchmarks), *words])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def outcomes(folder):
    text = (folder / "outputs.jsonl_outcomes.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_outcomes_are_the_graders_and_add_up(grade, tmp_path, benchmarks):
    code, out, _ = grade(OUTPUTS)
    assert code == 0
    rows = outcomes(tmp_path)
    assert [row["outcome"] for row in rows] == [
        *("correct", "correct", "wrong"),
        *("no_answer", "truncated"),
    ]
    problems = {p.problem_id: p for p in BENCHMARK.problems("en", benchmarks)}
    generations = [
        Generation(
            problem_id=r["problem_id"], text=r["output"], hit_limit=r.get("hit_limit", False)
        )
        for r in OUTPUTS
    ]
    grades = BENCHMARK.grade(problems, generations, "direct")
    assert [row["extracted"] for row in rows] == [found.extracted for found in grades]
    counts = next(line.split() for line in out.splitlines() if line.split()[:1] == ["2"])
    assert counts == ["2", "1", "1", "1", "0", "5", "40.0"]
    assert "2 of 250 problems; protocol direct" in out


def test_the_reference_protocol_grades_as_lm_eval(grade, tmp_path):
    assert grade(OUTPUTS[:3], "--protocol", "reference_direct")[0] == 0
    assert [row["outcome"] for row in outcomes(tmp_path)] == ["correct", "no_answer", "correct"]


@pytest.mark.parametrize(
    ("rows", "words", "code", "said"),
    [
        ([*OUTPUTS, {"problem_id": "mgsm/999", "output": ""}], (), 3, ":6: unknown problem_id"),
        ([{"problem_id": "mgsm/000"}], (), 3, ":1: "),
        ([], (), 3, "has no rows"),
        (OUTPUTS, ("--protocol", "directt"), 2, "directt"),
        (OUTPUTS, ("--language", "xx"), 2, "'xx'"),
    ],
)
def test_refusals_are_two_lines_and_write_nothing(grade, tmp_path, rows, words, code, said):
    found, _, err = grade(rows, *words)
    assert found == code
    assert said in err
    assert len(err.splitlines()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["outputs.jsonl"]
