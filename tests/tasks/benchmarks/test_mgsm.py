import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tasks.benchmark import Generation, Outcome
from tasks.benchmarks.mgsm import BENCHMARK, MgsmProblem, read_exemplars
from tasks.benchmarks.mgsm_reference import WORDINGS
from tasks.grading.answer_extract import grade_number
from tasks.grading.answer_phrases import answer_phrases, math_texts
from tests.small_benchmarks import ANSWERS
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError

CASES = json.loads((Path(__file__).parents[2] / "cases" / "mgsm.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{i}: {c['reason']}" for i, c in enumerate(CASES)])
def test_case(case: dict[str, Any]) -> None:
    phrases = answer_phrases(case["language"])
    gold = Fraction(case["target"])
    grade = grade_number(case["output"], case.get("hit_limit", False), phrases, gold)
    assert grade.outcome == case["outcome"], grade


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 200
    assert {case["outcome"] for case in CASES} == {"correct", "wrong", "no_answer", "truncated"}


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_all_rows_are_read_with_the_same_answers(language: str, benchmarks: Path) -> None:
    needs_file(language, benchmarks)
    problems = BENCHMARK.problems(language, benchmarks)
    assert [p.problem_id for p in problems] == [f"mgsm/{i:03d}" for i in range(250)]
    answers = {i: problems[i].answer for i in (146, 201, 230, 249)}
    assert answers == {146: 2125, 201: 114200, 230: 276000, 249: 5600}


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_rows_are_read_in_order(language: str, ours: Path) -> None:
    problems = BENCHMARK.problems(language, ours)
    assert [p.problem_id for p in problems] == [f"mgsm/{n:03d}" for n in range(len(ANSWERS))]
    assert tuple(p.answer for p in problems) == ANSWERS
    assert [p.question for p in problems] == [f"{n}: {language} + {n} = ?" for n in range(5)]


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_every_reference_is_graded_correct(language: str, benchmarks: Path) -> None:
    needs_file(language, benchmarks)
    check_references(language, "direct", benchmarks)


@pytest.mark.parametrize("language", BENCHMARK.languages)
@pytest.mark.parametrize("protocol", ["direct", "direct_8shot"])
def test_the_reference_is_graded_correct(language: str, protocol: str, ours: Path) -> None:
    check_references(language, protocol, ours)


def check_references(language: str, protocol: str, root: Path) -> None:
    problems = BENCHMARK.problems(language, root)
    texts = [BENCHMARK.reference(problem, protocol) for problem in problems]
    generations = [
        Generation(problem_id=text.problem_id, text=text.target) for text in texts if text
    ]
    grades = BENCHMARK.grade({p.problem_id: p for p in problems}, generations, "native_cot")
    assert [grade.outcome for grade in grades] == [Outcome.CORRECT] * len(problems)
    assert problems


@pytest.mark.parametrize("language", WORDINGS)
def test_official_exemplars_are_graded_by_their_phrase(language: str, benchmarks: Path) -> None:
    exemplars = read_exemplars(benchmarks / "mgsm" / "exemplars.json")
    for key, shot in exemplars.by_language[language].items():
        gold = Fraction(exemplars.numbers[int(key) - 1])
        grade = grade_number(shot.a, False, answer_phrases(language), gold)
        assert (grade.outcome, grade.detail) == (Outcome.CORRECT, ""), shot.a


@pytest.mark.parametrize("language", WORDINGS)
def test_openings_are_the_exemplars_own(language: str, benchmarks: Path) -> None:
    exemplars = read_exemplars(benchmarks / "mgsm" / "exemplars.json")
    text = math_texts(language)
    for shot in exemplars.by_language[language].values():
        assert shot.q.startswith(text.question)
        assert shot.a.startswith(text.answer_step_by_step)


def needs_file(language: str, benchmarks: Path) -> None:
    """Skip where the folder lacks this language's problems."""
    if not (benchmarks / f"mgsm/mgsm_{language}.tsv").is_file():
        pytest.skip(f"no MGSM problems in {language}")


def first(language: str, ours: Path) -> MgsmProblem:
    return BENCHMARK.problems(language, ours)[0]


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_chat_protocols_end_with_their_instruction(language: str, ours: Path) -> None:
    problem = first(language, ours)
    for protocol in ("direct", "native_cot", "en_cot"):
        request = BENCHMARK.request(problem, protocol)
        assert request.chat
        assert request.stop == ()
        assert request.prompt.startswith(problem.question)
        assert "{" not in request.prompt
    assert "in English" in BENCHMARK.request(problem, "en_cot").prompt
    assert BENCHMARK.reference(problem, "native_cot") is None


