"""`ultralink-bench grade mgsm`: saved outputs to outcomes."""

import json

import pytest

from harness import cli
from harness.commands.grade_outputs import read_outputs
from tasks.benchmark import Generation
from tasks.benchmarks.mgsm import BENCHMARK

OUTPUTS = [
    {"problem_id": "mgsm/000", "output": "The answer is 18."},
    {"problem_id": "mgsm/000", "output": "１８"},
    {"problem_id": "mgsm/000", "output": "-18"},
    {"problem_id": "mgsm/001", "output": "I cannot say."},
    {"problem_id": "mgsm/001", "output": "Let us see: first we", "hit_limit": True},
]


@pytest.fixture
def grade(tmp_path, monkeypatch, capsys, ours):
    """Writes a file of rows and grades it: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(rows, *words, files=ours):
        path = tmp_path / "outputs.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        capsys.readouterr()
        code = cli.main(["grade", "mgsm", str(path), "--benchmarks", str(files), *words])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def outcomes(folder):
    text = (folder / "outputs.jsonl_outcomes.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_outcomes_are_the_graders_and_add_up(grade, tmp_path, ours):
    code, out, _ = grade(OUTPUTS)
    assert code == 0
    rows = outcomes(tmp_path)
    assert [row["outcome"] for row in rows] == [
        *("correct", "correct", "wrong"),
        *("no_answer", "truncated"),
    ]
    problems = {p.problem_id: p for p in BENCHMARK.problems("en", ours)}
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
    assert "2 of 5 problems; protocol direct" in out


def test_thinking_is_not_read_and_stays_in_the_outcome(grade, tmp_path):
    rows = [
        {"problem_id": "mgsm/000", "output": "<think>The answer is 17?</think>It makes $18."},
        {"problem_id": "mgsm/000", "output": "18", "thinking": "17?"},
        {"problem_id": "mgsm/000", "output": "18"},
        {"problem_id": "mgsm/000", "output": "<think>The answer is 18."},
    ]
    assert grade(rows)[0] == 0
    found = outcomes(tmp_path)
    assert [row["outcome"] for row in found] == ["correct", "correct", "correct", "no_answer"]
    assert [row.get("thinking") for row in found] == [
        *("The answer is 17?", "17?", None, "The answer is 18.")
    ]
    assert grade(rows[:1], "--protocol", "reference_direct")[0] == 0
    assert "thinking" not in outcomes(tmp_path)[0]


def test_the_reference_protocol_grades_as_lm_eval(grade, tmp_path):
    assert grade(OUTPUTS[:3], "--protocol", "reference_direct")[0] == 0
    assert [row["outcome"] for row in outcomes(tmp_path)] == ["correct", "no_answer", "correct"]


@pytest.mark.parametrize(
    ("rows", "words", "code", "said"),
    [
        ([{"problem_id": "mgsm/000"}], (), 3, "no row can be graded; line 1: "),
        ([], (), 3, "no row can be graded"),
        (OUTPUTS, ("-o", "outputs.jsonl"), 2, "would overwrite"),
        (OUTPUTS, ("--baseline", "gone.jsonl"), 3, "cannot read gone.jsonl"),
        (OUTPUTS, ("--protocol", "directt"), 2, "directt"),
        (OUTPUTS, ("--languages", "xx"), 2, "'xx'"),
    ],
)
def test_refusals_are_two_lines_and_write_nothing(grade, tmp_path, rows, words, code, said):
    found, _, err = grade(rows, *words)
    assert found == code
    assert said in err
    assert len(err.splitlines()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["outputs.jsonl"]


def test_bad_rows_are_named_and_kept_apart_and_the_rest_is_graded(grade, tmp_path):
    bad = [{"problem_id": "mgsm/999", "output": ""}, {"problem_id": "mgsm/000"}, ["x"]]
    code, out, err = grade([bad[0], *OUTPUTS, *bad[1:]])
    assert code == 3
    assert len(outcomes(tmp_path)) == len(OUTPUTS)
    said = err.splitlines()
    assert [line.split("outputs.jsonl:")[1].split(":")[0] for line in said] == ["1", "7", "8"]
    assert "unknown problem_id 'mgsm/999'" in said[0]
    assert "`output`" in said[1]
    assert "outputs.jsonl_outcomes.jsonl_rejected.jsonl" in out
    kept = tmp_path / "outputs.jsonl_outcomes.jsonl_rejected.jsonl"
    rows = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [(row["line"], json.loads(row["text"])) for row in rows] == [
        *((1, bad[0]), (7, bad[1]), (8, bad[2])),
    ]
    assert grade(OUTPUTS)[0] == 0
    assert not kept.exists()


@pytest.mark.parametrize(
    ("problem", "taken"), [(7, "7"), ("7", "7"), (-7, "-7"), (10**9, "1000000000")]
)
def test_a_number_as_problem_id_stands_for_its_digits(tmp_path, problem, taken):
    path = tmp_path / "outputs.jsonl"
    path.write_text(json.dumps({"problem_id": problem, "output": "b"}) + "\n")
    found, rejected = read_outputs(path, {"7", "-7", "1000000000"}, "en")
    assert [(one.problem_id, one.text) for one in found] == [(str(taken), "b")]
    assert rejected == []


@pytest.mark.parametrize("problem", [True, 7.0, 7.5, None, [7], "07"])
def test_what_is_no_problem_id_is_rejected(tmp_path, problem):
    path = tmp_path / "outputs.jsonl"
    rows = [{"problem_id": "7", "output": "b"}, {"problem_id": problem, "output": "b"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found, rejected = read_outputs(path, {"7"}, "en")
    assert ([one.problem_id for one in found], [one.line for one in rejected]) == (["7"], [2])


@pytest.mark.parametrize("key", ["problem_id", "output", "thinking"])
def test_a_key_that_is_given_twice_could_mean_either(tmp_path, key):
    path = tmp_path / "outputs.jsonl"
    good = '{"problem_id": "7", "output": "b", "thinking": "c"}'
    path.write_text(f'{good}\n{good[:-1]}, "{key}": "7"}}\n')
    found, (rejected,) = read_outputs(path, {"7"}, "en")
    assert [one.text for one in found] == ["b"]
    assert (rejected.line, rejected.reason) == (2, f"field `{key}` is given twice")


def test_bytes_that_are_not_utf_8_lose_one_row_only(tmp_path, monkeypatch, capsys, ours):
    monkeypatch.chdir(tmp_path)
    good = json.dumps(OUTPUTS[0]).encode()
    (tmp_path / "outputs.jsonl").write_bytes(good + b"\n\n\xff\n{\n" + good)
    words = ["grade", "mgsm", "outputs.jsonl", "--benchmarks", str(ours)]
    assert cli.main(words) == 3
    assert len(outcomes(tmp_path)) == 2
    err = capsys.readouterr().err
    assert "outputs.jsonl:3: " in err
    assert "outputs.jsonl:4: " in err


def test_what_changed_against_earlier_outcomes_is_shown(grade, tmp_path):
    grade(OUTPUTS)
    old = outcomes(tmp_path)
    old[1] |= {"outcome": "wrong", "extracted": "1"}
    text = "".join(json.dumps(row) + "\n" for row in old[:-1])
    (tmp_path / "old.jsonl").write_text(text)
    code, out, err = grade(OUTPUTS, "--baseline", "old.jsonl")
    assert code == 0
    assert "1 wrong -> correct" in out
    line = next(line for line in out.splitlines() if "mgsm/000" in line)
    assert "wrong '1'" in line
    assert "correct '18'" in line
    assert "1 samples stand in the new outcomes only" in err


def test_what_a_later_edition_replaced_is_left_out_in_a_row_of_its_own(grade, benchmarks):
    rows = [{"problem_id": f"mgsm/{n:03d}", "output": "18"} for n in (0, 1, 2, 12)]
    _, out, _ = grade(rows, files=benchmarks)
    [whole] = [line.split() for line in out.splitlines() if line.startswith("all ")]
    [kept] = [line.split() for line in out.splitlines() if line.startswith("without replaced")]
    assert whole == ["all", "1", "3", "0", "0", "0", "4", "25.0"]
    assert kept == ["without", "replaced", "items", "1", "1", "0", "0", "0", "2", "50.0"]