@pytest.mark.parametrize("language", BENCHMARK.languages)
def test_eight_shots_then_the_question(language: str, ours: Path) -> None:
    problem, text = first(language, ours), math_texts(language)
    direct = BENCHMARK.request(problem, "direct_8shot")
    chain = BENCHMARK.request(problem, "native_cot_8shot")
    for request, opening in ((direct, text.answer), (chain, text.answer_step_by_step)):
        assert not request.chat
        blocks = request.prompt.split("\n\n")
        assert len(blocks) == 9
        assert blocks[-1] == f"{text.question}{problem.question}\n{opening}"
        assert all(block.startswith(text.question) for block in blocks)
        assert not any(stop in block for stop in request.stop for block in blocks)
    gap = "" if text.answer.endswith("：") else " "
    assert direct.prompt.split("\n\n")[0].endswith(f"\n{text.answer}{gap}11")


def test_unknown_protocol_and_language_are_refused(ours: Path) -> None:
    with pytest.raises(ConfigError, match="native_cott"):
        BENCHMARK.request(first("en", ours), "native_cott")
    with pytest.raises(ConfigError, match="xx"):
        BENCHMARK.problems("xx", ours)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"one\t1\ntwo\n", r"mgsm_es.tsv:2: expected 2 columns, found 1"),
        (b"one\t1\ttwo\n", r"mgsm_es.tsv:1: expected 2 columns, found 3"),
        (b"one\t1\n\ntwo\t2\n", r"mgsm_es.tsv:2: expected 2 columns"),
        (b"one\tten\n", r"mgsm_es.tsv:1: the answer is no number: 'ten'"),
        (b"one\t\xd9\xa1\n", r"mgsm_es.tsv:1: the answer is no number"),
        (b" \t1\n", r"mgsm_es.tsv:1: the question is empty"),
        (b"one\t1\nt\xff\t2\n", r"mgsm_es.tsv:2: byte 1 is not UTF-8"),
        (b"", r"mgsm_es.tsv:1: the file is empty"),
    ],
)
def test_broken_line_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "mgsm").mkdir()
    (tmp_path / "mgsm" / "mgsm_es.tsv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        BENCHMARK.problems("es", tmp_path)


def test_rows_must_be_parallel_to_english(tmp_path: Path) -> None:
    folder = tmp_path / "mgsm"
    folder.mkdir()
    (folder / "mgsm_en.tsv").write_bytes(b"one\t1\ntwo\t1,002\n")
    (folder / "mgsm_es.tsv").write_bytes(b"uno\t1\ndos\t1002\n")
    assert [p.answer for p in BENCHMARK.problems("es", tmp_path)] == [1, 1002]
    (folder / "mgsm_es.tsv").write_bytes(b"dos\t1002\nuno\t1\n")
    with pytest.raises(DataError, match=r"mgsm_es.tsv:1: the answer is 1002, in mgsm_en.tsv 1"):
        BENCHMARK.problems("es", tmp_path)
    (folder / "mgsm_es.tsv").write_bytes(b"uno\t1\n")
    with pytest.raises(DataError, match=r"mgsm_es.tsv:2: the file has 1 rows, mgsm_en.tsv has 2"):
        BENCHMARK.problems("es", tmp_path)


def test_missing_files_say_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    with pytest.raises(PrerequisiteError, match=r"mgsm/mgsm_zh.tsv not found") as error:
        BENCHMARK.problems("zh", tmp_path)
    assert "url-nlp" in error.value.hint
    (tmp_path / "mgsm").mkdir()
    (tmp_path / "mgsm" / "mgsm_zh.tsv").write_bytes("一\t1\n".encode())
    (problem,) = BENCHMARK.problems("zh", tmp_path)
    assert BENCHMARK.request(problem, "direct").chat
    with pytest.raises(PrerequisiteError, match=r"mgsm/exemplars.json not found"):
        BENCHMARK.request(problem, "direct_8shot")


def test_broken_exemplars_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "mgsm"
    folder.mkdir()
    (folder / "mgsm_en.tsv").write_bytes(b"one\t1\n")
    (folder / "exemplars.json").write_text('{"EXEMPLAR_NUMBER_ANSWERS": ["x"]}')
    (problem,) = BENCHMARK.problems("en", tmp_path)
    with pytest.raises(DataError, match=r"exemplars.json: .*EXEMPLAR_NUMBER_ANSWERS"):
        BENCHMARK.request(problem, "direct_8shot")
